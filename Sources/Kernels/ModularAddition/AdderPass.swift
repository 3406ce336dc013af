/// The buffers of a forward and backward pass of a one-layer network over pairs (a, b), at the last token of `a b =`.
///
/// What attention reads depends only on a token and its position. It is therefore computed once for each of the 2p + 1
/// places: number t is place t as the first token and place p + t as the second token, and `=` is place 2p.
struct AdderPass {
    /// The number of pairs per chunk: enough for fast products, few enough to stay in the cache.
    static let chunkPairs = 128

    private let shape: TransformerShape
    private let modulus: Int

    /// Token embedding + position embedding (2p + 1, d).
    private var inputs: [Lanes]
    /// (2p + 1, 3d)
    private var queryKeyValue: [Lanes]
    /// The attention scores q · k / √head width of `=` for each place (2p + 1, heads padded).
    private var scores: [Lanes]

    // The activations of a chunk, for n pairs.
    /// The attention of `=` to the three tokens (n, 3, heads padded).
    private var probabilities: [Lanes]
    /// Outputs of all heads (n, d).
    private var mixed: [Lanes]
    /// The residual stream after attention and after the feed-forward layer (n, d).
    private var middle: [Lanes]
    private var final: [Lanes]
    /// The activations (n, hidden) and their derivatives.
    private var hidden: [Lanes]
    private var slope: [Lanes]
    /// The logits (n, V padded); after `backward`, their gradient.
    private(set) var logits: [Lanes]

    // The gradients of the activations above.
    private var queryKeyValueGradient: [Lanes]
    private var scoreGradient: [Lanes]
    private var streamGradient: [Lanes]
    private var hiddenGradient: [Lanes]
    private var mixedGradient: [Lanes]
    /// The sum of dL/dinput of `=` through the residual stream (d).
    private var endGradient: [Lanes]
    private let weights = [Float](repeating: 1, count: chunkPairs)

    init(_ shape: TransformerShape, modulus: Int) {
        precondition(shape.layers == 1 && !shape.normalises)
        func lanes(_ rows: Int, _ columns: Int) -> [Lanes] {
            [Lanes](repeating: .zeros, count: rows * laneGroups(columns))
        }
        self.shape = shape
        self.modulus = modulus
        let places = 2 * modulus + 1
        inputs = lanes(places, shape.width)
        queryKeyValue = lanes(places, 3 * shape.width)
        scores = lanes(places, shape.heads)
        probabilities = lanes(3 * Self.chunkPairs, shape.heads)
        mixed = lanes(Self.chunkPairs, shape.width)
        (middle, final) = (mixed, mixed)
        hidden = lanes(Self.chunkPairs, shape.hiddenWidth)
        slope = hidden
        logits = lanes(Self.chunkPairs, shape.vocabulary)
        (queryKeyValueGradient, scoreGradient) = (queryKeyValue, scores)
        (streamGradient, mixedGradient, hiddenGradient) = (mixed, mixed, hidden)
        endGradient = lanes(1, shape.width)
    }

    /// Calls `body` for chunks of pairs after a forward pass, whose logits (n, V padded) are then in `logits`.
    mutating func forEachChunk(
        _ model: Transformer, _ pairs: [Int], _ body: (_ pass: inout AdderPass, _ chunk: Range<Int>) -> Void
    ) {
        prepare(model)
        for first in stride(from: 0, to: pairs.count, by: Self.chunkPairs) {
            let chunk = first..<min(first + Self.chunkPairs, pairs.count)
            forward(model, pairs[chunk])
            body(&self, chunk)
        }
    }

    /// Scores the predictions for all pairs and replaces the gradients by scale · d(Σ loss)/dparameters.
    mutating func computeGradients(
        into gradients: inout [Lanes], _ model: Transformer, _ pairs: [Int], targets: [Int32], scale: Float
    ) -> PredictionScore {
        for group in gradients.indices { gradients[group] = .zeros }
        for group in queryKeyValueGradient.indices { queryKeyValueGradient[group] = .zeros }
        for group in scoreGradient.indices { scoreGradient[group] = .zeros }
        for group in endGradient.indices { endGradient[group] = .zeros }
        var score = PredictionScore()
        forEachChunk(model, pairs) { pass, chunk in
            pass.backward(adding: &gradients, model, pairs[chunk], targets: targets[chunk], scale: scale, &score)
        }
        finishGradients(&gradients, model)
        return score
    }

    private func matrix(_ rows: Int, _ columns: Int) -> MatrixShape {
        MatrixShape(rows: rows, columns: columns, rowStride: columns)
    }

    private var scoreScale: Float { 1 / Float(shape.headWidth).squareRoot() }

    /// Computes queries, keys, values and scores of all places.
    private mutating func prepare(_ model: Transformer) {
        let (d, block, places) = (shape.width / 8, model.layout.blocks[0], 2 * modulus + 1)
        for place in 0..<places {
            let token = model.layout.tokens.offset + (place < modulus ? place : place - modulus) * d
            let position = model.layout.positions.offset + place / modulus * d
            for group in 0..<d {
                inputs[place * d + group] = model.parameters[token + group] + model.parameters[position + group]
            }
        }
        multiply(
            into: &queryKeyValue, matrix(places, 3 * shape.width), inputs, matrix(places, shape.width),
            model.parameters, block.queryKeyValue.matrix)
        addBias(&queryKeyValue, model.parameters, bias: block.queryKeyValueBias, rows: places)
        let (query, headGroups) = (2 * modulus * 3 * d, shape.headWidth / 8)
        for place in 0..<places {
            for head in 0..<shape.heads {
                var products = Lanes.zeros
                for group in (head * headGroups)..<((head + 1) * headGroups) {
                    products = products.addingProduct(
                        queryKeyValue[query + group], queryKeyValue[place * 3 * d + d + group])
                }
                scores[place * laneGroups(shape.heads) + head / 8][head % 8] = products.sum() * scoreScale
            }
        }
    }

