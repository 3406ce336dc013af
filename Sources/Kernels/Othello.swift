import KernelInterface

/// OthelloGPT (Li et al. 2022, arXiv 2210.13382; Nanda, Lee, Wattenberg 2023, arXiv 2309.00941): a transformer predicts
/// the moves of random games, and probes read the board from its residual stream.
package struct Othello: Kernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "othello",
            version: 2,
            summary:
                "a transformer on random Othello games, and the board in its residual stream",
            OthelloConfig.self,
            measurements: OthelloEvaluation.measurements + [OthelloEdit.measurement])
    }

    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        let config = try OthelloConfig(job)
        let trained = try config.network(job) { model throws(KernelFailure) in
            try train(model, config, seed: job.seed, progress: progress)
        }
        return trained.checkpoint(kernel: "othello")
    }

    private func train(
        _ model: Transformer, _ config: OthelloConfig, seed: UInt64, progress: (Double) -> Void
    ) throws(KernelFailure) -> TrainedTransformer {
        var draws = Draws(seed: seed, name: "training games")
        let games = (0..<config.games).map { _ in OthelloGame(config.rules, length: config.moves, draws: &draws).tokens
        }
        var order = MinibatchOrder(count: games.count, seed: seed)
        return try TrainedTransformer(training: model, config.transformer.schedule, progress: progress) { batch in
            batch.removeAll()
            for _ in 0..<config.transformer.batch { batch.append(games[order.next()], firstTarget: 1) }
        }
    }
}

/// The order of samples in training: each sample once in a random order, then again in a new order.
struct MinibatchOrder {
    private var order: [Int]
    private var used: Int
    private var draws: Draws

    init(count: Int, seed: UInt64) {
        order = Array(0..<count)
        used = count
        draws = Draws(seed: seed, name: "minibatches")
    }

    mutating func next() -> Int {
        if used == order.count {
            draws.shuffle(&order)
            used = 0
        }
        defer { used += 1 }
        return order[used]
    }
}
