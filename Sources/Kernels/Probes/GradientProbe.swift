/// A softmax classifier, linear or with a hidden ReLU layer, which AdamW trains on standardised features.
struct GradientProbe: Probe {
    private static let batchRows = 256

    private let standardisation: Standardisation
    private let layers: ProbeLayers
    private var parameters: [Lanes]

    init(_ data: ProbeData, hiddenWidth: Int?, seed: UInt64) {
        standardisation = Standardisation(data)
        layers = ProbeLayers(data, hiddenWidth: hiddenWidth)
        parameters = layers.initialParameters(seed: seed)
        let schedule = Self.schedule(data, isDeep: hiddenWidth != nil)
        train(standardisation.standardised(data), data, schedule, seed: seed)
    }

    /// Returns a schedule with a constant rate over a fixed number of passes. Small sets get more passes, so that each
    /// probe takes at least a few hundred steps.
    private static func schedule(_ data: ProbeData, isDeep: Bool) -> TrainingSchedule {
        let stepsPerPass = (data.rows + batchRows - 1) / batchRows
        let passes = max(isDeep ? 12 : 2, 400 / max(1, stepsPerPass))
        return TrainingSchedule(
            steps: passes * stepsPerPass, learningRate: isDeep ? 2e-3 : 1e-2, weightDecay: 0.01,
            decays: AdamDecays(first: 0.9, second: 0.999), warmUpShare: 0, finalShare: 1, gradientNorm: nil)
    }

    private mutating func train(_ features: [Lanes], _ data: ProbeData, _ schedule: TrainingSchedule, seed: UInt64) {
        var pass = ProbePass(layers, rows: Self.batchRows)
        var gradients = [Lanes](repeating: .zeros, count: parameters.count)
        var (first, second) = (gradients, gradients)
        var order = Array(0..<data.rows)
        var draws = Draws(seed: seed, name: "probe minibatches")
        var next = order.count
        var labels: [Int32] = []
        for step in 1...max(1, schedule.steps) {
            if next >= order.count {
                draws.shuffle(&order)
                next = 0
            }
            let rows = order[next..<min(next + Self.batchRows, order.count)]
            next += rows.count
            labels.removeAll(keepingCapacity: true)
            for (place, row) in rows.enumerated() {
                pass.setInput(place, features[(row * data.width / 8)..<((row + 1) * data.width / 8)])
                labels += data.labels[(row * data.tasks)..<((row + 1) * data.tasks)]
            }
            for group in gradients.indices { gradients[group] = .zeros }
            pass.forward(parameters, layers, rows: rows.count)
            pass.backward(&gradients, parameters, layers, labels: labels, rows: rows.count)
            let rate = schedule.rate(step: step)
            let adam = AdamStep(number: step, learningRate: rate, decays: schedule.decays)
            for tensor in layers.all {
                adam.update(
                    &parameters, &first, &second, gradient: gradients, range: tensor.range, gradientScale: 1,
                    shrinking: tensor.isDecayed ? Float(1 - rate * schedule.weightDecay) : 1)
            }
        }
    }

    func predictions(_ data: ProbeData) -> [Int32] {
        let features = standardisation.standardised(data)
        var pass = ProbePass(layers, rows: Self.batchRows)
        var predictions: [Int32] = []
        for start in stride(from: 0, to: data.rows, by: Self.batchRows) {
            let rows = min(Self.batchRows, data.rows - start)
            for row in 0..<rows {
                let place = (start + row) * data.width / 8
                pass.setInput(row, features[place..<(place + data.width / 8)])
            }
            pass.forward(parameters, layers, rows: rows)
            predictions += largestClasses(pass.logits, data, rows: rows)
        }
        return predictions
    }
}

extension GradientProbe {
    /// Returns the unit direction (width) from one class of a task to another. It is the gradient of the difference
    /// between the logits of the two classes. Requires a probe without a hidden layer.
    func direction(task: Int, from: Int, to: Int) -> [Lanes] {
        precondition(layers.hidden == nil, "only a linear probe has one direction everywhere")
        let weights = layers.output.weights
        let padded = 8 * laneGroups(layers.classes)
        func weight(_ feature: Int, _ label: Int) -> Float {
            let place = feature * weights.columns + task * padded + label
            return parameters[weights.offset + place / 8][place % 8]
        }
        var direction = [Lanes](repeating: .zeros, count: weights.rows / 8)
        for feature in 0..<weights.rows {
            direction[feature / 8][feature % 8] = weight(feature, to) - weight(feature, from)
        }
        return unit(standardisation.scaled(direction))
    }
}

/// Returns the vector scaled to length 1; a zero vector stays zero.
func unit(_ vector: [Lanes]) -> [Lanes] {
    let square = vector.reduce(Float(0)) { $0 + ($1 * $1).sum() }
    return square > 0 ? vector.map { $0 / square.squareRoot() } : vector
}

