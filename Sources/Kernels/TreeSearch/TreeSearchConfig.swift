import KernelInterface

/// The config of training and measuring.
struct TreeSearchConfig: TransformerKernelConfig {
    var transformer: TransformerConfig
    var format: TreeFormat
    var growth: SearchTree.Growth
    var predicted: Predicted
    /// The number of fresh trees to measure on; half of them train a probe.
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
            Parameter(
                "readings", .integers(100...100_000), default: "10000",
                "fresh trees to measure on; half of them train a probe"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        transformer = try TransformerConfig(config)
        format = TreeFormat(nodes: config.integer("nodes"))
        growth = config.choice("growth")
        predicted = config.choice("predicted")
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

    func tree(_ draws: inout Draws) -> SearchTree {
        SearchTree(nodes: format.nodes, growth, &draws)
    }

    /// The approximate mean number of edges of a path.
    private var meanDepth: Double {
        switch growth {
        case .freely: Double(format.nodes) / 3
        case .pathFirst: Double(format.nodes) / 2
        }
    }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        try checkLayer(settings, layers: transformer.layers)
        try PathCell.check(settings, nodes: format.nodes)
        if measurement == TreeSearchMeasurement.staircase.measurement.name { try checkStaircase() }
        let tokens = Double(format.pathStart) + meanDepth - 1
        let perToken = shape.operations(seen: tokens)
        let trained = settings.values["network"] == "untrained" ? 0 : Double(transformer.batch * transformer.steps)
        let measured = TreeSearchMeasurement.all.first { $0.measurement.name == measurement }
        let passes = measured?.passes(transformer.layers) ?? 0
        return RunCost(
            trainingSeconds: 3 * trained * tokens * perToken / assumedOperationsPerSecond,
            measuringSeconds: Double(passes * readings) * (tokens * perToken + 1e6) / assumedOperationsPerSecond,
            bytes: shape.trainingBytes + Double(readings) * (400 + 12 * Double(shape.width + format.nodes)))
    }

    private func checkStaircase() throws(ConfigMistake) {
        guard transformer.layers >= 3 else {
            throw ConfigMistake(
                "layers", "\(transformer.layers) layers are too few for two steps and a block that reads them",
                fix: "use at least 3")
        }
        guard format.nodes > Staircase.leastDepth else {
            throw ConfigMistake(
                "nodes", "trees of \(format.nodes) nodes have no path of \(Staircase.leastDepth) edges",
                fix: "use at least \(Staircase.leastDepth + 1)")
        }
    }
}
