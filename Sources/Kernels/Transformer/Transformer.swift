/// A transformer's parameters.
struct Transformer {
    let shape: TransformerShape
    let layout: TransformerLayout
    var parameters: [Lanes]

    init(zeros shape: TransformerShape) {
        self.shape = shape
        layout = TransformerLayout(shape)
        parameters = [Lanes](repeating: .zeros, count: layout.count)
    }

    /// Draws embeddings from N(0, deviation²), and the weights and biases of a layer with n inputs uniformly from
    /// ±1/√n. Sets gains to 1 and shifts to 0.
    init(_ shape: TransformerShape, embeddingDeviation: Double, seed: UInt64) {
        self.init(zeros: shape)
        var normal = RandomStream(seed: seed, name: "initial embeddings")
        for tensor in [layout.tokens, layout.positions] {
            fill(tensor, with: normal.normals(tensor.rows * tensor.columns).map { Float(embeddingDeviation) * $0 })
        }
        var draws = Draws(seed: seed, name: "initial weights")
        for block in layout.blocks {
            for (weights, bias) in [
                (block.queryKeyValue, block.queryKeyValueBias), (block.projection, block.projectionBias),
                (block.up, block.upBias), (block.down, block.downBias),
            ] {
                fillUniformly(weights, inputs: weights.rows, &draws)
                fillUniformly(bias, inputs: weights.rows, &draws)
            }
            for gain in [block.gain1, block.gain2] {
                for group in gain.range { parameters[group] = Lanes(repeating: 1) }
            }
        }
        for group in layout.finalGain.range { parameters[group] = Lanes(repeating: 1) }
        fillUniformly(layout.head, inputs: shape.width, columns: shape.vocabulary, &draws)
    }

    private mutating func fill(_ tensor: Tensor, with numbers: [Float]) {
        for (place, number) in numbers.enumerated() { parameters[tensor.offset + place / 8][place % 8] = number }
    }

    /// - Parameter columns: the number of columns without padding
    private mutating func fillUniformly(_ tensor: Tensor, inputs: Int, columns: Int? = nil, _ draws: inout Draws) {
        let bound = 1 / Float(inputs).squareRoot()
        for row in 0..<tensor.rows {
            for column in 0..<(columns ?? tensor.columns) {
                let place = row * tensor.columns + column
                parameters[tensor.offset + place / 8][place % 8] = bound * (2 * draws.uniform() - 1)
            }
        }
    }

    var isFinite: Bool {
        parameters.allSatisfy { group in (0..<8).allSatisfy { group[$0].isFinite } }
    }
}

/// Interventions in a transformer's forward pass; none by default. Blocks count from 0.
struct Interventions {
    /// The heads whose output is zeroed, by block.
    var zeroedHeads: [Int: [Int]] = [:]
    /// The neurons that are zeroed after the activation, by block.
    var zeroedNeurons: [Int: [Int]] = [:]
}

/// A function that observes and may change the residual stream. Layer 0 is after the embedding, layer l after block l.
///
/// The stream is (rows, d); row r is token `rows.lowerBound + r` of the batch.
typealias ResidualHook = (_ layer: Int, _ residual: inout [Lanes], _ rows: Range<Int>) -> Void
