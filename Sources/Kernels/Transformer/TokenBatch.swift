/// Token sequences, concatenated without padding.
struct TokenBatch {
    var tokens: [Int32] = []
    /// The target after each token; negative if there is none.
    var targets: [Int32] = []
    /// The weight of each target; a negative weight makes the target less likely.
    var weights: [Float] = []
    /// The start of each sequence, and the end of the last one: (sequences + 1).
    var starts: [Int] = [0]

    var sequences: Int { starts.count - 1 }
    var targetCount: Int { targets.count { $0 >= 0 } }

    func rows(of sequence: Int) -> Range<Int> {
        starts[sequence]..<starts[sequence + 1]
    }

    /// Appends a sequence whose targets are its tokens from `firstTarget` (at least 1). Its last token is only a target
    /// and not an input.
    mutating func append(_ sequence: [some FixedWidthInteger], firstTarget: Int, weight: Float = 1) {
        for next in 1..<max(1, sequence.count) {
            tokens.append(Int32(sequence[next - 1]))
            targets.append(next >= firstTarget ? Int32(sequence[next]) : -1)
            weights.append(weight)
        }
        starts.append(tokens.count)
    }

    /// Appends a sequence without targets.
    mutating func append(_ sequence: [some FixedWidthInteger]) {
        tokens += sequence.map { Int32($0) }
        targets += sequence.map { _ in -1 }
        weights += sequence.map { _ in 0 }
        starts.append(tokens.count)
    }

    /// Multiplies all weights by a factor.
    mutating func weight(_ factor: Float) {
        for index in weights.indices { weights[index] *= factor }
    }

    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
    }

    /// Splits the batch into chunks of whole sequences with at most about `rows` tokens, so that a chunk stays in the
    /// cache.
    func chunks(rows: Int) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var first = 0
        for sequence in 0..<sequences where starts[sequence + 1] - starts[first] > rows && sequence > first {
            chunks.append(first..<sequence)
            first = sequence
        }
        if first < sequences { chunks.append(first..<sequences) }
        return chunks
    }
}
