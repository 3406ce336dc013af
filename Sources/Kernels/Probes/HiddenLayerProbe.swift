import KernelInterface

/// A softmax classifier with one hidden ReLU layer on standardised features, trained by Adam.
///
/// The loss on held-out rows is checked after each pass. If it has no new minimum for at least one pass and 100 steps,
/// training continues from the best parameters at the next lower rate. After the lowest rate, it stops.
struct HiddenLayerProbe: Probe {
    private static let rates = [2e-3, 6e-4, 1.8e-4]
    private static let patienceSteps = 100
    private static let mostPasses = 5000

    let fit: ProbeFit
    private let standardisation: Standardisation
    private let layers: HiddenLayers
    private let parameters: [Lanes]

    init(_ data: ProbeData, hiddenWidth: Int, seed: UInt64) throws(KernelFailure) {
        standardisation = Standardisation(data)
        layers = HiddenLayers(data, hiddenWidth: hiddenWidth)
        let heldOut = data.heldOut
        let features = standardisation.standardised(data)
        var pass = HiddenPass(layers)
        var state = AdamState(layers.initialParameters(seed: seed))
        var best = (loss: Double.infinity, state: state)
        var order = Array(0..<heldOut.lowerBound)
        var draws = Draws(seed: seed, name: "probe minibatches")
        let stepsPerPass = max(1, (order.count + ProbeBlocks.rows - 1) / ProbeBlocks.rows)
        let patience = (Self.patienceSteps + stepsPerPass - 1) / stepsPerPass
        var passes = 0
        for rate in Self.rates {
            state = best.state
            var passesSinceBest = 0
            while passesSinceBest < patience {
                guard passes < Self.mostPasses else {
                    throw KernelFailure(reason: "the loss of an MLP probe still falls after \(passes) passes")
                }
                passes += 1
                draws.shuffle(&order)
                for start in stride(from: 0, to: order.count, by: ProbeBlocks.rows) {
                    pass.clear()
                    pass.forward(order[start...].prefix(ProbeBlocks.rows), features, data, layers, state.parameters)
                    pass.backward(layers, state.parameters)
                    state.update(layers, pass, rate: rate)
                }
                pass.clear()
                for start in stride(from: heldOut.lowerBound, to: heldOut.upperBound, by: ProbeBlocks.rows) {
                    pass.forward(
                        heldOut.dropFirst(start - heldOut.lowerBound).prefix(ProbeBlocks.rows), features, data, layers,
                        state.parameters)
                }
                passesSinceBest += 1
                if pass.meanLoss < best.loss {
                    best = (pass.meanLoss, state)
                    passesSinceBest = 0
                }
            }
        }
        parameters = best.state.parameters
        pass.clear()
        for start in stride(from: 0, to: heldOut.lowerBound, by: ProbeBlocks.rows) {
            pass.forward(
                (start..<heldOut.lowerBound).prefix(ProbeBlocks.rows), features, data, layers, parameters)
            pass.backward(layers, parameters)
        }
        fit = ProbeFit(passes: passes, gradientNorm: pass.gradientNorm)
    }

    func predictions(_ data: ProbeData) -> [Int32] {
        let features = standardisation.standardised(data)
        var pass = HiddenPass(layers)
        var predictions: [Int32] = []
        for start in stride(from: 0, to: data.rows, by: ProbeBlocks.rows) {
            let rows = (start..<data.rows).prefix(ProbeBlocks.rows)
            pass.setInput(rows, features, data)
            pass.computeLogits(layers, parameters)
            appendLargestClasses(
                to: &predictions, pass.logits, biases: layers.outputBiases(parameters), tasks: data.tasks,
                rows: rows.count)
        }
        return predictions
    }
}

/// The layout of the tensors in one buffer.
private struct HiddenLayers {
    let tasks: Int
    let classes: Int
    /// (width, hidden) and (hidden)
    let hidden: Tensor
    let hiddenBias: Tensor
    /// (tasks · classes, hidden) and (tasks · classes, padded)
    let output: Tensor
    let outputBias: Tensor

    init(_ data: ProbeData, hiddenWidth: Int) {
        (tasks, classes) = (data.tasks, data.classes)
        var offset = 0
        func tensor(_ rows: Int, _ columns: Int) -> Tensor {
            defer { offset += rows * columns / 8 }
            return Tensor(offset: offset, rows: rows, columns: columns, isDecayed: false)
        }
        hidden = tensor(data.width, hiddenWidth)
        hiddenBias = tensor(1, hiddenWidth)
        output = tensor(data.tasks * data.classes, hiddenWidth)
        outputBias = tensor(1, 8 * laneGroups(data.tasks * data.classes))
    }

    var outputs: Int { output.rows }
    /// The size of the buffer in lanes.
    var count: Int { outputBias.range.upperBound }

    func outputBiases(_ parameters: [Lanes]) -> [Float] {
        (0..<outputs).map { parameters[outputBias.offset + $0 / 8][$0 % 8] }
    }

    /// Draws the hidden weights from N(0, 2 / inputs) (He et al. 2015); all other parameters are 0.
    func initialParameters(seed: UInt64) -> [Lanes] {
        var stream = RandomStream(seed: seed, name: "probe initialisation")
        let deviation = (2 / Float(hidden.rows)).squareRoot()
        let weights = lanes(stream.normals(hidden.rows * hidden.columns).map { deviation * $0 })
        return weights + [Lanes](repeating: .zeros, count: count - weights.count)
    }
}

/// Parameters with Adam's moments.
private struct AdamState {
    private(set) var parameters: [Lanes]
    private var first: [Lanes]
    private var second: [Lanes]
    private var steps = 0

