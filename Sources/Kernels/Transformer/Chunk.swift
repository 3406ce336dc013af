/// Sequences of a batch that pass through all blocks together.
struct Chunk {
    let batch: TokenBatch
    let sequences: Range<Int>
    /// The tokens of these sequences in the batch; the first of them is row 0 of a pass.
    let rows: Range<Int>

    init(_ batch: TokenBatch, _ sequences: Range<Int>) {
        self.batch = batch
        self.sequences = sequences
        rows = batch.starts[sequences.lowerBound]..<batch.starts[sequences.upperBound]
    }

    /// The rows of a pass that have a target; nil if every row or no row has one.
    var targetRows: [Int]? {
        let targets = batch.targets[rows]
        let wanted = targets.indices.filter { targets[$0] >= 0 }
        return wanted.isEmpty || wanted.count == rows.count ? nil : wanted.map { $0 - rows.lowerBound }
    }

    /// Calls `body` for each head of each sequence; probabilities are stored sequence by sequence.
    @inline(__always)
    func forEachHead(_ shape: TransformerShape, _ body: (AttentionPlace) -> Void) {
        var probabilityOffset = 0
        for sequence in sequences {
            let own = ownRows(sequence)
            for head in 0..<shape.heads {
                body(AttentionPlace(shape, rows: own, head: head, probabilityOffset: probabilityOffset))
            }
            probabilityOffset += probabilityCount(shape, own)
        }
    }

    /// Returns the layout of one head of one sequence.
    func place(_ shape: TransformerShape, sequence: Int, head: Int) -> AttentionPlace {
        let before = (sequences.lowerBound..<sequence).reduce(0) { $0 + probabilityCount(shape, ownRows($1)) }
        return AttentionPlace(shape, rows: ownRows(sequence), head: head, probabilityOffset: before)
    }

    private func ownRows(_ sequence: Int) -> Range<Int> {
        let own = batch.rows(of: sequence)
        return (own.lowerBound - rows.lowerBound)..<(own.upperBound - rows.lowerBound)
    }

    private func probabilityCount(_ shape: TransformerShape, _ rows: Range<Int>) -> Int {
        shape.heads * rows.count * 8 * laneGroups(rows.count)
    }
}
