/// The buffers of a forward and backward pass for some rows (tokens) at a time.
struct TransformerPass {
    /// The number of tokens per chunk: enough for fast products, few enough to stay in the cache.
    static let chunkRows = 256

    private(set) var blocks: [BlockPass]
    private var scratch: BlockPass.Scratch
    /// (R, d), changed in place from block to block.
    private var residual: [Lanes]
    private var gradient: [Lanes]
    private var finalNorm: NormPass
    /// The logits (R, V padded); after `crossEntropy`, their gradient.
    private(set) var logits: [Lanes]
    /// The rows of the chunk that are computed after the last attention; `logits` has the same rows. Nil if all rows
    /// are computed.
    private var selected: [Int]?

    init(_ shape: TransformerShape) {
        let rows = max(Self.chunkRows, shape.context)
        blocks = [BlockPass](repeating: BlockPass(shape, rows: rows), count: shape.layers)
        scratch = BlockPass.Scratch(shape, rows: rows)
        residual = [Lanes](repeating: .zeros, count: rows * shape.width / 8)
        gradient = residual
        finalNorm = NormPass(shape, rows: rows)
        logits = [Lanes](repeating: .zeros, count: rows * shape.paddedVocabulary / 8)
    }

    /// Computes the logits (R, V padded) of a chunk.
    mutating func forward(
        _ model: Transformer, _ chunk: Chunk, _ interventions: Interventions = Interventions(),
        hook: ResidualHook = { _, _, _ in }
    ) {
        selected = nil
        run(model, chunk, interventions, hook: hook)
    }

    /// Computes the logits (R, V padded) of the rows with a target; the other rows are not needed after the last
    /// attention.
    mutating func forwardToTargets(_ model: Transformer, _ chunk: Chunk) {
        selected = chunk.targetRows
        run(model, chunk, Interventions()) { _, _, _ in }
    }

    private mutating func run(
        _ model: Transformer, _ chunk: Chunk, _ interventions: Interventions, hook: ResidualHook
    ) {
        let (shape, layout) = (model.shape, model.layout)
        embed(into: &residual, model, chunk)
        hook(0, &residual, chunk.rows)
        for block in blocks.indices {
            blocks[block].forward(
                &residual, model, block: block, rows: chunk.rows.count,
                selecting: selected(after: block), interventions, &scratch
            ) { mixed, probabilities, queryKeyValue, scratch in
                chunk.forEachHead(shape) { place in
                    attend(
                        into: &mixed, probabilities: &probabilities, transposed: &scratch.transposed, queryKeyValue,
                        place)
                }
            }
            hook(block + 1, &residual, chunk.rows)
        }
        let rows = selected?.count ?? chunk.rows.count
        finalNorm.forward(residual, model.parameters, gain: layout.finalGain, shift: layout.finalShift, rows: rows)
        multiply(
            into: &logits, MatrixShape(rows: rows, columns: shape.paddedVocabulary, rowStride: shape.paddedVocabulary),
            finalNorm.output, MatrixShape(rows: rows, columns: shape.width, rowStride: shape.width), model.parameters,
            layout.head.matrix)
    }

    private func selected(after block: Int) -> [Int]? { block == blocks.count - 1 ? selected : nil }

    /// Returns the attention of one token to an earlier token in the last `forward`. Tokens are counted from the start
    /// of the sequence.
    func attention(_ shape: TransformerShape, _ chunk: Chunk, block: Int, head: Int, sequence: Int, from: Int, to: Int)
        -> Float
    {
        let place = chunk.place(shape, sequence: sequence, head: head).probabilities
        let float = place.offset + from * place.rowStride + to
        return blocks[block].probabilities[float / 8][float % 8]
    }

    /// Scores the predictions of the last `forward` and adds scale · d(Σ loss)/dparameters to the gradients.
    mutating func backward(
        adding gradients: inout [Lanes], _ model: Transformer, _ chunk: Chunk, scale: Float,
        score: inout PredictionScore
    ) {
        let (shape, layout) = (model.shape, model.layout)
        var (targets, weights) = (chunk.batch.targets[chunk.rows], chunk.batch.weights[chunk.rows])
        if let selected {
            targets = selected.map { targets[chunk.rows.lowerBound + $0] }[...]
            weights = selected.map { weights[chunk.rows.lowerBound + $0] }[...]
        }
        let rows = targets.count
        crossEntropy(
            &logits, targets: targets, weights: weights, vocabulary: shape.vocabulary, scale: scale, score: &score)
        let stream = MatrixShape(rows: rows, columns: shape.width, rowStride: shape.width)
        let classes = MatrixShape(rows: rows, columns: shape.paddedVocabulary, rowStride: shape.paddedVocabulary)
        addWeightGradient(&gradients, layout.head, finalNorm.output, stream, logits, classes)
        multiply(
            into: &scratch.narrow, stream, logits, classes, model.parameters, layout.head.matrix,
            transposingRight: true)
        for group in 0..<(rows * shape.width / 8) { gradient[group] = .zeros }
        finalNorm.backward(
            adding: &gradient, &gradients, scratch.narrow, model.parameters, gain: layout.finalGain,
            shift: layout.finalShift, rows: rows)
        for block in blocks.indices.reversed() {
            blocks[block].backward(
                &gradient, &gradients, model, block: block, chunk, selecting: selected(after: block), &scratch)
        }
        embedBackward(&gradients, gradient, model, chunk)
    }
}

/// Computes residual (R, d) = token embedding + position embedding.
private func embed(into residual: inout [Lanes], _ model: Transformer, _ chunk: Chunk) {
    forEachEmbedding(model, chunk) { place, token, position in
        residual[place] = model.parameters[token] + model.parameters[position]
    }
}

private func embedBackward(_ gradients: inout [Lanes], _ gradient: [Lanes], _ model: Transformer, _ chunk: Chunk) {
    forEachEmbedding(model, chunk) { place, token, position in
        gradients[token] += gradient[place]
        gradients[position] += gradient[place]
    }
}

/// Calls `body` with three lane offsets: of a token in the stream, of its embedding, and of the embedding of its
/// position.
@inline(__always)
private func forEachEmbedding(_ model: Transformer, _ chunk: Chunk, _ body: (Int, Int, Int) -> Void) {
    let groups = model.shape.width / 8
    var place = 0
    for sequence in chunk.sequences {
        for (position, row) in chunk.batch.rows(of: sequence).enumerated() {
            let token = model.layout.tokens.offset + Int(chunk.batch.tokens[row]) * groups
            let positionPlace = model.layout.positions.offset + position * groups
            for group in 0..<groups { body(place + group, token + group, positionPlace + group) }
            place += groups
        }
    }
}
