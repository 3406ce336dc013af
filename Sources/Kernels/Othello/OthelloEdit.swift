import KernelInterface

/// Measures whether moving the residual stream along a probe's direction changes the moves as if a disc had been
/// flipped (Li et al. 2022, section 4; Nanda, Lee, Wattenberg 2023, section 4).
enum OthelloEdit {
    private enum Direction: String, CaseIterable {
        case probe, opposite, random
    }

    /// The layers whose stream is edited.
    private enum Edited: String, CaseIterable {
        /// After each block but the last, so that the last block computes with the edited stream.
        case beforeLast = "before-last"
        /// After the last block: only the final norm and the output head follow, so this edits the logits.
        case last
        case all

        func layers(_ count: Int) -> ClosedRange<Int>? {
            switch self {
            case .beforeLast: count > 1 ? 1...(count - 1) : nil
            case .last: count...count
            case .all: 1...count
            }
        }
    }

    private static let edited = Parameter(
        "edited", .words(Edited.allCases.map(\.rawValue)), default: Edited.beforeLast.rawValue,
        "blocks after which the stream is edited; an edit after the last block changes the logits directly")

    /// Throws if no layer is edited.
    static func check(_ settings: Settings, layers: Int) throws(ConfigMistake) {
        guard let edited = settings.values[edited.name].flatMap(Edited.init), edited.layers(layers) == nil else {
            return
        }
        throw ConfigMistake(
            self.edited.name, "the toy model has only one block, so its stream cannot be edited before the last block",
            fix: "use a toy model with more layers, or use `edited: last`")
    }

    /// The length of an edit, relative to the mean norm of the residual stream at the edited layer.
    private static let strength: Float = 0.1
    private static let caseCount = 1000

    /// One flipped disc on the board after `tokens`.
    private struct Case {
        var tokens: [UInt8]
        var square: Int
        var isMine: Bool
        var legal: UInt64
        var legalTurned: UInt64
    }

    /// If n moves are legal, errors are the false moves and the missing moves among the n most likely moves. They are
    /// counted for the unedited network against the real board, for the unedited network against the flipped board
    /// (null), and for the edited network against the flipped board. The null errors exceed the unedited errors;
    /// recovery is the share of this excess that the edit removes.
    static let measurement = OthelloEvaluation.measurement(
        "board-edit", ["edit-recovery", "edit-error", "unedited-move-errors", "null-move-errors"],
        [
            Parameter(
                "method", .words(["vector-edit", "none"]), default: "vector-edit",
                "the intervention: an edit of the residual stream, or none"),
            Parameter(
                "direction", .words(Direction.allCases.map(\.rawValue)), default: "probe",
                "of the edit: from the owner's class of a disc to the opponent's, the opposite, or random"),
            edited, TransformerConfig.networkParameter,
        ]
    ) { evaluation, settings throws(KernelFailure) in
        let model = evaluation.model
        let direction: Direction = settings.choice("direction")
        let edited: Edited = settings.choice("edited")
        guard let layers = edited.layers(model.shape.layers) else { throw KernelFailure(reason: "no layer is edited") }
        let probes = try layers.map { layer throws(KernelFailure) -> (probe: SoftmaxProbe, length: Float) in
            let data = evaluation.boardData(.mineYours, layer: layer, model).train
            try data.requireFinite()
            return (try SoftmaxProbe(data), strength * data.meanNorm)
        }
        let cases = cases(evaluation)
        guard !cases.isEmpty else {
            throw KernelFailure(reason: "flipping any disc of these games changes no legal move")
        }
        var draws = RandomStream(seed: evaluation.seed, name: "random directions")
        let edits = cases.map { one in
            probes.map { probe, length -> [Lanes] in
                // Classes: 0 empty, 1 mine, 2 yours.
                let turning = probe.direction(task: one.square, from: one.isMine ? 1 : 2, to: one.isMine ? 2 : 1)
                let way =
                    switch direction {
                    case .probe: turning
                    case .opposite: turning.map { -$0 }
                    case .random: unit(lanes(draws.normals(model.shape.width)))
                    }
                return way.map { $0 * length }
            }
        }
        let rules = evaluation.config.rules
        let unedited = predictions(model, rules, cases) { _, _ in nil }
        let changed = predictions(model, rules, cases) { index, layer in
            layers.contains(layer) ? edits[index][layer - layers.lowerBound] : nil
        }
        func mean(_ errors: (Int) -> Int) -> Double {
            Double(cases.indices.reduce(0) { $0 + errors($1) }) / Double(cases.count)
        }
        let plain = mean { moveErrors(unedited[$0], rules, legal: cases[$0].legal) }
        let null = mean { moveErrors(unedited[$0], rules, legal: cases[$0].legalTurned) }
        let after =
            settings.word("method") == "none"
            ? null : mean { moveErrors(changed[$0], rules, legal: cases[$0].legalTurned) }
        guard null > plain else { throw KernelFailure(reason: "the network's moves do not follow the board") }
        return [
            "edit-recovery": (null - after) / (null - plain), "edit-error": after, "unedited-move-errors": plain,
            "null-move-errors": null,
        ]
    }