    private mutating func forward(_ model: Transformer, _ pairs: ArraySlice<Int>) {
        let (parameters, block, d) = (model.parameters, model.layout.blocks[0], shape.width / 8)
        let stream = matrix(pairs.count, shape.width)
        let wide = matrix(pairs.count, shape.hiddenWidth)
        let attention = AdderAttention(shape, modulus: modulus)
        attention.attend(
            into: &mixed, probabilities: &probabilities, scores: scores, queryKeyValue: queryKeyValue, pairs)
        for row in 0..<pairs.count {
            for group in 0..<d { middle[row * d + group] = inputs[2 * modulus * d + group] }
        }
        addBias(&middle, parameters, bias: block.projectionBias, rows: pairs.count)
        multiply(into: &middle, stream, mixed, stream, parameters, block.projection.matrix, accumulating: true)
        multiply(into: &hidden, wide, middle, stream, parameters, block.up.matrix)
        activate(&hidden, slope: &slope, parameters, bias: block.upBias, shape.activation, rows: pairs.count)
        for group in 0..<(pairs.count * d) { final[group] = middle[group] }
        addBias(&final, parameters, bias: block.downBias, rows: pairs.count)
        multiply(into: &final, stream, hidden, wide, parameters, block.down.matrix, accumulating: true)
        multiply(
            into: &logits, matrix(pairs.count, shape.paddedVocabulary), final, stream, parameters,
            model.layout.head.matrix)
    }

    /// Adds the gradients of the parameters after attention, and the gradients of scores, values and the input of `=`.
    private mutating func backward(
        adding gradients: inout [Lanes], _ model: Transformer, _ pairs: ArraySlice<Int>, targets: ArraySlice<Int32>,
        scale: Float, _ score: inout PredictionScore
    ) {
        let (parameters, layout, block) = (model.parameters, model.layout, model.layout.blocks[0])
        let (rows, d) = (pairs.count, shape.width / 8)
        let stream = matrix(rows, shape.width)
        let wide = matrix(rows, shape.hiddenWidth)
        let classes = matrix(rows, shape.paddedVocabulary)
        crossEntropy(
            &logits, targets: targets, weights: weights.prefix(rows), vocabulary: shape.vocabulary, scale: scale,
            score: &score)
        addWeightGradient(&gradients, layout.head, final, stream, logits, classes)
        multiply(
            into: &streamGradient, stream, logits, classes, parameters, layout.head.matrix, transposingRight: true)

        addBiasBackward(&gradients, streamGradient, bias: block.downBias, rows: rows)
        addWeightGradient(&gradients, block.down, hidden, wide, streamGradient, stream)
        multiply(
            into: &hiddenGradient, wide, streamGradient, stream, parameters, block.down.matrix, transposingRight: true)
        activateBackward(&hiddenGradient, &gradients, slope: slope, bias: block.upBias, rows: rows)
        addWeightGradient(&gradients, block.up, middle, stream, hiddenGradient, wide)
        multiply(
            into: &streamGradient, stream, hiddenGradient, wide, parameters, block.up.matrix, transposingRight: true,
            accumulating: true)

        addBiasBackward(&gradients, streamGradient, bias: block.projectionBias, rows: rows)
        addWeightGradient(&gradients, block.projection, mixed, stream, streamGradient, stream)
        for group in 0..<(rows * d) { endGradient[group % d] += streamGradient[group] }
        multiply(
            into: &mixedGradient, stream, streamGradient, stream, parameters, block.projection.matrix,
            transposingRight: true)
        let attention = AdderAttention(shape, modulus: modulus)
        attention.attendBackward(
            adding: &queryKeyValueGradient, scoreGradient: &scoreGradient, mixedGradient,
            probabilities: probabilities, queryKeyValue: queryKeyValue, pairs)
    }

    /// Adds the gradients of embeddings, queries, keys and values.
    private mutating func finishGradients(_ gradients: inout [Lanes], _ model: Transformer) {
        let (d, block, places) = (shape.width / 8, model.layout.blocks[0], 2 * modulus + 1)
        let (query, headGroups) = (2 * modulus * 3 * d, shape.headWidth / 8)
        for place in 0..<places {
            for group in 0..<d {
                let head = group / headGroups
                let factor = scoreScale * scoreGradient[place * laneGroups(shape.heads) + head / 8][head % 8]
                let key = place * 3 * d + d + group
                queryKeyValueGradient[key] = queryKeyValue[query + group] * factor
                queryKeyValueGradient[query + group] += queryKeyValue[key] * factor
            }
        }
        let triple = matrix(places, 3 * shape.width)
        let stream = matrix(places, shape.width)
        addBiasBackward(&gradients, queryKeyValueGradient, bias: block.queryKeyValueBias, rows: places)
        addWeightGradient(&gradients, block.queryKeyValue, inputs, stream, queryKeyValueGradient, triple)
        multiply(
            into: &inputs, stream, queryKeyValueGradient, triple, model.parameters, block.queryKeyValue.matrix,
            transposingRight: true)
        for group in 0..<d { inputs[2 * modulus * d + group] += endGradient[group] }
        for place in 0..<places {
            let token = model.layout.tokens.offset + (place < modulus ? place : place - modulus) * d
            let position = model.layout.positions.offset + place / modulus * d
            for group in 0..<d {
                gradients[token + group] += inputs[place * d + group]
                gradients[position + group] += inputs[place * d + group]
            }
        }
    }
}
