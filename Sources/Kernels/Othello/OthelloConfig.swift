import KernelInterface

/// The config of training and measuring.
struct OthelloConfig: TransformerKernelConfig {
    var transformer: TransformerConfig
    /// The number of moves in a game.
    var moves: Int
    /// The number of games to train on.
    var games: Int
    /// The number of fresh games to measure on; four fifths of them train a probe.
    var probeGames: Int

    static let parameters =
        TransformerConfig.parameters(
            layers: "2", heads: "4", batch: "64", steps: "3000", learningRate: "0.002", weightDecay: "0.01",
            embeddingDeviation: "0.8") + [
            Parameter("moves", .integers(2...32), default: "16", "number of first moves of a game that are used"),
            Parameter("games", .integers(1...1_000_000), default: "100000", "uniformly random legal games to train on"),
            Parameter(
                "probe_games", .integers(10...100_000), default: "4000",
                "fresh games to measure on; four fifths of them train a probe"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        transformer = try TransformerConfig(config)
        moves = config.integer("moves")
        games = config.integer("games")
        probeGames = config.integer("probe_games")
    }

    var shape: TransformerShape {
        transformer.shape(vocabulary: OthelloBoard.vocabulary, context: moves)
    }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        try checkLayer(settings, layers: transformer.layers)
        let perToken = shape.operations(seen: Double(moves))
        let trained = settings.values["network"] == "untrained" ? 0 : Double(transformer.batch * transformer.steps)
        let readings = measurement == nil ? 0 : Double(probeGames * moves) * (perToken + 4e6)
        return RunCost(
            trainingSeconds: (3 * trained * Double(moves) * perToken) / assumedOperationsPerSecond
                + Double(games * moves) * 1e-7,
            measuringSeconds: readings / assumedOperationsPerSecond,
            bytes: shape.trainingBytes + Double(games * (moves + 40)) + Double(probeGames * moves) * 1600)
    }
}

/// Throws if the `layer` setting exceeds the number of layers. Layer 0 is the embedding, and layer l is the residual
/// stream after block l.
func checkLayer(_ settings: Settings, layers: Int) throws(ConfigMistake) {
    guard let layer = settings.values["layer"].flatMap(Int.init), layer > layers else { return }
    throw ConfigMistake(
        "layer", "the toy model has \(layers) layers, so there is no stream after layer \(layer)",
        fix: "use a layer from 0 (the embedding) to \(layers)")
}

/// The layer whose residual stream is read.
let layerParameter = Parameter(
    "layer", .integers(0...8), default: nil, "residual stream after this block; 0 is the embedding")
