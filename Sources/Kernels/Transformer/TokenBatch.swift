/// Sequences of tokens packed one after the other, without padding.
struct TokenBatch {
    var tokens: [Int32] = []
    /// For each token the one to predict after it; below 0 where none is.
    var targets: [Int32] = []
    /// How much each target counts; below 0 makes it less likely.
    var weights: [Float] = []
    /// Where each sequence begins, and the end: (sequences + 1).
    var starts: [Int] = [0]

    var sequences: Int { starts.count - 1 }
    var targetCount: Int { targets.count { $0 >= 0 } }

    func rows(of sequence: Int) -> Range<Int> {
        starts[sequence]..<starts[sequence + 1]
    }

    /// A sequence of which every token from `firstTarget` on (at least 1) is to be predicted from those before it; nothing
    /// is computed for its last one.
    mutating func append(_ sequence: [some FixedWidthInteger], firstTarget: Int, weight: Float = 1) {
        for next in 1..<max(1, sequence.count) {
            tokens.append(Int32(sequence[next - 1]))
            targets.append(next >= firstTarget ? Int32(sequence[next]) : -1)
            weights.append(weight)
        }
        starts.append(tokens.count)
    }

    /// A sequence that is read only.
    mutating func append(_ sequence: [some FixedWidthInteger]) {
        tokens += sequence.map { Int32($0) }
        targets += sequence.map { _ in -1 }
        weights += sequence.map { _ in 0 }
        starts.append(tokens.count)
    }

    /// Multiplies every weight so far.
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

    /// Runs of whole sequences of at most about `rows` tokens: what goes through all blocks while it is in the cache.
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
