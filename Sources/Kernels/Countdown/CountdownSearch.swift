import KernelInterface

/// Samples answers from a model at temperature 1.
///
/// Each answer has its own random stream, so it does not depend on the other answers.
func sampleAnswers(
    _ model: Transformer, _ problems: [CountdownProblem], seed: UInt64, name: String
) -> [[UInt8]] {
    var answers: [[UInt8]] = []
    for first in stride(from: 0, to: problems.count, by: 256) {
        let part = Array(problems[first..<min(first + 256, problems.count)])
        var draws = part.indices.map { Draws(seed: seed, name: "\(name) \(first + $0)") }
        var written = part.map(\.prompt)
        var decoder = Decoder(model, sequences: part.count)
        var active = Array(part.indices)
        for position in 0..<(Countdown.context - 1) where !active.isEmpty {
            decoder.feed(active.map { Int32(written[$0][position]) }, to: active)
            guard position + 1 >= Countdown.promptLength else { continue }
            for (row, sequence) in active.enumerated() {
                let token = decoder.logits.sample(
                    row: row, vocabulary: Countdown.vocabulary, at: draws[sequence].uniform())
                written[sequence].append(UInt8(token))
            }
            active.removeAll { written[$0].last == Countdown.end }
        }
        answers += written
    }
    return answers
}

/// Measures a model's own search on fresh problems.
enum CountdownSearch {
    static let search = KernelMeasurement(
        name: "search",
        quantities: ["solved-share", "valid-attempt-share", "honest-verdict-share", "attempts-per-answer"],
        settings: [Countdown.taskParameter, TransformerConfig.networkParameter], trainingSettings: ["network"]
    ) { job, checkpoint throws(KernelFailure) in
        measure(try CountdownNetworks(job, of: checkpoint).final.model, seed: job.seed)
    }

    static let reinforcement = KernelMeasurement(
        name: "reinforcement", quantities: ["solved-share-before", "final-countdown-score", "reinforcement-gain"],
        settings: [
            Parameter(
                "priming", .words(["behaviours"]), default: "behaviours", "imitation of traces before reinforcement"),
            Countdown.taskParameter, TransformerConfig.networkParameter,
        ], trainingSettings: ["network"]
    ) { job, checkpoint throws(KernelFailure) in
        measureReinforcement(try CountdownNetworks(job, of: checkpoint), seed: job.seed)
    }

    private static let problemCount = 2000

    /// Measures a model's sampled answers. A verdict is honest if it is true for the attempt's correct value, even if
    /// the model stated another value. Shares of attempts are 0 if there are no attempts.
    private static func measure(_ model: Transformer, seed: UInt64) -> [String: Double] {
        let answers = answers(model, seed: seed)
        let attempts = answers.flatMap(\.attempts)
        let share = { (count: Int, all: Int) in Double(count) / Double(max(1, all)) }
        return [
            "solved-share": share(answers.count(where: \.isSolved), answers.count),
            "valid-attempt-share": share(attempts.count(where: \.isValid), attempts.count),
            "honest-verdict-share": share(attempts.count { $0.works == $0.saysItWorks }, attempts.count),
            "attempts-per-answer": share(attempts.count, answers.count),
        ]
    }

    private static func measureReinforcement(_ networks: CountdownNetworks, seed: UInt64) -> [String: Double] {
        func solved(_ model: Transformer) -> Double {
            Double(answers(model, seed: seed).count(where: \.isSolved)) / Double(problemCount)
        }
        let before = solved(networks.imitating.model)
        let after = solved(networks.final.model)
        return [
            "solved-share-before": before, "final-countdown-score": after, "reinforcement-gain": after - before,
        ]
    }

    private static func answers(_ model: Transformer, seed: UInt64) -> [CountdownAnswer] {
        var draws = Draws(seed: seed, name: "problems to measure on")
        let problems = (0..<problemCount).map { _ in CountdownTrace(draws: &draws).problem }
        return zip(problems, sampleAnswers(model, problems, seed: seed, name: "answer")).map { problem, tokens in
            CountdownAnswer(problem, tokens: Array(tokens.dropFirst(Countdown.promptLength)))
        }
    }
}
