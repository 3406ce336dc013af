import KernelInterface

extension CountdownKernel {
    /// Returns the loss curve, the reward curve if there was reinforcement, and a sampled answer.
    package func pictures(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) -> [Picture] {
        let config = try CountdownConfig(job)
        let networks = try CountdownNetworks(job, of: checkpoint)
        var pictures = lossPictures(networks.imitating.curve, steps: config.transformer.steps)
        if let rewarded = networks.rewarded {
            let steps = config.reinforcement.iterations
            pictures.append(
                Picture(
                    "share of sampled answers that are rewarded, over \(steps) steps",
                    .curve(values: rewarded.curve.map(Double.init))))
        }
        return pictures + [try config.answerPicture(networks.final.model, seed: job.seed)]
    }
}

extension CountdownConfig {
    /// Returns a picture of the answer to an unseen problem or, if none is held out, to a problem of the training.
    fileprivate func answerPicture(_ model: Transformer, seed: UInt64) throws(KernelFailure) -> Picture {
        let problems = try problems(heldOutShare > 0 ? .unseen : .seen, seed: seed)
        let problem = try problems.draw(1, name: "problems to measure on")[0]
        let text = sampleAnswers(model, [problem], task, seed: seed, name: "answer")[0]
        let attempts = CountdownAnswer(problem, text: text, task).attempts
        let tokens = text.dropFirst(task.promptLength)
        var rows = attempts.enumerated().map { index, attempt in
            let start = tokens.startIndex + index * task.attemptLength
            return [
                task.written(tokens[start..<(start + task.attemptLength - 2)]),
                attempt.saysItWorks ? "works" : "fails",
                (attempt.works ? "works" : "fails") + (attempt.isValid ? "" : ", miscalculated"),
            ]
        }
        let rest = tokens.dropFirst(attempts.count * task.attemptLength).prefix { $0 != task.end }
        if !rest.isEmpty { rows.append([task.written(rest), "", "not an attempt"]) }
        let numbers = problem.numbers.map(String.init).joined(separator: ", ")
        return Picture(
            "an answer: reach \(problem.target) from \(numbers)",
            .table(columns: ["the network tries", "says", "truth"], rows: rows))
    }
}