/// The layout of a probe's tensors in one buffer.
private struct ProbeLayers {
    /// (width, hidden) and (hidden), if there is a hidden layer.
    var hidden: (weights: Tensor, bias: Tensor)?
    /// (width or hidden, tasks · classes padded) and (tasks · classes padded).
    var output: (weights: Tensor, bias: Tensor)
    var classes: Int

    init(_ data: ProbeData, hiddenWidth: Int?) {
        var offset = 0
        func tensor(_ rows: Int, _ columns: Int, isDecayed: Bool) -> Tensor {
            defer { offset += rows * columns / 8 }
            return Tensor(offset: offset, rows: rows, columns: columns, isDecayed: isDecayed)
        }
        hidden = hiddenWidth.map {
            (tensor(data.width, $0, isDecayed: true), tensor(1, $0, isDecayed: false))
        }
        let columns = data.tasks * 8 * laneGroups(data.classes)
        output = (
            tensor(hiddenWidth ?? data.width, columns, isDecayed: true), tensor(1, columns, isDecayed: false)
        )
        classes = data.classes
    }

    var all: [Tensor] { [hidden?.weights, hidden?.bias, output.weights, output.bias].compactMap(\.self) }

    /// Draws the hidden weights from N(0, 2 / inputs) (He et al. 2015); all other parameters are 0.
    func initialParameters(seed: UInt64) -> [Lanes] {
        var parameters = [Lanes](repeating: .zeros, count: output.bias.range.upperBound)
        guard let hidden else { return parameters }
        var stream = RandomStream(seed: seed, name: "probe initialisation")
        let numbers = stream.normals(8 * hidden.weights.range.count)
        let deviation = (2 / Float(hidden.weights.rows)).squareRoot()
        for (place, number) in numbers.enumerated() {
            parameters[hidden.weights.offset + place / 8][place % 8] = deviation * number
        }
        return parameters
    }
}

/// The buffers of a probe's forward and backward pass.
private struct ProbePass {
    /// (R, width)
    private var input: [Lanes]
    /// The hidden activations (R, hidden), their derivatives and their gradients.
    private var hidden: [Lanes]
    private var slope: [Lanes]
    private var hiddenGradient: [Lanes]
    /// (R, tasks · classes padded)
    private(set) var logits: [Lanes]

    init(_ layers: ProbeLayers, rows: Int) {
        func lanes(_ columns: Int) -> [Lanes] { [Lanes](repeating: .zeros, count: rows * columns / 8) }
        input = lanes((layers.hidden ?? layers.output).weights.rows)
        hidden = lanes(layers.hidden?.weights.columns ?? 0)
        (slope, hiddenGradient) = (hidden, hidden)
        logits = lanes(layers.output.weights.columns)
    }

    mutating func setInput(_ row: Int, _ features: ArraySlice<Lanes>) {
        for (index, group) in features.enumerated() { input[row * features.count + index] = group }
    }

    mutating func forward(_ parameters: [Lanes], _ layers: ProbeLayers, rows: Int) {
        if let own = layers.hidden {
            multiply(
                into: &hidden, shape(rows, own.weights.columns), input, shape(rows, own.weights.rows), parameters,
                own.weights.matrix)
            activate(&hidden, slope: &slope, parameters, bias: own.bias, .relu, rows: rows)
        }
        let output = layers.output.weights
        multiply(
            into: &logits, shape(rows, output.columns), layers.hidden == nil ? input : hidden, shape(rows, output.rows),
            parameters, output.matrix)
        addBias(&logits, parameters, bias: layers.output.bias, rows: rows)
    }

    /// Adds the gradients of the mean cross-entropy over all labels.
    mutating func backward(
        _ gradients: inout [Lanes], _ parameters: [Lanes], _ layers: ProbeLayers, labels: [Int32], rows: Int
    ) {
        var score = PredictionScore()
        crossEntropy(
            &logits, targets: labels[...], weights: [Float](repeating: 1, count: labels.count)[...],
            vocabulary: layers.classes,
            scale: 1 / Float(max(1, labels.count { $0 >= 0 })), score: &score)
        let output = layers.output.weights
        addBiasBackward(&gradients, logits, bias: layers.output.bias, rows: rows)
        addWeightGradient(
            &gradients, output, layers.hidden == nil ? input : hidden, shape(rows, output.rows), logits,
            shape(rows, output.columns))
        guard let own = layers.hidden else { return }
        multiply(
            into: &hiddenGradient, shape(rows, output.rows), logits, shape(rows, output.columns), parameters,
            output.matrix, transposingRight: true)
        activateBackward(&hiddenGradient, &gradients, slope: slope, bias: own.bias, rows: rows)
        addWeightGradient(
            &gradients, own.weights, input, shape(rows, own.weights.rows), hiddenGradient,
            shape(rows, own.weights.columns))
    }

    private func shape(_ rows: Int, _ columns: Int) -> MatrixShape {
        MatrixShape(rows: rows, columns: columns, rowStride: columns)
    }
}
