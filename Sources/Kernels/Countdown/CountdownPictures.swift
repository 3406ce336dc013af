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
        return pictures + [CountdownSearch.picture(networks.final.model, seed: job.seed)]
    }
}

extension CountdownSearch {
    /// Returns a picture of the first of the measured answers.
    fileprivate static func picture(_ model: Transformer, seed: UInt64) -> Picture {
        var draws = Draws(seed: seed, name: "problems to measure on")
        let problem = CountdownTrace(draws: &draws).problem
        let tokens = sampleAnswers(model, [problem], seed: seed, name: "answer")[0].dropFirst(Countdown.promptLength)
        let attempts = CountdownAnswer(problem, tokens: Array(tokens)).attempts
        var rows = attempts.enumerated().map { index, attempt in
            let start = tokens.startIndex + index * Countdown.attemptLength
            return [
                written(tokens[start..<(start + Countdown.attemptLength - 2)]),
                attempt.saysItWorks ? "works" : "fails",
                (attempt.works ? "works" : "fails") + (attempt.isValid ? "" : ", miscalculated"),
            ]
        }
        let rest = tokens.dropFirst(attempts.count * Countdown.attemptLength).prefix { $0 != Countdown.end }
        if !rest.isEmpty { rows.append([written(rest), "", "not an attempt"]) }
        let numbers = problem.numbers.map(String.init).joined(separator: ", ")
        return Picture(
            "an answer: reach \(problem.target) from \(numbers)",
            .table(columns: ["the network tries", "says", "truth"], rows: rows))
    }

    private static func written(_ tokens: ArraySlice<UInt8>) -> String {
        tokens.map { token in
            switch token {
            case _ where Countdown.values.contains(Int(token)): String(token)
            case _ where Countdown.operation(token) == .plus: "+"
            case _ where Countdown.operation(token) == .minus: "-"
            case _ where Countdown.operation(token) == .times: "×"
            case Countdown.equals: "="
            case Countdown.open: "("
            case Countdown.works: "works"
            case Countdown.fails: "fails"
            case Countdown.target: "target"
            case Countdown.separator: ":"
            default: "?"
            }
        }.joined(separator: " ")
    }
}
