/// Trains networks of many features: sparse products by hand, dense ones by sgemm, eight features in the lanes.
///
/// Rows of W, h and their gradients are padded from m to `width` groups of eight; the padding stays zero.
struct WideTraining<let width: Int> {
    var config: SuperpositionConfig

    private struct Learner {
        /// Wᵀ (n, m)
        var weights: AdamParameters<width>
        /// b (n)
        var biases: AdamParameters<1>
        /// 2 I_i / (samples · n), the factor of every error (n)
        var errorScale: [Lanes]
    }

    func run(
        _ starts: [SuperpositionStart], _ inputs: consuming SparseInputs, _ progress: (Double) -> Void
    ) -> [SuperpositionNetwork] {
        var learners = starts.map(learner)
        var batch = SparseBatch(samples: config.batch, features: config.features)
        // h = W x (samples, m); z = Wᵀ h + b, then dL/dz (samples, n padded to eights)
        var hidden = [Row<width>](repeating: Row(), count: config.batch)
        var hiddenGradient = hidden
        var outputs = [Lanes](repeating: .zeros, count: config.batch * laneGroups(config.features))
        var weightGradient = [Row<width>](repeating: Row(), count: config.features)
        var biasGradient = [Row<1>](repeating: Row(), count: laneGroups(config.features))
        for step in 1...config.steps {
            inputs.draw(&batch, samples: config.batch)
            let adam = AdamStep(number: step, learningRate: config.learningRate(step: step))
            for index in learners.indices {
                computeHidden(into: &hidden, batch, learners[index])
                computeOutputGradient(into: &outputs, &biasGradient, hidden, batch, learners[index])
                computeHiddenGradient(into: &hiddenGradient, outputs, learners[index])
                computeWeightGradient(into: &weightGradient, hidden, hiddenGradient, outputs, batch)
                learners[index].weights.update(adam, gradient: weightGradient)
                learners[index].biases.update(adam, gradient: biasGradient)
            }
            if step % 32 == 0 { progress(Double(step) / Double(config.steps)) }
        }
        return learners.map(network)
    }

    private func learner(_ start: SuperpositionStart) -> Learner {
        let groups = laneGroups(config.features)
        let scale = 2 / Float(config.batch * config.features)
        var learner = Learner(
            weights: AdamParameters(rows: config.features), biases: AdamParameters(rows: groups),
            errorScale: [Lanes](repeating: .zeros, count: groups))
        for i in 0..<config.features {
            for k in 0..<config.dimensions {
                learner.weights.values[i][k / 8][k % 8] = start.network.weights[i * config.dimensions + k]
            }
            learner.biases.values[i / 8][0][i % 8] = start.network.biases[i]
            learner.errorScale[i / 8][i % 8] = start.importance[i] * scale
        }
        return learner
    }

    private func network(_ learner: Learner) -> SuperpositionNetwork {
        SuperpositionNetwork(
            features: config.features, dimensions: config.dimensions,
            weights: learner.weights.values.flatMap { row in (0..<config.dimensions).map { row[$0 / 8][$0 % 8] } },
            biases: (0..<config.features).map { learner.biases.values[$0 / 8][0][$0 % 8] })
    }

    private var hiddenShape: MatrixShape {
        MatrixShape(rows: config.batch, columns: config.dimensions, rowStride: 8 * width)
    }

    private var weightShape: MatrixShape {
        MatrixShape(rows: config.features, columns: config.dimensions, rowStride: 8 * width)
    }

    private var outputShape: MatrixShape {
        MatrixShape(rows: config.batch, columns: config.features, rowStride: 8 * laneGroups(config.features))
    }

    private func inputShape(_ batch: SparseBatch) -> MatrixShape {
        MatrixShape(rows: batch.samples, columns: batch.features, rowStride: batch.features)
    }