    init(_ parameters: [Lanes]) {
        self.parameters = parameters
        first = [Lanes](repeating: .zeros, count: parameters.count)
        second = first
    }

    mutating func update(_ layers: HiddenLayers, _ pass: HiddenPass, rate: Double) {
        steps += 1
        AdamStep(number: steps, learningRate: rate, decays: AdamDecays()).update(
            &parameters, &first, &second, gradient: pass.gradients, range: 0..<layers.count,
            gradientScale: Float(1 / pass.labelCount), shrinking: 1)
    }
}

/// The buffers of forward and backward passes, with the sums over the rows since `clear`.
private struct HiddenPass {
    /// The gradients of the summed loss; the output biases' gradients are set by `backward`.
    private(set) var gradients: [Lanes]
    /// The logits without biases (tasks · classes, block rows); after `forward`, the gradient of the logits.
    private(set) var logits: [Lanes]
    private var biasGradients: [Double] = []
    private var losses: [Double] = []
    private var labelled = 0
    /// (block rows, width)
    private var input: [Lanes]
    /// The hidden activations (block rows, hidden), their derivatives and their gradients.
    private var hidden: [Lanes]
    private var slope: [Lanes]
    private var hiddenGradient: [Lanes]
    /// (tasks, block rows)
    private var labels: [SIMD8<Int32>]
    private let noLabels: [SIMD8<Int32>]

    init(_ layers: HiddenLayers) {
        func lanes(_ columns: Int) -> [Lanes] { [Lanes](repeating: .zeros, count: columns * ProbeBlocks.groups) }
        gradients = [Lanes](repeating: .zeros, count: layers.count)
        logits = lanes(layers.outputs)
        input = lanes(layers.hidden.rows)
        hidden = lanes(layers.hidden.columns)
        (slope, hiddenGradient) = (hidden, hidden)
        noLabels = [SIMD8<Int32>](repeating: SIMD8(repeating: -1), count: layers.tasks * ProbeBlocks.groups)
        labels = noLabels
        biasGradients = [Double](repeating: 0, count: layers.outputs)
        losses = [Double](repeating: 0, count: layers.tasks)
    }

    var labelCount: Double { Double(max(1, labelled)) }
    var meanLoss: Double { losses.reduce(0, +) / labelCount }
    var gradientNorm: Double { squaredNorm(gradients).squareRoot() / labelCount }

    mutating func clear() {
        for group in gradients.indices { gradients[group] = .zeros }
        for output in biasGradients.indices { biasGradients[output] = 0 }
        for task in losses.indices { losses[task] = 0 }
        labelled = 0
    }

    /// Copies at most a block of rows. The remaining rows keep their features, but have no labels.
    mutating func setInput(_ rows: some Collection<Int>, _ features: [Lanes], _ data: ProbeData) {
        let groups = data.width / 8
        labels = noLabels
        for (place, row) in rows.enumerated() {
            for group in 0..<groups { input[place * groups + group] = features[row * groups + group] }
            for task in 0..<data.tasks {
                let label = data.labels[row * data.tasks + task]
                labels[task * ProbeBlocks.groups + place / 8][place % 8] = label
                labelled += label >= 0 ? 1 : 0
            }
        }
    }

    mutating func computeLogits(_ layers: HiddenLayers, _ parameters: [Lanes]) {
        multiply(
            into: &hidden, block(layers.hidden.columns), input, block(layers.hidden.rows), parameters,
            layers.hidden.matrix)
        activate(&hidden, slope: &slope, parameters, bias: layers.hiddenBias, .relu, rows: ProbeBlocks.rows)
        multiply(
            into: &logits, logitShape(layers), parameters, layers.output.matrix, hidden, block(layers.output.columns),
            transposingRight: true)
    }

    /// Adds the loss of some rows, and computes the gradients of their logits.
    mutating func forward(
        _ rows: some Collection<Int>, _ features: [Lanes], _ data: ProbeData, _ layers: HiddenLayers,
        _ parameters: [Lanes]
    ) {
        setInput(rows, features, data)
        computeLogits(layers, parameters)
        crossEntropy(
            &logits, biases: layers.outputBiases(parameters), labels: labels,
            labelPlaces: (0..<layers.tasks).map { $0 * ProbeBlocks.groups }, biasGradients: &biasGradients,
            losses: &losses)
    }

    /// Adds the gradients of the loss of the last rows.
    mutating func backward(_ layers: HiddenLayers, _ parameters: [Lanes]) {
        for (output, gradient) in biasGradients.enumerated() {
            gradients[layers.outputBias.offset + output / 8][output % 8] = Float(gradient)
        }
        multiply(
            into: &gradients, layers.output.matrix, logits, logitShape(layers), hidden, block(layers.output.columns),
            accumulating: true)
        multiply(
            into: &hiddenGradient, block(layers.output.columns), logits, logitShape(layers), parameters,
            layers.output.matrix, transposingLeft: true)
        activateBackward(&hiddenGradient, &gradients, slope: slope, bias: layers.hiddenBias, rows: ProbeBlocks.rows)
        addWeightGradient(
            &gradients, layers.hidden, input, block(layers.hidden.rows), hiddenGradient, block(layers.hidden.columns))
    }

    private func block(_ columns: Int) -> MatrixShape {
        MatrixShape(rows: ProbeBlocks.rows, columns: columns, rowStride: columns)
    }

    private func logitShape(_ layers: HiddenLayers) -> MatrixShape {
        MatrixShape(rows: layers.outputs, columns: ProbeBlocks.rows, rowStride: ProbeBlocks.rows)
    }
}
