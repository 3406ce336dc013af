/// Decodes sequences one token at a time with a key-value cache.
struct Decoder {
    private let model: Transformer
    private let interventions: Interventions
    private var caches: [KeyValueCache]
    /// The number of tokens fed to each sequence.
    private(set) var position = 0

    /// (rows, d), one row per active sequence.
    private var residual: [Lanes]
    private var block: BlockPass
    private var finalNorm: NormPass
    /// (rows, V padded)
    private(set) var logits: [Lanes]

    init(_ model: Transformer, sequences: Int, interventions: Interventions = Interventions()) {
        let shape = model.shape
        self.model = model
        self.interventions = interventions
        caches = Array(repeating: KeyValueCache(shape, sequences: sequences), count: shape.layers)
        residual = [Lanes](repeating: .zeros, count: sequences * shape.width / 8)
        block = BlockPass(shape, rows: sequences)
        finalNorm = NormPass(shape, rows: sequences)
        logits = [Lanes](repeating: .zeros, count: sequences * shape.paddedVocabulary / 8)
    }

    /// Feeds the next token to each active sequence; row r of `logits` then belongs to sequence `active[r]`. A sequence
    /// that has been inactive must stay inactive.
    mutating func feed(_ tokens: [Int32], to active: [Int]) {
        let (shape, layout, parameters) = (model.shape, model.layout, model.parameters)
        precondition(position < shape.context && tokens.count == active.count && !active.isEmpty)
        let groups = shape.width / 8
        for (row, token) in tokens.enumerated() {
            for group in 0..<groups {
                residual[row * groups + group] =
                    parameters[layout.tokens.offset + Int(token) * groups + group]
                    + parameters[layout.positions.offset + position * groups + group]
            }
        }
        for index in caches.indices {
            block.forward(
                &residual, model, block: index, rows: active.count, interventions, &caches[index]
            ) { [position] mixed, _, queryKeyValue, cache in
                cache.attend(into: &mixed, queryKeyValue, active, position: position)
            }
        }
        finalNorm.forward(
            residual, parameters, gain: layout.finalGain, shift: layout.finalShift, rows: active.count)
        multiply(
            into: &logits,
            MatrixShape(rows: active.count, columns: shape.paddedVocabulary, rowStride: shape.paddedVocabulary),
            finalNorm.output, MatrixShape(rows: active.count, columns: shape.width, rowStride: shape.width), parameters,
            layout.head.matrix)
        position += 1
    }
}

/// The keys and values of one block for the tokens so far.
private struct KeyValueCache {
    private let shape: TransformerShape
    private let paddedContext: Int
    /// Keys transposed (sequences, heads, head width, context padded).
    private var keys: [Lanes]
    /// (sequences, context, d)
    private var values: [Lanes]
    /// The scores of one head (context padded).
    private var scores: [Lanes]

    init(_ shape: TransformerShape, sequences: Int) {
        self.shape = shape
        paddedContext = 8 * laneGroups(shape.context)
        keys = [Lanes](repeating: .zeros, count: sequences * shape.width * paddedContext / 8)
        values = [Lanes](repeating: .zeros, count: sequences * shape.context * shape.width / 8)
        scores = [Lanes](repeating: .zeros, count: paddedContext / 8)
    }

    /// Stores the tokens' keys and values, then computes each sequence's attention output into its row of `mixed`
    /// (rows, d).
    mutating func attend(into mixed: inout [Lanes], _ queryKeyValue: [Lanes], _ active: [Int], position: Int) {
        let (d, headWidth) = (shape.width, shape.headWidth)
        let seen = position + 1
        for (row, sequence) in active.enumerated() {
            let input = row * 3 * d
            for group in 0..<(d / 8) {
                values[(sequence * shape.context + position) * d / 8 + group] =
                    queryKeyValue[(input + 2 * d) / 8 + group]
                for lane in 0..<8 {
                    let place = (sequence * d + 8 * group + lane) * paddedContext + position
                    keys[place / 8][place % 8] = queryKeyValue[(input + d) / 8 + group][lane]
                }
            }
            for head in stride(from: 0, to: d, by: headWidth) {
                let padded = 8 * laneGroups(seen)
                multiplySmall(
                    into: &scores, MatrixShape(rows: 1, columns: padded, rowStride: padded), queryKeyValue,
                    MatrixShape(rows: 1, columns: headWidth, rowStride: 3 * d, offset: input + head), keys,
                    MatrixShape(
                        rows: headWidth, columns: padded, rowStride: paddedContext,
                        offset: (sequence * d + head) * paddedContext))
                var span = scores.mutableSpan
                softmax(&span, start: 0, count: seen, scale: 1 / Float(headWidth).squareRoot())
                multiplySmall(
                    into: &mixed, MatrixShape(rows: 1, columns: headWidth, rowStride: d, offset: row * d + head),
                    scores,
                    MatrixShape(rows: 1, columns: seen, rowStride: padded), values,
                    MatrixShape(
                        rows: seen, columns: headWidth, rowStride: d, offset: sequence * shape.context * d + head))
            }
        }
    }
}

extension [Lanes] {
    /// Samples a token from the softmax of a row's first `vocabulary` floats, given a uniform number in [0, 1).
    func sample(row: Int, vocabulary: Int, at uniform: Float) -> Int32 {
        let start = row * laneGroups(vocabulary)
        var powers = Array(self[start..<(start + laneGroups(vocabulary))])
        var span = powers.mutableSpan
        var rest = uniform * exponentiate(&span, start: 0, count: vocabulary).sum
        for token in 0..<vocabulary {
            rest -= powers[token / 8][token % 8]
            if rest < 0 { return Int32(token) }
        }
        return largest(row: row, vocabulary: vocabulary)
    }

    /// Returns the token with a row's largest logit (the first one, if several are equal).
    func largest(row: Int, vocabulary: Int) -> Int32 {
        let start = 8 * row * laneGroups(vocabulary)
        var best = 0
        for token in 1..<Swift.max(vocabulary, 1) {
            let (place, bestPlace) = (start + token, start + best)
            if self[place / 8][place % 8] > self[bestPlace / 8][bestPlace % 8] { best = token }
        }
        return Int32(best)
    }
}
