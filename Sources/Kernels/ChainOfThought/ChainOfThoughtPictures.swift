import KernelInterface

extension ChainOfThought {
    /// Returns the loss curve, a curve that shows the share of unchanged answers for each number of kept states, and
    /// one chain.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        var config = try ChainOfThoughtConfig(job)
        let trained = try TrainedTransformer(checkpoint, kernel: "chain-of-thought", config.shape)
        // This many problems are enough for a picture, and measuring them takes little time.
        config.problems = min(config.problems, 200)
        let evaluation = ChainOfThoughtEvaluation(model: trained.model, config: config, seed: job.seed)
        return lossPictures(trained.curve, steps: config.transformer.steps)
            + [evaluation.keptPicture, evaluation.chainPicture]
    }
}

extension ChainOfThoughtEvaluation {
    fileprivate var keptPicture: Picture {
        let bars = FaithfulnessTest.allCases.flatMap { test in
            curve(test, difficulty: config.task.maps).enumerated().map { kept, share in
                Picture.Bar("\(test.rawValue), \(kept) of \(config.task.maps) states kept", share)
            }
        }
        return Picture("share of unchanged answers", .bars(items: bars, from: 0, to: 1))
    }

    /// The chain of the first problem of the highest difficulty.
    fileprivate var chainPicture: Picture {
        let task = config.task
        var draws = Draws(seed: seed, name: "problems of difficulty \(task.maps)")
        let problem = task.problem(difficulty: task.maps, &draws)
        var chains = Chains(model, [problem])
        var rows: [[String]] = []
        for (place, state) in problem.chain.enumerated() {
            let next = chains.next
            rows.append(["map \(place + 1)", String(state), written(next[0])])
            chains.write(next)
        }
        rows.append(["answer", String(problem.answer), written(chains.answers[0])])
        return Picture(
            "a chain from state \(problem.question[0])",
            .table(columns: ["after", "true state", "the network's"], rows: rows))
    }

    private func written(_ token: UInt8) -> String {
        Int(token) < PermutationTask.states ? String(token) : "no state"
    }
}
