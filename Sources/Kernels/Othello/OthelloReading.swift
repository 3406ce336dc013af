import KernelInterface

/// Fresh games as a network sees them.
struct OthelloReading {
    let model: Transformer
    let config: OthelloConfig
    let seed: UInt64
    let games: [OthelloGame]

    private enum Name {
        static let legality = "legality"
        static let board = "board-probe"
        static let encodingGain = "encoding-gain"
        static let nonlinearGain = "nonlinear-gain"
        static let trainingGain = "training-gain"
    }

    enum Encoding: String, CaseIterable {
        case colour
        case mineYours = "mine-yours"
    }

    private static let encodingParameter = Parameter(
        "encoding", .words(Encoding.allCases.map(\.rawValue)), default: nil,
        "how discs are told apart: black from white, or those of the player to move from the other's")

    static let measurements: [MeasurementDescription] = {
        let network = TransformerConfig.networkParameter
        func measurement(_ name: String, _ quantities: [String], _ settings: [Parameter]) -> MeasurementDescription {
            MeasurementDescription(
                name: name, quantities: quantities, settings: settings + [network], trainingSettings: ["network"])
        }
        return [
            measurement(Name.legality, ["illegal-move-rate"], []),
            measurement(
                Name.board,
                ["occupied-square-accuracy", "occupied-square-balanced-accuracy", "occupied-square-prior-accuracy"],
                [encodingParameter, ProbeKind.parameter, layerParameter]),
            measurement(Name.encodingGain, ["encoding-gain"], [ProbeKind.parameter, layerParameter]),
            measurement(Name.nonlinearGain, ["nonlinear-gain"], [encodingParameter, layerParameter]),
            measurement(
                Name.trainingGain, ["board-training-gain"], [encodingParameter, ProbeKind.parameter, layerParameter]),
        ]
    }()

    init(_ model: Transformer, _ config: OthelloConfig, seed: UInt64) {
        var draws = Draws(seed: seed, name: "games to measure on")
        let games = (0..<config.probeGames).map { _ in OthelloGame(length: config.moves, draws: &draws) }
        self.init(model, config, seed: seed, games: games)
    }

    init(_ model: Transformer, _ config: OthelloConfig, seed: UInt64, games: [OthelloGame]) {
        self.model = model
        self.config = config
        self.seed = seed
        self.games = games
    }

    func measure(_ measurement: String, _ settings: Settings) throws(KernelFailure) -> [String: Double] {
        switch measurement {
        case Name.legality: return ["illegal-move-rate": illegalPercentage()]
        case Name.board:
            let (train, test) = boardData(encoding(settings), layer: settings.integer("layer"), model)
            let score = try probeScore(probe(settings), train: train, test: test, seed: seed)
            return [
                "occupied-square-accuracy": score.accuracy,
                "occupied-square-balanced-accuracy": score.balancedAccuracy,
                "occupied-square-prior-accuracy": test.priorAccuracy(learnedFrom: train),
            ]
        case Name.encodingGain:
            let layer = settings.integer("layer")
            let mine = try accuracy(.mineYours, probe(settings), layer: layer, model)
            return ["encoding-gain": mine - (try accuracy(.colour, probe(settings), layer: layer, model))]
        case Name.nonlinearGain:
            let layer = settings.integer("layer")
            let nonlinear = try accuracy(encoding(settings), .mlp256, layer: layer, model)
            return ["nonlinear-gain": nonlinear - (try accuracy(encoding(settings), .softmax, layer: layer, model))]
        case Name.trainingGain:
            let layer = settings.integer("layer")
            let trained = try accuracy(encoding(settings), probe(settings), layer: layer, model)
            let untrained = try accuracy(
                encoding(settings), probe(settings), layer: layer, config.transformer.model(model.shape, seed: seed))
            return ["board-training-gain": trained - untrained]
        default: throw KernelFailure(reason: "unknown measurement \"\(measurement)\"")
        }
    }

    private func encoding(_ settings: Settings) -> Encoding {
        settings.choice("encoding")
    }

    private func probe(_ settings: Settings) -> ProbeKind {
        settings.choice("probe")
    }

    private func accuracy(
        _ encoding: Encoding, _ probe: ProbeKind, layer: Int, _ model: Transformer
    ) throws(KernelFailure) -> Double {
        let (train, test) = boardData(encoding, layer: layer, model)
        return try probeScore(probe, train: train, test: test, seed: seed).accuracy
    }

    /// Of the most likely next moves, before each move, the percentage that the rules forbid.
    private func illegalPercentage() -> Double {
        var illegal = 0
        var count = 0
        forEachGame(model) { game, position, _, logits, row in
            guard position + 1 < game.boards.count else { return }
            let token = logits.largest(row: row, vocabulary: OthelloBoard.vocabulary)
            let isLegal = token > 0 && game.boards[position].legalMoves >> OthelloBoard.moves[Int(token) - 1] & 1 != 0
            illegal += isLegal ? 0 : 1
            count += 1
        }
        return 100 * Double(illegal) / Double(max(1, count))
    }

    /// The stream after each move with what stands on the 36 squares: nothing, the first kind, the second. Of the last
    /// fifth of the games only occupied squares are asked, since empty ones are easy and hide the rest.
    func boardData(_ encoding: Encoding, layer: Int, _ model: Transformer) -> (train: ProbeData, test: ProbeData) {
        var train = ProbeData(width: model.shape.width, tasks: 36, classes: 3)
        var test = train
        var index = 0
        forEachGame(model, layer: layer) { game, position, stream, _, _ in
            if position == 0 {
                index += 1
                return
            }
            let labels = game.boards[position].labels(byColour: encoding == .colour)
            if index <= games.count * 4 / 5 {
                train.append(stream, labels: labels)
            } else {
                test.append(stream, labels: labels.map { $0 == 0 ? -1 : $0 })
            }
        }
        return (train, test)
    }

    /// Every position of every game that the network can see, in order, with its stream after a layer, and a row of logits.
    func forEachGame(
        _ model: Transformer, layer: Int = 0,
        _ body: (_ game: OthelloGame, _ position: Int, _ stream: ArraySlice<Lanes>, _ logits: [Lanes], _ row: Int) ->
            Void
    ) {
        var pass = TransformerPass(model.shape)
        let groups = model.shape.width / 8
        var first = 0
        while first < games.count {
            let part = games[first..<min(first + 16, games.count)]
            first += part.count
            var batch = TokenBatch()
            for game in part { batch.append(Array(game.tokens.prefix(config.moves))) }
            for sequences in batch.chunks(rows: TransformerPass.chunkRows) {
                var stream: [Lanes] = []
                pass.forward(model, Chunk(batch, sequences)) { index, residual, rows in
                    if index == layer { stream = Array(residual[..<(rows.count * groups)]) }
                }
                var row = 0
                for sequence in sequences {
                    for position in 0..<batch.rows(of: sequence).count {
                        body(
                            part[part.startIndex + sequence], position, stream[(row * groups)..<((row + 1) * groups)],
                            pass.logits, row)
                        row += 1
                    }
                }
            }
        }
    }
}
