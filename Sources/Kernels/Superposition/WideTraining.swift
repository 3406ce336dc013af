/// Trains networks with many features on the same batches. The lanes of a register contain eight features or
/// dimensions.
struct WideTraining<let width: Int> {
    var config: SuperpositionConfig

    func run(
        _ starts: [SuperpositionStart], _ inputs: consuming SparseInputs, _ progress: (Double) -> Void
    ) -> [SuperpositionNetwork] {
        let scale = 2 / Float(config.batch * config.features)
        var learners = starts.map { WideLearner<width>($0, errorScale: scale) }
        var batch = SparseBatch(samples: config.batch, features: config.features)
        var gradient = WideGradient<width>(learners[0])
        for step in 1...config.steps {
            inputs.draw(&batch, samples: config.batch)
            let adam = AdamStep(number: step, learningRate: config.learningRate(step: step))
            for index in learners.indices {
                gradient.compute(batch, learners[index])
                learners[index].weights.update(adam, gradient: gradient.weights)
            }
            if step % 32 == 0 { progress(Double(step) / Double(config.steps)) }
        }
        return learners.map(\.network)
    }
}

/// A network in training. Its biases are an extra column of Wᵀ, which belongs to a hidden dimension that is always 1.
///
/// Columns are padded to `width` groups of eight and rows to a multiple of four; the padding stays zero.
struct WideLearner<let width: Int> {
    var features: Int
    var dimensions: Int
    /// Wᵀ and b (n, m + 1)
    var weights: AdamParameters<width>
    /// 2 I / (samples · n), the factors of the errors, in panels of sixteen (n)
    var errorScale: [Row<2>]

    init(_ start: SuperpositionStart, errorScale scale: Float) {
        (features, dimensions) = (start.network.features, start.network.dimensions)
        weights = AdamParameters(rows: (features + 3) / 4 * 4)
        errorScale = [Row<2>](repeating: Row(), count: (features + 15) / 16)
        for i in 0..<features {
            for k in 0..<dimensions { weights.values[i][element: k] = start.network.weights[i * dimensions + k] }
            weights.values[i][element: dimensions] = start.network.biases[i]
            errorScale[i / 16][element: i % 16] = start.importance[i] * scale
        }
    }

    var network: SuperpositionNetwork {
        let rows = weights.values[..<features]
        return SuperpositionNetwork(
            features: features, dimensions: dimensions,
            weights: rows.flatMap { row in (0..<dimensions).map { row[element: $0] } },
            biases: rows.map { $0[element: dimensions] })
    }
}

extension Row {
    subscript(element index: Int) -> Float {
        get { self[index / 8][index % 8] }
        set { self[index / 8][index % 8] = newValue }
    }
}
