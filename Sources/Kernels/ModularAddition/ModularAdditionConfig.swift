internal import Ledger

/// What is trained.
struct ModularAdditionConfig {
    var transformer: TransformerConfig
    /// p
    var modulus: Int
    /// How many of all pairs are trained on, all of them in each step.
    var trainingPairs: Int
    /// The accuracy above which pairs are fitted, or generalised to.
    var threshold: Double
    /// Between generalising and the end of the training.
    var laterSteps: Int

    static let parameters =
        TransformerConfig.parameters(
            layers: "1", heads: "4", batch: "1", steps: "5000", learningRate: "0.002", weightDecay: "3",
            secondDecay: "0.98", embeddingDeviation: "0.125"
        ).filter { $0.name != "batch" } + [
            Parameter("modulus", .integers(3...127), default: "53", "p, odd; the numbers to add are 0 to p - 1"),
            Parameter(
                "train_share", .numbers(0...1), default: "0.5", "of all pairs, each in every step; the others test"),
            Parameter(
                "threshold", .numbers(0...1), default: "0.99",
                "the accuracy above which pairs are fitted, or generalised to"),
            Parameter(
                "later_steps", .integers(0...1_000_000), default: "1000",
                "after generalising, at the end of which training stops; steps is the most in all"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        modulus = config.integer("modulus")
        threshold = config.number("threshold")
        laterSteps = config.integer("later_steps")
        guard modulus % 2 == 1 else {
            throw ConfigMistake("modulus", "the modulus \(modulus) is even", fix: "take an odd one, such as 53")
        }
        let pairs = modulus * modulus
        trainingPairs = Int(config.number("train_share") * Double(pairs))
        guard trainingPairs > 0 && trainingPairs < pairs else {
            throw ConfigMistake(
                "train_share", "\(trainingPairs) of \(pairs) pairs to train on leave nothing to fit or nothing to test",
                fix: "take a share nearer to a half")
        }
        var config = config
        config.values["batch"] = "\(trainingPairs)"
        transformer = try TransformerConfig(config)
    }

    /// As in the paper, appendix A: no layer norm, and rectified units.
    var shape: TransformerShape {
        var shape = transformer.shape(vocabulary: modulus + 1, context: 3)
        shape.normalises = false
        shape.activation = .relu
        return shape
    }

    /// A constant rate after ten steps, and no clipping.
    var schedule: TrainingSchedule {
        var schedule = transformer.schedule
        schedule.warmUpShare = 10 / Double(max(10, schedule.steps))
        schedule.finalShare = 1
        schedule.gradientNorm = nil
        return schedule
    }

    /// How many frequencies numbers modulo p have, beside the constant.
    static func frequencies(_ modulus: Int) -> Int { modulus / 2 }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        let most = Self.frequencies(modulus)
        if let strongest = settings.values["strongest"].flatMap({ Int($0) }), strongest > most {
            throw ConfigMistake(
                "strongest", "numbers modulo \(modulus) have \(most) frequencies, so \(strongest) is too much",
                fix: "take \(most) or less")
        }
        let steps =
            switch (settings.values["network"], settings.values["labels"]) {
            case ("untrained", _): 0
            case (_, "shuffled"): transformer.steps
            default: min(transformer.steps, 700 + laterSteps)
            }
        let all = modulus * modulus
        let perPair = 3 * shape.operations(seen: 3)
        let trained = Double(steps) * (Double(3 * trainingPairs) + Double(all) / Double(AccuracyCurves.interval))
        return RunCost(
            trainingSeconds: trained * perPair / assumedOperationsPerSecond,
            measuringSeconds: measurement == nil
                ? 0 : Double(all) * (perPair + 10 * Double(modulus * modulus)) / assumedOperationsPerSecond,
            bytes: shape.trainingBytes + Double(all * (100 + 40 * modulus) + transformer.steps))
    }
}
