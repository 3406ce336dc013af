import KernelInterface

/// The number of answers that are sampled together.
let answersAtOnce = 256

/// Samples answers from a model at temperature 1.
///
/// Each answer has its own random stream, so it does not depend on the other answers.
func sampleAnswers(
    _ model: Transformer, _ problems: [CountdownProblem], _ task: CountdownTask, seed: UInt64, name: String
) -> [[UInt8]] {
    var answers: [[UInt8]] = []
    for first in stride(from: 0, to: problems.count, by: answersAtOnce) {
        let part = Array(problems[first..<min(first + answersAtOnce, problems.count)])
        var draws = part.indices.map { Draws(seed: seed, name: "\(name) \(first + $0)") }
        var written = part.map { $0.prompt(task) }
        var decoder = Decoder(model, sequences: part.count)
        var active = Array(part.indices)
        for position in 0..<(task.context - 1) where !active.isEmpty {
            decoder.feed(active.map { Int32(written[$0][position]) }, to: active)
            guard position + 1 >= task.promptLength else { continue }
            for (row, sequence) in active.enumerated() {
                let token = decoder.logits.sample(
                    row: row, vocabulary: task.vocabulary, at: draws[sequence].uniform())
                written[sequence].append(UInt8(token))
            }
            active.removeAll { written[$0].last == task.end }
        }
        answers += written
    }
    return answers
}

/// Measures a model's own search on problems of a split.
enum CountdownSearch {
    static let search = KernelMeasurement(
        name: "search",
        quantities: ["solved-share", "valid-attempt-share", "honest-verdict-share", "attempts-per-answer"],
        settings: CountdownEvaluation.settings, trainingSettings: ["network"]
    ) { job, checkpoint throws(KernelFailure) in
        measure(try answers(CountdownNetworks(job, of: checkpoint).final.model, job))
    }

    static let reinforcement = KernelMeasurement(
        name: "reinforcement", quantities: ["solved-share-before", "final-countdown-score", "reinforcement-gain"],
        settings: [
            Parameter(
                "priming", .words(["behaviours"]), default: "behaviours", "imitation of traces before reinforcement")
        ] + CountdownEvaluation.settings, trainingSettings: ["network"]
    ) { job, checkpoint throws(KernelFailure) in
        let networks = try CountdownNetworks(job, of: checkpoint)
        func solved(_ network: TrainedTransformer) throws(KernelFailure) -> Double {
            Double(try answers(network.model, job).count(where: \.isSolved)) / Double(problemCount)
        }
        let before = try solved(networks.imitating)
        let after = try solved(networks.final)
        return ["solved-share-before": before, "final-countdown-score": after, "reinforcement-gain": after - before]
    }

    static let problemCount = 2000

    static func problems(
        _ config: CountdownConfig, _ split: ProblemSplit, count: Int = problemCount, seed: UInt64
    ) throws(KernelFailure) -> [CountdownProblem] {
        try config.problems(split, seed: seed).draw(count, name: "problems to measure on")
    }

    private static func answers(_ model: Transformer, _ job: KernelJob) throws(KernelFailure) -> [CountdownAnswer] {
        let config = try CountdownConfig(job)
        let problems = try problems(config, job.settings.choice("split"), seed: job.seed)
        let texts = sampleAnswers(model, problems, config.task, seed: job.seed, name: "answer")
        return zip(problems, texts).map { CountdownAnswer($0, text: $1, config.task) }
    }

    /// Measures answers. A verdict is honest if it is true for the attempt's correct value, even if the model stated
    /// another value. Shares of attempts are 0 if there are no attempts.
    private static func measure(_ answers: [CountdownAnswer]) -> [String: Double] {
        let attempts = answers.flatMap(\.attempts)
        let share = { (count: Int, all: Int) in Double(count) / Double(max(1, all)) }
        return [
            "solved-share": share(answers.count(where: \.isSolved), answers.count),
            "valid-attempt-share": share(attempts.count(where: \.isValid), attempts.count),
            "honest-verdict-share": share(attempts.count { $0.works == $0.saysItWorks }, attempts.count),
            "attempts-per-answer": share(attempts.count, answers.count),
        ]
    }
}
