import KernelInterface

/// The config of training and measuring.
struct TreeSearchConfig: TransformerKernelConfig {
    var transformer: TransformerConfig
    var format: TreeFormat
    var growth: SearchTree.Growth
    var predicted: Predicted
    /// The share of the shapes of each depth that are held out from training.
    var heldOutShare: Double
    /// The number of trees to measure on; about half of them train a probe.
    var readings: Int

    /// The target tokens of training.
    enum Predicted: String, CaseIterable {
        case path, everything
    }

    /// The maximum number of nodes, as in Brinkmann et al.
    static let mostNodes = 16

    static let parameters =
        TransformerConfig.parameters(
            layers: "3", heads: "2", batch: "64", steps: "2500", learningRate: "0.002", weightDecay: "0.01",
            embeddingDeviation: "0.02") + [
            Parameter("nodes", .integers(3...mostNodes), default: "7", "nodes of a tree"),
            Parameter(
                "growth", .words(SearchTree.Growth.allCases.map(\.rawValue)), default: "path-first",
                "freely: each node is attached to a random earlier one, the goal is a random leaf; path-first: a path of "
                    + "random length comes first, and its end is the goal"),
            Parameter(
                "predicted", .words(Predicted.allCases.map(\.rawValue)), default: "path",
                "target tokens of training: those of the path after the root, or all after the first"),
            HeldOutShare.parameter(default: "0.2", of: "the shapes of trees of each depth"),
            Parameter(
                "readings", .integers(100...100_000), default: "10000",
                "trees to measure on; about half of them train a probe"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        transformer = try TransformerConfig(config)
        format = TreeFormat(nodes: config.integer("nodes"))
        growth = config.choice("growth")
        predicted = config.choice("predicted")
        heldOutShare = try HeldOutShare.read(config)
        readings = config.integer("readings")
    }

    var shape: TransformerShape {
        transformer.shape(vocabulary: format.vocabulary, context: format.context)
    }

    /// The index of the first target token.
    var firstTarget: Int {
        switch predicted {
        case .path: format.pathStart
        case .everything: 1
        }
    }

    var trainingTreeCount: Int { transformer.batch * transformer.steps }

    /// The approximate mean number of edges of a path.
    private var meanDepth: Double {
        switch growth {
        case .freely: Double(format.nodes) / 3
        case .pathFirst: Double(format.nodes) / 2
        }
    }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        try checkLayer(settings, layers: transformer.layers)
        try PathCell.check(settings, depths: 1..<format.nodes)
        let split = ProblemSplit(settings)
        if measurement == TreeSearchMeasurement.staircase.measurement.name { try checkStaircase(split) }
        try checkSplit(split, settings)
        let tokens = Double(format.pathStart) + meanDepth - 1
        let perToken = shape.operations(seen: tokens)
        let trained = settings.values["network"] == "untrained" ? 0 : Double(trainingTreeCount)
        let measured = TreeSearchMeasurement.all.first { $0.measurement.name == measurement }
        let passes = measured?.passes(transformer.layers) ?? 0
        // Seen trees and the overlap are computed from all training trees, which are drawn again.
        let again = split == .seen || passes == 0 ? Double(trainingTreeCount) : 0
        let drawn = measured == nil ? 0 : again + Double(readings) / max(HeldOutShare.least, heldOutShare)
        return RunCost(
            trainingSeconds: 3 * trained * tokens * perToken / assumedOperationsPerSecond,
            measuringSeconds: Double(passes) * (Double(readings) * tokens * perToken + probeOperations(settings))
                / assumedOperationsPerSecond
                + drawn * secondsPerTree,
            bytes: shape.trainingBytes + Double(readings) * (400 + 12 * Double(shape.width + format.nodes))
                + (probe(settings) == .softmax
                    ? ProbeKind.bytes(width: shape.width, tasks: 1, classes: format.nodes) : 0))
    }

    private func probe(_ settings: Settings) -> ProbeKind? { settings.values["probe"].flatMap(ProbeKind.init) }

    private func probeOperations(_ settings: Settings) -> Double {
        probe(settings)?.operations(rows: Double(readings), width: shape.width, tasks: 1, classes: format.nodes) ?? 0
    }

    /// Throws if the cell has no trees in its split.
    private func checkSplit(_ split: ProblemSplit?, _ settings: Settings) throws(ConfigMistake) {
        try HeldOutShare.check(heldOutShare, split, trained: trainingTreeCount)
        guard split == .unseen else { return }
        let depths = TreeShape.depthsWithSeveral(nodes: format.nodes)
        guard !depths.isEmpty else {
            throw ConfigMistake(
                "split", "trees of \(format.nodes) nodes have one shape for each depth, so no shape is held out",
                fix: "use split seen, or at least 4 nodes")
        }
        let range = PathCell.givenDepths(settings)
        guard range.least < depths.upperBound, range.most >= depths.lowerBound else {
            let edges = range.least < depths.upperBound ? "one edge" : "at least \(range.least) edges"
            throw ConfigMistake(
                "split",
                "trees of \(format.nodes) nodes with a path of \(edges) have one shape, which is not held out",
                fix: "use split seen, or paths of \(depths.lowerBound) to \(depths.upperBound - 1) edges")
        }
        try PathCell.check(settings, depths: depths)
    }

    private func checkStaircase(_ split: ProblemSplit?) throws(ConfigMistake) {
        guard transformer.layers >= 3 else {
            throw ConfigMistake(
                "layers", "\(transformer.layers) layers are too few for two steps and a block that reads them",
                fix: "use at least 3")
        }
        // The line, which has the longest path, is never unseen.
        let needed = Staircase.leastDepth + (split == .unseen ? 2 : 1)
        guard format.nodes >= needed else {
            throw ConfigMistake(
                "nodes",
                "\(split == .unseen ? "unseen " : "")trees of \(format.nodes) nodes have no path of "
                    + "\(Staircase.leastDepth) edges",
                fix: "use at least \(needed)")
        }
    }
}

/// The measured time to draw a tree, in seconds.
private let secondsPerTree = 3e-6
