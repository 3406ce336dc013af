import KernelInterface

/// The config of training and measuring.
struct ChainOfThoughtConfig: TransformerKernelConfig {
    var transformer: TransformerConfig
    var task: PermutationTask
    /// The share of training problems with a whole chain, and the share with filler. All other chains are truncated.
    var wholeShare: Double
    var fillerShare: Double
    /// The share of pairs of permutations that are held out from training.
    var heldOutShare: Double
    /// The number of problems of each difficulty to measure on.
    var problems: Int

    static let mostMaps = 30
    /// The maximum number of states. All tokens fit in a byte.
    static let mostStates = 24

    /// The task fixes the permutations. They do not depend on the seed, because some sets of permutations are harder
    /// than others to compose in one pass.
    static let parameters =
        TransformerConfig.parameters(
            layers: "2", heads: "4", batch: "256", steps: "800", learningRate: "0.002", weightDecay: "0.01",
            embeddingDeviation: "0.02") + [
            Parameter("states", .integers(2...mostStates), default: "8", "states that the maps permute"),
            Parameter("maps", .integers(1...mostMaps), default: "6", "maps of a problem, and states of a whole chain"),
            Parameter(
                "permutation_set", .integers(0...1_000_000), default: "0", "seed of the eight random permutations"),
            Parameter(
                "whole_share", .numbers(0...1), default: "0.4", "share of training problems with a whole chain"),
            Parameter(
                "filler_share", .numbers(0...1), default: "0.1",
                "share of training problems with filler; the other chains are truncated"),
            HeldOutShare.parameter(default: "0.1", of: "the combinations of a state and the next two permutations"),
            Parameter(
                "problems", .integers(1...100_000), default: "1000", "problems of each difficulty to measure on"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        transformer = try TransformerConfig(config)
        task = PermutationTask(
            states: config.integer("states"), maps: config.integer("maps"),
            permutationSet: config.integer("permutation_set"))
        wholeShare = config.number("whole_share")
        fillerShare = config.number("filler_share")
        heldOutShare = try HeldOutShare.read(config)
        problems = config.integer("problems")
        guard heldOutShare == 0 || task.hasDistinctPermutations else {
            throw ConfigMistake(
                "permutation_set",
                "two permutations of set \(config.integer("permutation_set")) on \(config.integer("states")) states are "
                    + "equal, or one is the identity, so a held-out pair occurs in training under another name",
                fix: "use another permutation_set, more states, or held_out_share 0")
        }
        guard wholeShare + fillerShare <= 1 else {
            throw ConfigMistake(
                "filler_share", "whole_share \(wholeShare) and filler_share \(fillerShare) add up to more than 1",
                fix: "reduce them to a sum of 1 or less")
        }
    }

    var shape: TransformerShape {
        transformer.shape(vocabulary: task.vocabulary, context: task.context)
    }

    var trainingProblemCount: Int { transformer.batch * transformer.steps }

    var hasUnseenProblems: Bool { heldOutShare > 0 && task.maps > 1 }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        for (name, most) in [("difficulty", task.maps), ("kept", task.maps - 1)] {
            guard let value = settings.values[name].flatMap({ Int($0) }), value > most else { continue }
            throw ConfigMistake(
                name, "problems have \(task.maps) maps, so \(name) \(value) is too large",
                fix: "use at most \(most), or more maps")
        }
        let split = ProblemSplit(settings)
        try checkSplit(split, settings)
        let cutShare = 1 - wholeShare - fillerShare
        let chain = Double(task.maps) - cutShare * Double(task.maps + 1) / 2
        let length = Double(task.maps + 3) + chain
        let trained = settings.values["network"] == "untrained" ? 0 : Double(trainingProblemCount)
        let difficulties = settings.values["difficulty"].flatMap({ Int($0) }) == nil ? task.maps : 1
        let measured = ChainOfThoughtMeasurement.all.first { $0.measurement.name == measurement }
        let fed = measured?.fedTokens(task.maps) ?? 0
        // Seen problems and the overlap are computed from all training problems, which are drawn again.
        let drawn = measured != nil && (split == .seen || fed == 0) ? Double(trainingProblemCount) : 0
        let operations = shape.operations(seen: length)
        return RunCost(
            trainingSeconds: 3 * trained * length * operations / assumedOperationsPerSecond,
            measuringSeconds: Double(problems * difficulties * fed) * (operations + 1e5) / assumedOperationsPerSecond
                + drawn * secondsPerProblem,
            bytes: shape.trainingBytes + Double(problems * (100 + 2 * task.maps))
                + Double(8 * ChainOfThoughtEvaluation.partSize * shape.layers * shape.width * shape.context * 2))
    }

    /// Throws if the cell has no problems in its split.
    private func checkSplit(_ split: ProblemSplit?, _ settings: Settings) throws(ConfigMistake) {
        try HeldOutShare.check(heldOutShare, split, trained: trainingProblemCount)
        guard split == .unseen else { return }
        let reason = "a network must learn the table of each map by heart, so no single map is held out"
        if task.maps < 2 {
            throw ConfigMistake("split", "problems of one map are never unseen: \(reason)", fix: "use split seen")
        }
        if settings.values["difficulty"] == "1" {
            throw ConfigMistake(
                "split", "problems of difficulty 1 are never unseen: \(reason)",
                fix: "use split seen, or difficulty 2 or more")
        }
    }
}

/// The measured time to draw a training problem and compare its parts, in seconds.
private let secondsPerProblem = 2e-6
