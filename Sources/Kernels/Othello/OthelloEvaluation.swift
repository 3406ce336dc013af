import KernelInterface

/// Evaluates a network on fresh games.
struct OthelloEvaluation: NetworkEvaluation {
    let model: Transformer
    let config: OthelloConfig
    let seed: UInt64
    let games: [OthelloGame]

    enum Encoding: String, CaseIterable {
        case colour
        case mineYours = "mine-yours"
    }

    private static let encodingParameter = Parameter(
        "encoding", .words(Encoding.allCases.map(\.rawValue)), default: nil,
        "how discs are labelled: black and white, or those of the player to move and of the opponent")

    static let measurements = [
        measurement("legality", ["illegal-move-rate"], [TransformerConfig.networkParameter]) { evaluation, _ in
            ["illegal-move-rate": evaluation.illegalPercentage()]
        },
        measurement(
            "board-probe",
            ["occupied-square-accuracy", "occupied-square-balanced-accuracy", "occupied-square-prior-accuracy"]
                + ProbeFit.quantities,
            [encodingParameter, ProbeKind.parameter, layerParameter, TransformerConfig.networkParameter]
        ) { evaluation, settings throws(KernelFailure) in
            let (train, test) = evaluation.boardData(
                settings.choice("encoding"), layer: settings.integer("layer"), evaluation.model)
            let score = try probeScore(settings.choice("probe"), train: train, test: test, seed: evaluation.seed)
            return [
                "occupied-square-accuracy": score.accuracy,
                "occupied-square-balanced-accuracy": score.balancedAccuracy,
                "occupied-square-prior-accuracy": test.priorAccuracy(learnedFrom: train),
            ].merging(score.fit.values) { $1 }
        },
        measurement(
            "encoding-gain", ["encoding-gain"],
            [ProbeKind.parameter, layerParameter, TransformerConfig.networkParameter]
        ) { evaluation, settings throws(KernelFailure) in
            let mine = try evaluation.accuracy(settings, .mineYours)
            return ["encoding-gain": mine - (try evaluation.accuracy(settings, .colour))]
        },
        measurement(
            "nonlinear-gain", ["nonlinear-gain"],
            [encodingParameter, layerParameter, TransformerConfig.networkParameter]
        ) { evaluation, settings throws(KernelFailure) in
            let nonlinear = try evaluation.accuracy(settings, probe: .mlp256)
            return ["nonlinear-gain": nonlinear - (try evaluation.accuracy(settings, probe: .softmax))]
        },
        measurement(
            "training-gain", ["board-training-gain"],
            [encodingParameter, ProbeKind.parameter, layerParameter, TransformerConfig.networkParameter]
        ) { evaluation, settings throws(KernelFailure) in
            let untrained = evaluation.config.transformer.model(evaluation.model.shape, seed: evaluation.seed)
            let trained = try evaluation.accuracy(settings)
            return ["board-training-gain": trained - (try evaluation.accuracy(settings, of: untrained))]
        },
    ]

    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        let config = try OthelloConfig(job)
        let model = try TrainedTransformer(checkpoint, kernel: "othello", config.shape).model
        self.init(model, config, seed: job.seed)
    }

    init(_ model: Transformer, _ config: OthelloConfig, seed: UInt64) {
        var draws = Draws(seed: seed, name: "games to measure on")
        let games = (0..<config.probeGames).map { _ in OthelloGame(config.rules, length: config.moves, draws: &draws) }
        self.init(model, config, seed: seed, games: games)
    }

    init(_ model: Transformer, _ config: OthelloConfig, seed: UInt64, games: [OthelloGame]) {
        self.model = model
        self.config = config
        self.seed = seed
        self.games = games
    }

    /// Returns a board probe's accuracy; the arguments override the settings.
    private func accuracy(
        _ settings: Settings, _ encoding: Encoding? = nil, probe: ProbeKind? = nil, of model: Transformer? = nil
    ) throws(KernelFailure) -> Double {
        let (train, test) = boardData(
            encoding ?? settings.choice("encoding"), layer: settings.integer("layer"), model ?? self.model)
        return try probeScore(probe ?? settings.choice("probe"), train: train, test: test, seed: seed).accuracy
    }

    /// Returns the percentage of positions whose most likely next move is illegal. The position before the first move
    /// is left out, because its legal moves are the same in every game. The papers' networks do not predict this move.
    private func illegalPercentage() -> Double {
        var illegal = 0
        var count = 0
        forEachGame(model) { game, position, _, logits, row in
            guard position > 0, position + 1 < game.boards.count else { return }
            let token = Int(logits.largest(row: row, vocabulary: config.rules.vocabulary))
            let isLegal = config.rules.square(ofToken: token) & config.rules.legalMoves(game.boards[position]) != 0
            illegal += isLegal ? 0 : 1
            count += 1
        }
        return 100 * Double(illegal) / Double(max(1, count))
    }

    /// Returns the residual stream after each move, together with the labels of all squares. The test split is the
    /// last fifth of the games. It has labels only for occupied squares, because empty squares are easy and would
    /// dominate.
    func boardData(_ encoding: Encoding, layer: Int, _ model: Transformer) -> (train: ProbeData, test: ProbeData) {
        var train = ProbeData(width: model.shape.width, tasks: config.rules.places.count, classes: 3)
        var test = train
        var index = 0
        forEachGame(model, layer: layer) { game, position, stream, _, _ in
            if position == 0 {
                index += 1
                return
            }
            let labels = config.rules.labels(game.boards[position], byColour: encoding == .colour)
            if index <= games.count * 4 / 5 {
                train.append(stream, labels: labels, group: index)
            } else {
                test.append(stream, labels: labels.map { $0 == 0 ? -1 : $0 })
            }
        }
        return (train, test)
    }

    /// Calls `body` for every visible position of every game, in order. Passes the residual stream of the position
    /// after a layer, and its row of the logits.
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
