import KernelInterface

/// The config of training.
struct ModularAdditionConfig: TransformerKernelConfig {
    var transformer: TransformerConfig
    var initialWeights: InitialWeights
    /// The modulus p.
    var modulus: Int
    /// The number of training pairs; each step uses all of them.
    var trainingPairs: Int
    /// The accuracy above which training pairs count as fitted and test pairs as generalised.
    var threshold: Double
    /// The number of steps from generalising to the end of the training.
    var laterSteps: Int

    /// The distribution of a layer's weights before training.
    enum InitialWeights: String, CaseIterable {
        /// As in the code of the paper: weights from N(0, 1 / width), those of the head from N(0, 1 / tokens), and
        /// biases of 0 (progress-measures-paper on GitHub, transformers.py).
        case normal
        /// For a layer with n inputs, weights and biases uniformly from ±1/√n.
        case uniform
    }

    /// With these defaults, the networks of seeds 1 to 8 all generalise. With uniform initial weights, two of eight
    /// networks did not generalise within 5000 steps. In the logits of these two networks, two frequencies had nine
    /// tenths of the power.
    static let parameters =
        TransformerConfig.parameters(
            layers: "1", heads: "4", batch: "1", steps: "3000", learningRate: "0.002", weightDecay: "3",
            secondDecay: "0.98", embeddingDeviation: "0.125"
        ).filter { $0.name != "batch" && $0.name != "layers" } + [
            Parameter(
                "initial_weights", .words(InitialWeights.allCases.map(\.rawValue)), default: "normal",
                "weights of layers before training; normal: as in the paper's code; uniform: in ±1/√inputs"),
            Parameter("modulus", .integers(3...127), default: "53", "p, odd; the numbers to add are 0 to p - 1"),
            Parameter(
                "train_share", .numbers(0...1), default: "0.5", "share of training pairs, all used in every step"),
            Parameter(
                "threshold", .numbers(0...1), default: "0.99",
                "accuracy above which training pairs count as fitted and test pairs as generalised"),
            Parameter(
                "later_steps", .integers(0...1_000_000), default: "1000",
                "steps from generalising to the end of the training; steps is the maximum in total"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        modulus = config.integer("modulus")
        threshold = config.number("threshold")
        laterSteps = config.integer("later_steps")
        guard modulus % 2 == 1 else {
            throw ConfigMistake("modulus", "the modulus \(modulus) is even", fix: "use an odd one, such as 53")
        }
        let pairs = modulus * modulus
        trainingPairs = Int(config.number("train_share") * Double(pairs))
        guard trainingPairs > 0 && trainingPairs < pairs else {
            throw ConfigMistake(
                "train_share", "\(trainingPairs) training pairs of \(pairs) leave none to fit or none to test",
                fix: "use a share nearer to 0.5")
        }
        initialWeights = config.choice("initial_weights")
        var config = config
        config.values.merge(["batch": "\(trainingPairs)", "layers": "1"]) { $1 }
        transformer = try TransformerConfig(config)
    }

    /// The same shape as in the paper (section 3): ReLU, and no layer norms.
    var shape: TransformerShape {
        var shape = transformer.shape(vocabulary: modulus + 1, context: 3)
        shape.normalises = false
        shape.activation = .relu
        return shape
    }

    /// Returns a network before training.
    func initialModel(seed: UInt64) -> Transformer {
        var model = transformer.model(shape, seed: seed)
        guard initialWeights == .normal else { return model }
        let (layout, block) = (model.layout, model.layout.blocks[0])
        var stream = RandomStream(seed: seed, name: "initial normal weights")
        func draw(_ tensor: Tensor, columns: Int, variance: Double) {
            let numbers = stream.normals(tensor.rows * columns)
            for row in 0..<tensor.rows {
                for column in 0..<columns {
                    let place = row * tensor.columns + column
                    let number = numbers[row * columns + column] * Float(variance.squareRoot())
                    model.parameters[tensor.offset + place / 8][place % 8] = number
                }
            }
        }
        for tensor in [block.queryKeyValue, block.projection, block.up, block.down] {
            draw(tensor, columns: tensor.columns, variance: 1 / Double(shape.width))
        }
        draw(layout.head, columns: shape.vocabulary, variance: 1 / Double(shape.vocabulary))
        for bias in [block.queryKeyValueBias, block.projectionBias, block.upBias, block.downBias] {
            for group in bias.range { model.parameters[group] = .zeros }
        }
        return model
    }

    /// The schedule: ten warm-up steps, then a constant rate, without gradient clipping.
    var schedule: TrainingSchedule {
        var schedule = transformer.schedule
        schedule.warmUpShare = 10 / Double(max(10, schedule.steps))
        schedule.finalShare = 1
        schedule.gradientNorm = nil
        return schedule
    }

    /// The number of floating-point operations in the forward pass of one pair. Queries, keys and values are not
    /// counted, because they are computed once for all pairs.
    private var operations: Double {
        Double(2 * shape.width * (shape.width + 2 * shape.hiddenWidth + shape.vocabulary))
    }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        let most = modulus / 2
        if let strongest = settings.values["strongest"].flatMap({ Int($0) }), strongest > most {
            throw ConfigMistake(
                "strongest", "numbers modulo \(modulus) have only \(most) frequencies, not \(strongest)",
                fix: "use at most \(most)")
        }
        let steps =
            switch (settings.values["network"], settings.values["labels"]) {
            case ("untrained", _): 0
            case (_, "shuffled"): transformer.steps
            default: min(transformer.steps, 700 + laterSteps)
            }
        let pairs = Double(modulus * modulus)
        let perStep = (Double(3 * trainingPairs) + pairs / Double(AccuracyCurves.interval)) * operations
        let perEvaluation = pairs * (operations + 100 * pairs)
        return RunCost(
            trainingSeconds: Double(steps) * perStep / assumedOperationsPerSecond,
            measuringSeconds: measurement == nil ? 0 : perEvaluation / assumedOperationsPerSecond,
            bytes: bytes)
    }

    /// The estimated memory: the parameters with their gradients, moments and checkpoints; the activations of a chunk;
    /// three tables of logits; and the accuracy curves.
    private var bytes: Double {
        let parameters = Double(32 * TransformerLayout(shape).count)
        let perPair = Double(5 * shape.width + 3 * shape.hiddenWidth + shape.paddedVocabulary)
        let logits = Double(modulus * modulus * (32 + 8 * modulus))
        return processBytes + productBufferBytes + 10 * parameters + 4 * Double(AdderPass.chunkPairs) * perPair
            + 3 * logits + Double(transformer.steps)
    }
}