    /// h = W x
    private func computeHidden(into hidden: inout [Row<width>], _ batch: SparseBatch, _ learner: Learner) {
        if batch.isDense {
            multiply(into: &hidden, hiddenShape, batch.values, inputShape(batch), learner.weights.values, weightShape)
            return
        }
        let weights = learner.weights.values.span
        for sample in 0..<batch.samples {
            var sum = Row<width>()
            for entry in Int(batch.starts[sample])..<Int(batch.starts[sample + 1]) {
                sum.add(batch.values[entry], times: weights[Int(batch.indices[entry])])
            }
            hidden[sample] = sum
        }
    }

    /// z = Wᵀ h + b, then dL/dz = (2 I / samples n) (ReLU(z) - x) where z > 0, else 0, summed to dL/db.
    private func computeOutputGradient(
        into outputs: inout [Lanes], _ biasGradient: inout [Row<1>], _ hidden: [Row<width>], _ batch: SparseBatch,
        _ learner: Learner
    ) {
        multiply(
            into: &outputs, outputShape, hidden, hiddenShape, learner.weights.values, weightShape,
            transposingRight: true)
        let groups = laneGroups(config.features)
        for group in 0..<groups { biasGradient[group] = Row() }
        let biases = learner.biases.values.span
        let scales = learner.errorScale.span
        var sums = biasGradient.mutableSpan
        var outputs = outputs.mutableSpan
        precondition(biases.count == groups && scales.count == groups && sums.count == groups)
        precondition(outputs.count >= batch.samples * groups)
        // One sample's x, written float by float and read in lanes.
        var inputLanes = [Lanes](repeating: .zeros, count: groups)
        var inputSpan = inputLanes.mutableSpan
        var inputs = unsafe inputSpan.mutableBytes
        let isDense = batch.isDense
        for sample in 0..<batch.samples {
            let entries = Int(batch.starts[sample])..<Int(batch.starts[sample + 1])
            for entry in entries {
                inputs.storeBytes(of: batch.values[entry], toByteOffset: 4 * Int(batch.indices[entry]), as: Float.self)
            }
            for group in 0..<groups {
                let place = sample * groups + group
                let z = unsafe outputs[unchecked: place] + biases[unchecked: group][0]
                let x = unsafe inputs.unsafeLoad(fromByteOffset: 32 * group, as: Lanes.self)
                let error = unsafe (z - x) * scales[unchecked: group]
                let gradient = error.replacing(with: Lanes.zeros, where: z .<= Lanes.zeros)
                unsafe outputs[unchecked: place] = gradient
                unsafe sums[unchecked: group][0] += gradient
            }
            if isDense { continue }
            for entry in entries {
                inputs.storeBytes(of: 0, toByteOffset: 4 * Int(batch.indices[entry]), as: Float.self)
            }
        }
    }

    /// dL/dh = W dL/dz
    private func computeHiddenGradient(
        into hiddenGradient: inout [Row<width>], _ outputGradient: [Lanes], _ learner: Learner
    ) {
        multiply(
            into: &hiddenGradient, hiddenShape, outputGradient, outputShape, learner.weights.values, weightShape)
    }

    /// dL/dW_i = Σ dL/dz_i h + dL/dh x_i, summed over the samples.
    private func computeWeightGradient(
        into weightGradient: inout [Row<width>], _ hidden: [Row<width>], _ hiddenGradient: [Row<width>],
        _ outputGradient: [Lanes], _ batch: SparseBatch
    ) {
        multiply(
            into: &weightGradient, weightShape, outputGradient, outputShape, hidden, hiddenShape, transposingLeft: true)
        if batch.isDense {
            multiply(
                into: &weightGradient, weightShape, batch.values, inputShape(batch), hiddenGradient, hiddenShape,
                transposingLeft: true, accumulating: true)
            return
        }
        let hiddenGradient = hiddenGradient.span
        var weightGradient = weightGradient.mutableSpan
        for sample in 0..<batch.samples {
            let row = hiddenGradient[sample]
            for entry in Int(batch.starts[sample])..<Int(batch.starts[sample + 1]) {
                weightGradient[Int(batch.indices[entry])].add(batch.values[entry], times: row)
            }
        }
    }
}
