import KernelInterface

/// The config of training (imitation and optional reinforcement) and of measuring.
struct CountdownConfig: TransformerKernelConfig {
    var transformer: TransformerConfig
    var task: CountdownTask
    /// The share of problems that are held out from training.
    var heldOutShare: Double
    /// The number of traces to imitate.
    var traces: Int
    /// The number of fresh traces or problems to measure on.
    var readings: Int
    var reinforcement: Reinforcement

    /// REINFORCE (Williams 1992) on sampled answers, with the mean reward of each problem's samples as the baseline.
    struct Reinforcement {
        var iterations: Int
        var problems: Int
        var samples: Int
        var learningRate: Double
        /// The weight of the imitation loss.
        var imitation: Double
    }

    static let parameters =
        TransformerConfig.parameters(
            layers: "2", heads: "4", batch: "64", steps: "2000", learningRate: "0.003", weightDecay: "0.05",
            secondDecay: "0.95", embeddingDeviation: "0.1") + [
            Parameter(
                "numbers", .integers(3...4), default: "3", "numbers of a problem; attempts are ((a op b) op c) op d"),
            Parameter("least_number", .integers(1...240), default: "1", "smallest number of a problem"),
            Parameter("most_number", .integers(1...240), default: "9", "largest number of a problem"),
            Parameter("most_value", .integers(1...240), default: "30", "largest result that an attempt may have"),
            HeldOutShare.parameter(default: "0.2", of: "the problems (numbers in any order, and a target)"),
            Parameter("traces", .integers(1...1_000_000), default: "40000", "traces to imitate"),
            Parameter("readings", .integers(100...100_000), default: "8000", "fresh traces to measure on"),
            Parameter(
                "reinforcement_iterations", .integers(0...100_000), default: "0",
                "reinforcement steps after the imitation"),
            Parameter("reinforcement_problems", .integers(1...4096), default: "64", "problems per reinforcement step"),
            Parameter("reinforcement_samples", .integers(2...256), default: "8", "sampled answers per problem"),
            Parameter(
                "reinforcement_rate", .numbers(0...1e9), default: "0.0003", "AdamW learning rate of reinforcement"),
            Parameter(
                "reinforcement_imitation", .numbers(0...1000), default: "0.1",
                "weight of the imitation loss during reinforcement"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        transformer = try TransformerConfig(config)
        let (least, most) = (config.integer("least_number"), config.integer("most_number"))
        let mostValue = config.integer("most_value")
        guard least <= most else {
            throw ConfigMistake(
                "least_number", "least_number \(least) is larger than most_number \(most)", fix: "use at most \(most)")
        }
        guard most <= mostValue else {
            throw ConfigMistake(
                "most_value", "most_value \(mostValue) is smaller than most_number \(most)", fix: "use at least \(most)"
            )
        }
        task = CountdownTask(numberCount: config.integer("numbers"), numbers: least...most, mostValue: mostValue)
        heldOutShare = try HeldOutShare.read(config)
        traces = config.integer("traces")
        readings = config.integer("readings")
        reinforcement = Reinforcement(
            iterations: config.integer("reinforcement_iterations"), problems: config.integer("reinforcement_problems"),
            samples: config.integer("reinforcement_samples"), learningRate: config.number("reinforcement_rate"),
            imitation: config.number("reinforcement_imitation"))
    }

    var shape: TransformerShape {
        transformer.shape(vocabulary: task.vocabulary, context: task.context)
    }

    /// Throws if settings are valid in themselves but impossible with this config.
    private func check(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) {
        try checkLayer(settings, layers: transformer.layers)
        for (name, perLayer) in [("heads", transformer.heads), ("neurons", transformer.hiddenWidth)] {
            let count = transformer.layers * perLayer
            guard let asked = settings.values[name].flatMap(Int.init), asked > count else { continue }
            throw ConfigMistake(
                name, "the toy model has only \(count) \(name), not \(asked)", fix: "use at most \(count)")
        }
        if measurement == CountdownSearch.reinforcement.name, reinforcement.iterations == 0 {
            throw ConfigMistake(
                "reinforcement_iterations", "without reinforcement steps there is no gain to measure",
                fix: "set `reinforcement_iterations` in the toy model's `config`")
        }
        try HeldOutShare.check(heldOutShare, ProblemSplit(settings), trained: trainingTextCount)
        if let name = settings.values["position"], let position = CountdownEvaluation.Position(rawValue: name),
            position.offset(in: task) == nil
        {
            throw ConfigMistake(
                "position", "attempts on \(task.numberCount) numbers have no \"\(name)\"",
                fix: "use one of \(CountdownEvaluation.Position.all(of: task).map(\.rawValue).joined(separator: ", "))")
        }
    }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        try check(measurement, settings)
        let isTrained = settings.values["network"] != "untrained"
        let tokens = task.meanLength
        let perToken = shape.operations(seen: tokens)
        let rewarded = Double(reinforcement.iterations * reinforcement.problems)
        let drawing = drawingOperations * (Double(trainingTextCount) + rewarded) / (1 - heldOutShare)
        let imitation = Double(transformer.batch * transformer.steps) * tokens * 3 * perToken
        // Decoding one token at a time runs at a third of the usual speed.
        let reward = rewarded * Double(reinforcement.samples) * tokens * (3 + 3) * perToken
        let training = drawing + imitation + reward
        // The training problems are drawn again, to choose seen problems or to recognise them.
        var evaluation = 1e10 + 3 * Double(readings) * tokens * perToken + drawing
        if heldOutShare > 0 && settings.values["split"] != "seen" {
            evaluation += drawingOperations * Double(readings) / heldOutShare
        }
        return RunCost(
            trainingSeconds: isTrained ? training / assumedOperationsPerSecond : 0,
            measuringSeconds: measurement == nil ? 0 : evaluation / assumedOperationsPerSecond,
            bytes: shape.trainingBytes + dataBytes + decoderBytes + probeBytes(measurement))
    }

    /// The cost of drawing a problem, as the number of operations that matrix products perform in the same time.
    private var drawingOperations: Double { Double(task.orders.count * task.operationChoices) * 1500 }

    /// The memory of texts, of their order in training, and of the problems of reinforcement.
    private var dataBytes: Double {
        Double(trainingTextCount + readings) * (task.meanLength + 16)
            + Double(reinforcement.iterations * reinforcement.problems) * 100
    }

    /// The memory of the keys and values of the answers that are sampled at once.
    private var decoderBytes: Double {
        Double(2 * 4 * transformer.layers * transformer.width * task.context * answersAtOnce)
    }

    /// The memory of a probe's features at each probed position, and of two copies at one position. A text has one
    /// right attempt, and there are as many rows for wrong attempts as for right ones: at most two rows per text.
    private func probeBytes(_ measurement: String?) -> Double {
        let positions: Int? =
            switch measurement {
            case CountdownProbe.accuracy.name: 1
            case CountdownProbe.lead.name: CountdownEvaluation.Position.all(of: task).count
            default: nil
            }
        return positions.map { Double(2 * readings * transformer.width * 4 * ($0 + 2)) } ?? 0
    }
}
