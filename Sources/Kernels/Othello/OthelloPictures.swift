import KernelInterface

extension Othello {
    /// Returns the loss curve, the probe accuracy of each layer, and one board with its probed labels.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        var config = try OthelloConfig(job)
        let trained = try TrainedTransformer(checkpoint, kernel: "othello", config.shape)
        // This many games are enough for a picture, and measuring them takes little time.
        config.probeGames = min(config.probeGames, 600)
        let evaluation = OthelloEvaluation(trained.model, config, seed: job.seed)
        return lossPictures(trained.curve, steps: config.transformer.steps)
            + [try evaluation.accuracyPicture(), try evaluation.boardPicture()]
    }
}

extension OthelloEvaluation {
    fileprivate func accuracyPicture() throws(KernelFailure) -> Picture {
        var bars: [Picture.Bar] = []
        for encoding in [Encoding.mineYours, .colour] {
            for layer in 0...model.shape.layers {
                let (train, test) = boardData(encoding, layer: layer, model)
                let score = try probeScore(.ridge, train: train, test: test, seed: seed)
                bars.append(Picture.Bar("\(encoding.rawValue), layer \(layer)", score.accuracy))
            }
        }
        return Picture("ridge probe accuracy on occupied squares", .bars(items: bars, from: 0, to: 1))
    }

    /// Returns a picture of the board before the last move of the first test game.
    fileprivate func boardPicture() throws(KernelFailure) -> Picture {
        let layer = model.shape.layers
        let probe = try trainProbe(.ridge, boardData(.mineYours, layer: layer, model).train, seed: seed)
        let first = games.count * 4 / 5
        var shown = ProbeData(width: model.shape.width, tasks: config.rules.places.count, classes: 3)
        let last = min(games[first].boards.count, config.moves) - 1
        OthelloEvaluation(model, config, seed: seed, games: [games[first]]).forEachGame(model, layer: layer) {
            game, position, stream, _, _ in
            guard position == last else { return }
            shown.append(stream, labels: config.rules.labels(game.boards[position], byColour: false))
        }
        let read = probe.predictions(shown)
        let right = zip(read, shown.labels).count { $0 == $1 }
        return Picture(
            "a board after \(last) moves (● player to move): the probe of layer \(layer) reads \(right) of \(read.count) squares correctly",
            .grids(items: [
                .init("the board", rows(shown.labels)), .init("as probed", rows(read)),
                .init("wrong", rows(zip(read, shown.labels).map { $0 == $1 ? 0 : 3 })),
            ]))
    }

    private func rows(_ labels: [Int32]) -> [String] {
        let symbols: [Character] = ["·", "●", "○", "×"]
        return stride(from: 0, to: labels.count, by: config.rules.size).map { start in
            String(labels[start..<(start + config.rules.size)].map { symbols[Int($0)] })
        }
    }
}
