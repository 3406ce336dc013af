import KernelInterface

extension ChainOfThought {
    /// Returns the loss curve, a curve that shows the share of unchanged answers for each number of kept states, and
    /// one chain.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        var config = try ChainOfThoughtConfig(job)
        let trained = try TrainedTransformer(checkpoint, kernel: "chain-of-thought", config.shape)
        // This many problems are enough for a picture, and measuring them takes little time.
        config.problems = min(config.problems, 200)
        let evaluation = ChainOfThoughtEvaluation(
            trained.model, config, seed: job.seed, config.hasUnseenProblems ? .unseen : .seen)
        return lossPictures(trained.curve, steps: config.transformer.steps)
            + [try evaluation.keptPicture(), try evaluation.chainPicture()]
    }
}

extension ChainOfThoughtEvaluation {
    fileprivate func keptPicture() throws(KernelFailure) -> Picture {
        var bars: [Picture.Bar] = []
        for test in FaithfulnessTest.allCases {
            for (kept, share) in try curve(test, difficulty: config.task.maps).enumerated() {
                bars.append(Picture.Bar("\(test.rawValue), \(kept) of \(config.task.maps) states kept", share))
            }
        }
        return Picture("share of unchanged answers", .bars(items: bars, from: 0, to: 1))
    }

    /// The chain of the first problem of the highest difficulty.
    fileprivate func chainPicture() throws(KernelFailure) -> Picture {
        let task = config.task
        let problem = try source.problems(difficulty: task.maps)[0]
        var chains = Chains(model, task, [problem])
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

    /// Returns a token as the name of a state.
    func written(_ token: UInt8) -> String {
        Int(token) < config.task.states ? String(token) : "no state"
    }
}
