/// Trains networks on the same batches. The lanes of a register contain samples.
struct ColumnTraining {
    var config: SuperpositionConfig

    func run(
        _ starts: [SuperpositionStart], _ inputs: consuming SparseInputs, _ progress: (Double) -> Void
    ) -> [SuperpositionNetwork] {
        let scale = 2 / Float(config.batch * config.features)
        var learners = starts.map { ColumnLearner($0, errorScale: scale) }
        var batch = SparseBatch(samples: config.batch, features: config.features)
        let blockGroups = config.blockGroups
        var columns = SampleColumns(features: config.features, samples: config.batch, blockGroups: blockGroups)
        var gradient = ColumnGradient(
            features: config.features, dimensions: config.dimensions, blockGroups: blockGroups)
        for step in 1...config.steps {
            inputs.draw(&batch, samples: config.batch)
            columns.pack(batch)
            let adam = AdamStep(number: step, learningRate: config.learningRate(step: step))
            for index in learners.indices {
                gradient.compute(columns, samples: config.batch, learners[index])
                learners[index].parameters.update(adam, gradient: gradient.weights)
            }
            if step % 32 == 0 { progress(Double(step) / Double(config.steps)) }
        }
        return learners.map { $0.network(features: config.features, dimensions: config.dimensions) }
    }
}

extension SuperpositionConfig {
    /// The number of groups of sixteen samples in a block. The gradients of large networks do not stay in the cache.
    /// With larger blocks, they are read less often.
    var blockGroups: Int {
        min(features * (dimensions + 1) <= 8192 ? 4 : 16, (batch + 15) / 16)
    }
}

/// A network in training.
struct ColumnLearner {
    /// Wᵀ and b (n, m + 1)
    var parameters: AdamParameters<1>
    /// 2 I / (samples · n), the factors of the errors (n)
    var errorScale: [Float]

    init(_ start: SuperpositionStart, errorScale scale: Float) {
        let (features, columns) = (start.network.features, start.network.dimensions + 1)
        parameters = AdamParameters(rows: laneGroups(features * columns))
        errorScale = start.importance.map { $0 * scale }
        for i in 0..<features {
            for k in 0..<columns {
                let isBias = k == columns - 1
                let value = isBias ? start.network.biases[i] : start.network.weights[i * (columns - 1) + k]
                parameters.values[(i * columns + k) / 8][0][(i * columns + k) % 8] = value
            }
        }
    }

    func network(features: Int, dimensions: Int) -> SuperpositionNetwork {
        func parameter(_ feature: Int, _ column: Int) -> Float {
            let place = feature * (dimensions + 1) + column
            return parameters.values[place / 8][0][place % 8]
        }
        return SuperpositionNetwork(
            features: features, dimensions: dimensions,
            weights: (0..<(features * dimensions)).map { parameter($0 / dimensions, $0 % dimensions) },
            biases: (0..<features).map { parameter($0, dimensions) })
    }
}