    /// Draws random discs whose flip changes the legal moves, from the last fifth of the games.
    private static func cases(_ evaluation: OthelloEvaluation) -> [Case] {
        let rules = evaluation.config.rules
        var draws = Draws(seed: evaluation.seed, name: "discs to turn")
        let games = Array(evaluation.games.dropFirst(evaluation.games.count * 4 / 5))
        var cases: [Case] = []
        for _ in 0..<(20 * caseCount) where cases.count < caseCount {
            let game = games[draws.integer(below: games.count)]
            let position = draws.integer(below: min(game.boards.count, evaluation.config.moves))
            let board = game.boards[position]
            let square = draws.integer(below: rules.places.count)
            let disc: UInt64 = 1 << UInt64(rules.places[square])
            guard position > 0, (board.mine | board.yours) & disc != 0 else { continue }
            var turned = board
            turned.mine ^= disc
            turned.yours ^= disc
            let (legal, legalTurned) = (rules.legalMoves(board), rules.legalMoves(turned))
            guard legal != 0, legalTurned != 0, legal != legalTurned else { continue }
            cases.append(
                Case(
                    tokens: Array(game.tokens[...position]), square: square, isMine: board.mine & disc != 0,
                    legal: legal,
                    legalTurned: legalTurned))
        }
        return cases
    }

    /// Returns the logits of the next move in each case. The edit changes the residual stream of the last token at some
    /// layers.
    private static func predictions(
        _ model: Transformer, _ rules: OthelloRules, _ cases: [Case], edit: (_ index: Int, _ layer: Int) -> [Lanes]?
    ) -> [[Float]] {
        var batch = TokenBatch()
        for one in cases { batch.append(one.tokens) }
        var pass = TransformerPass(model.shape)
        let groups = model.shape.width / 8
        var logits: [[Float]] = []
        for sequences in batch.chunks(rows: TransformerPass.chunkRows) {
            let lastRows = sequences.map { batch.starts[$0 + 1] - 1 - batch.starts[sequences.lowerBound] }
            pass.forward(model, Chunk(batch, sequences)) { layer, residual, _ in
                for (index, row) in zip(sequences, lastRows) {
                    guard let change = edit(index, layer) else { continue }
                    for group in 0..<groups { residual[row * groups + group] += change[group] }
                }
            }
            for row in lastRows {
                logits.append(
                    (0..<rules.vocabulary).map { token in
                        let place = row * model.shape.paddedVocabulary + token
                        return pass.logits[place / 8][place % 8]
                    })
            }
        }
        return logits
    }

    /// Counts the false moves and the missing moves among the n most likely moves, where n moves are legal.
    private static func moveErrors(_ logits: [Float], _ rules: OthelloRules, legal: UInt64) -> Int {
        let count = legal.nonzeroBitCount
        let ranked = logits.indices.dropFirst().sorted { (logits[$0], $1) > (logits[$1], $0) }
        return 2 * ranked.prefix(count).count { legal & rules.square(ofToken: $0) == 0 }
    }
}
