import KernelInterface

/// Measures whether moving the residual stream along a probe's direction changes the moves as if a disc had been
/// flipped (Li et al. 2022, section 4; Nanda, Lee, Wattenberg 2023, section 4).
enum OthelloEdit {
    private enum Direction: String, CaseIterable {
        case probe, opposite, random
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

    /// Errors are false moves or missing moves among the n most likely moves, where n moves are legal. They are counted
    /// for the unedited network against the real board, for the unedited network against the flipped board (null), and
    /// for the edited network against the flipped board. The null errors exceed the unedited errors; recovery is the
    /// share of this excess that the edit removes.
    static let measurement = OthelloEvaluation.measurement(
        "board-edit", ["edit-recovery", "edit-error", "unedited-move-errors", "null-move-errors"],
        [
            Parameter(
                "method", .words(["vector-edit", "none"]), default: "vector-edit",
                "the intervention: an edit of the residual stream, or none"),
            Parameter(
                "direction", .words(Direction.allCases.map(\.rawValue)), default: "probe",
                "of the edit: from the owner's class of a disc to the opponent's, the opposite, or random"),
            TransformerConfig.networkParameter,
        ]
    ) { evaluation, settings throws(KernelFailure) in
        let model = evaluation.model
        let direction: Direction = settings.choice("direction")
        var probes: [SoftmaxProbe] = []
        var lengths: [Float] = []
        for layer in 1...model.shape.layers {
            let data = evaluation.boardData(.mineYours, layer: layer, model).train
            try data.requireFinite()
            probes.append(try SoftmaxProbe(data))
            lengths.append(strength * data.meanNorm)
        }
        let cases = cases(evaluation)
        guard !cases.isEmpty else {
            throw KernelFailure(reason: "flipping any disc of these games changes no legal move")
        }
        var draws = RandomStream(seed: evaluation.seed, name: "random directions")
        let edits = cases.map { one in
            probes.map { probe -> [Lanes] in
                // Classes: 0 empty, 1 mine, 2 yours.
                let turning = probe.direction(task: one.square, from: one.isMine ? 1 : 2, to: one.isMine ? 2 : 1)
                switch direction {
                case .probe: return turning
                case .opposite: return turning.map { -$0 }
                case .random: return unit(lanes(draws.normals(model.shape.width)))
                }
            }
        }
        let unedited = predictions(model, cases) { _, _ in nil }
        let edited = predictions(model, cases) { index, layer in
            layer == 0 ? nil : edits[index][layer - 1].map { $0 * lengths[layer - 1] }
        }
        func mean(_ errors: (Int) -> Int) -> Double {
            Double(cases.indices.reduce(0) { $0 + errors($1) }) / Double(cases.count)
        }
        let plain = mean { moveErrors(unedited[$0], legal: cases[$0].legal) }
        let null = mean { moveErrors(unedited[$0], legal: cases[$0].legalTurned) }
        let after =
            settings.word("method") == "none" ? null : mean { moveErrors(edited[$0], legal: cases[$0].legalTurned) }
        guard null > plain else { throw KernelFailure(reason: "the network's moves do not follow the board") }
        return [
            "edit-recovery": (null - after) / (null - plain), "edit-error": after, "unedited-move-errors": plain,
            "null-move-errors": null,
        ]
    }

    /// Draws random discs whose flip changes the legal moves, from the last fifth of the games.
    private static func cases(_ evaluation: OthelloEvaluation) -> [Case] {
        var draws = Draws(seed: evaluation.seed, name: "discs to turn")
        let games = Array(evaluation.games.dropFirst(evaluation.games.count * 4 / 5))
        var cases: [Case] = []
        for _ in 0..<(20 * caseCount) where cases.count < caseCount {
            let game = games[draws.integer(below: games.count)]
            let position = draws.integer(below: min(game.boards.count, evaluation.config.moves))
            let board = game.boards[position]
            let square = draws.integer(below: OthelloBoard.places.count)
            let disc: UInt64 = 1 << OthelloBoard.places[square]
            guard position > 0, (board.mine | board.yours) & disc != 0 else { continue }
            var turned = board
            turned.mine ^= disc
            turned.yours ^= disc
            let (legal, legalTurned) = (board.legalMoves, turned.legalMoves)
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
        _ model: Transformer, _ cases: [Case], edit: (_ index: Int, _ layer: Int) -> [Lanes]?
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
                    (0..<OthelloBoard.vocabulary).map { token in
                        let place = row * model.shape.paddedVocabulary + token
                        return pass.logits[place / 8][place % 8]
                    })
            }
        }
        return logits
    }

    /// Counts the false moves and the missing moves among the n most likely moves, where n moves are legal.
    private static func moveErrors(_ logits: [Float], legal: UInt64) -> Int {
        let count = legal.nonzeroBitCount
        let ranked = logits.indices.dropFirst().sorted { (logits[$0], $1) > (logits[$1], $0) }
        return 2 * ranked.prefix(count).count { legal >> OthelloBoard.moves[$0 - 1] & 1 == 0 }
    }
}
