import KernelInterface

/// The config of training and measuring.
struct OthelloConfig: TransformerKernelConfig {
    var transformer: TransformerConfig
    var rules: OthelloRules
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
            Parameter("board", .words(OthelloRules.sizes), default: "6", "number of rows and of columns of the board"),
            Parameter(
                "moves", .integers(2...60), default: "16",
                "moves from the start of each game that are used; 32 fill a board of six rows, 60 one of eight rows"),
            Parameter("games", .integers(1...1_000_000), default: "100000", "uniformly random legal games to train on"),
            Parameter(
                "probe_games", .integers(10...100_000), default: "4000",
                "fresh games to measure on; four fifths of them train a probe"),
        ]

    init(_ config: Settings) throws(ConfigMistake) {
        transformer = try TransformerConfig(config)
        rules = OthelloRules(size: config.integer("board"))
        moves = config.integer("moves")
        games = config.integer("games")
        probeGames = config.integer("probe_games")
        guard moves <= rules.moves.count else {
            throw ConfigMistake(
                "moves", "a board with \(rules.size) rows has no place for \(moves) moves",
                fix: "use at most \(rules.moves.count) moves")
        }
    }

    var shape: TransformerShape {
        transformer.shape(vocabulary: rules.vocabulary, context: moves)
    }

    func cost(_ measurement: String?, _ settings: Settings) throws(ConfigMistake) -> RunCost {
        try checkLayer(settings, layers: transformer.layers)
        try OthelloEdit.check(settings, layers: transformer.layers)
        let perToken = shape.operations(seen: Double(moves))
        let trained = settings.values["network"] == "untrained" ? 0 : Double(transformer.batch * transformer.steps)
        let rows = Double(probeGames * moves)
        let probes = probes(measurement, settings)
        let measuring = probes.reduce(rows * perToken * Double(max(1, probes.count))) {
            $0 + $1.operations(rows: rows, width: transformer.width, tasks: rules.places.count, classes: 3)
        }
        // A row has features, standardised features in two orders, and labels in two orders.
        let rowBytes = Double(12 * transformer.width + 8 * rules.places.count + 80)
        let probeBytes =
            rows * rowBytes + ProbeKind.bytes(width: transformer.width, tasks: rules.places.count, classes: 3)
        return RunCost(
            trainingSeconds: (3 * trained * Double(moves) * perToken) / assumedOperationsPerSecond
                + Double(games * moves) * 1e-7,
            measuringSeconds: measurement == nil ? 0 : measuring / assumedOperationsPerSecond,
            bytes: shape.trainingBytes + Double(games * (moves + 64)) + (probes.isEmpty ? 0 : probeBytes))
    }

    /// Returns the probes that a measurement trains.
    private func probes(_ measurement: String?, _ settings: Settings) -> [ProbeKind] {
        let probe = settings.values["probe"].flatMap(ProbeKind.init) ?? .softmax
        return switch measurement {
        case "board-probe": [probe]
        case "encoding-gain", "training-gain": [probe, probe]
        case "nonlinear-gain": [.softmax, .mlp256]
        case "board-edit": [ProbeKind](repeating: .softmax, count: transformer.layers)
        default: []
        }
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
