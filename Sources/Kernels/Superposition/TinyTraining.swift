/// Trains networks with few features together. The lanes of a register contain eight samples.
///
/// Samples without an active feature are not computed one by one, because they all have the same gradient. This
/// gradient is zero except for b.
struct TinyTraining<let features: Int, let dimensions: Int> {
    var config: SuperpositionConfig

    private struct Learner {
        /// The weights W, feature by feature, then the biases b.
        var parameters: AdamParameters<1>
        var importance: [Float]

        subscript(index: Int) -> Float {
            get { parameters.values[index / 8][0][index % 8] }
            set { parameters.values[index / 8][0][index % 8] = newValue }
        }
    }

    func run(
        _ starts: [SuperpositionStart], _ inputs: consuming SparseInputs, _ progress: (Double) -> Void
    ) -> [SuperpositionNetwork] {
        var learners = starts.map(learner)
        var batch = SparseBatch(samples: config.batch, features: features)
        var columns = [Row<features>](repeating: Row(), count: laneGroups(config.batch))
        var gradient = [Row<1>](repeating: Row(), count: parameterGroups)
        for step in 1...config.steps {
            inputs.draw(&batch, samples: config.batch)
            let groups = pack(batch, into: &columns)
            let adam = AdamStep(number: step, learningRate: config.learningRate(step: step))
            for index in learners.indices {
                computeGradient(into: &gradient, columns[..<groups], learners[index])
                learners[index].parameters.update(adam, gradient: gradient)
            }
            if step % 128 == 0 { progress(Double(step) / Double(config.steps)) }
        }
        return learners.map(network)
    }

    private var parameterGroups: Int {
        laneGroups(features * (dimensions + 1))
    }

    private func learner(_ start: SuperpositionStart) -> Learner {
        var learner = Learner(parameters: AdamParameters(rows: parameterGroups), importance: start.importance)
        for (index, value) in (start.network.weights + start.network.biases).enumerated() { learner[index] = value }
        return learner
    }

    private func network(_ learner: Learner) -> SuperpositionNetwork {
        let weightCount = features * dimensions
        return SuperpositionNetwork(
            features: features, dimensions: dimensions, weights: (0..<weightCount).map { learner[$0] },
            biases: (weightCount..<(weightCount + features)).map { learner[$0] })
    }

    /// Packs the samples with an active feature into columns x (features, 8 samples); returns the number of columns.
    private func pack(_ batch: SparseBatch, into columns: inout [Row<features>]) -> Int {
        precondition(columns.count >= laneGroups(batch.samples) && batch.features == features, "each entry has a place")
        var columns = columns.mutableSpan
        columns.update(repeating: Row())
        var bytes = unsafe columns.mutableBytes
        let positions = batch.positions.span
        let values = batch.values.span
        if batch.isDense {
            for sample in 0..<batch.samples {
                for i in 0..<features {
                    let value = unsafe values[unchecked: features &* sample &+ i]
                    unsafe bytes.storeBytes(of: value, toUncheckedByteOffset: offset(column: sample, i), as: Float.self)
                }
            }
            return laneGroups(batch.samples)
        }
        // The samples with active features get consecutive columns.
        var (column, sample) = (-1, -1)
        for entry in 0..<Int(batch.starts[batch.samples]) {
            let position = unsafe Int(positions[unchecked: entry])
            let own = position / features
            column &+= own == sample ? 0 : 1
            sample = own
            let place = offset(column: column, position &- features &* own)
            unsafe bytes.storeBytes(of: values[unchecked: entry], toUncheckedByteOffset: place, as: Float.self)
        }
        return laneGroups(column + 1)
    }

    /// Returns the offset in bytes of a feature's value in a column.
    @inline(__always)
    private func offset(column: Int, _ feature: Int) -> Int {
        4 &* (8 &* (features &* (column &>> 3) &+ feature) &+ column & 7)
    }

    /// Computes the gradient of the mean of I_i (y_i - x_i)² over samples and features. With g = dL/dz, dL/dW_i = Σ g_i
    /// h + (Σ_j g_j W_j) x_i and dL/db = Σ g.
    private func computeGradient(
        into gradient: inout [Row<1>], _ columns: ArraySlice<Row<features>>, _ learner: Learner
    ) {
        let scale = 2 / Float(config.batch * features)
        var weights = InlineArray<features, Row<dimensions>>(repeating: Row())
        var biases = Row<features>()
        var importance = Row<features>()
        for i in 0..<features {
            for k in 0..<dimensions {
                weights[i][k] = Lanes(repeating: learner[i * dimensions + k])
            }
            biases[i] = Lanes(repeating: learner[features * dimensions + i])
            importance[i] = Lanes(repeating: scale * learner.importance[i])
        }
        var weightGradient = InlineArray<features, Row<dimensions>>(repeating: Row())
        var biasGradient = Row<features>()

        let columns = columns.span
        for group in 0..<columns.count {
            let x = columns[group]
            var hidden = Row<dimensions>()
            for i in 0..<features {
                for k in 0..<dimensions { hidden[k] = hidden[k].addingProduct(weights[i][k], x[i]) }
            }
            var outputGradient = Row<features>()
            var hiddenGradient = Row<dimensions>()
            for i in 0..<features {
                var z = biases[i]
                for k in 0..<dimensions { z = z.addingProduct(weights[i][k], hidden[k]) }
                let g = ((z - x[i]) * importance[i]).replacing(with: Lanes.zeros, where: z .<= Lanes.zeros)
                for k in 0..<dimensions { hiddenGradient[k] = hiddenGradient[k].addingProduct(weights[i][k], g) }
                outputGradient[i] = g
                biasGradient[i] += g
            }
            for i in 0..<features {
                for k in 0..<dimensions {
                    weightGradient[i][k] = weightGradient[i][k]
                        .addingProduct(outputGradient[i], hidden[k]).addingProduct(hiddenGradient[k], x[i])
                }
            }
        }

        let emptySamples = Float(config.batch - 8 * columns.count)
        for i in 0..<features {
            for k in 0..<dimensions {
                let index = i * dimensions + k
                let sum = weightGradient[i][k].sum()
                gradient[index / 8][0][index % 8] = sum
            }
            let index = features * dimensions + i
            let emptyGradient = max(biases[i][0], 0) * importance[i][0]
            let sum = biasGradient[i].sum() + emptySamples * emptyGradient
            gradient[index / 8][0][index % 8] = sum
        }
    }
}
