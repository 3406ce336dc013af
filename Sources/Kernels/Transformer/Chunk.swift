/// Some sequences of a batch that go through all blocks together.
struct Chunk {
    let batch: TokenBatch
    let sequences: Range<Int>
    /// Their tokens in the batch; a pass numbers its rows from the first of them.
    let rows: Range<Int>

    init(_ batch: TokenBatch, _ sequences: Range<Int>) {
        self.batch = batch
        self.sequences = sequences
        rows = batch.starts[sequences.lowerBound]..<batch.starts[sequences.upperBound]
    }

    /// Each head of each sequence in turn; probabilities lie sequence after sequence.
    @inline(__always)
    func forEachHead(_ shape: TransformerShape, _ body: (AttentionPlace) -> Void) {
        var probabilityOffset = 0
        for sequence in sequences {
            let own = batch.rows(of: sequence)
            let place = (own.lowerBound - rows.lowerBound)..<(own.upperBound - rows.lowerBound)
            for head in 0..<shape.heads {
                body(AttentionPlace(shape, rows: place, head: head, probabilityOffset: probabilityOffset))
            }
            probabilityOffset += shape.heads * own.count * 8 * laneGroups(own.count)
        }
    }
}
