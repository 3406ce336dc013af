import KernelInterface

/// Evaluates a network on texts of a split's problems, attempt by attempt.
struct CountdownEvaluation: NetworkEvaluation {
    let model: Transformer
    let config: CountdownConfig
    let texts: CountdownTexts
    let seed: UInt64

    var task: CountdownTask { config.task }

    /// The tokens of an attempt at which the residual stream is read, in order.
    enum Position: String, CaseIterable {
        case firstNumber = "first-number"
        case firstOperation = "first-operation"
        case secondNumber = "second-number"
        case firstEquals = "first-equals"
        case afterFirstEquation = "after-first-equation"
        case secondOperation = "second-operation"
        case thirdNumber = "third-number"
        case secondEquals = "second-equals"
        case afterSecondEquation = "after-second-equation"
        case thirdOperation = "third-operation"
        case fourthNumber = "fourth-number"
        case thirdEquals = "third-equals"
        case lastNumber = "last-number"
        case verdictToken = "verdict-token"

        static func all(of task: CountdownTask) -> [Self] {
            allCases.prefix(4 * task.operationCount) + [.lastNumber, .verdictToken]
        }

        /// Returns the place in an attempt; nil if the task's attempts have no such token.
        func offset(in task: CountdownTask) -> Int? { Self.all(of: task).firstIndex(of: self) }
    }

    init(_ model: Transformer, _ config: CountdownConfig, _ split: ProblemSplit, seed: UInt64) throws(KernelFailure) {
        self.model = model
        self.config = config
        self.seed = seed
        texts = try CountdownTexts(
            config.readings, config.problems(split, seed: seed), name: "traces to measure on")
    }

    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        let networks = try CountdownNetworks(job, of: checkpoint)
        try self.init(
            networks.final.model, try CountdownConfig(job), job.settings.choice("split"), seed: job.seed)
    }

    /// The settings of every measurement.
    static let settings = [ProblemSplit.parameter, taskParameter("countdown"), TransformerConfig.networkParameter]

    /// One attempt of one text.
    struct Attempt {
        var text: Int
        var number: Int
        var works: Bool
        /// The index of the attempt's first token: `row` counts from the first row of the pass, and `start` from the
        /// first token of the text.
        var row: Int
        var start: Int
        var sequence: Int
    }

    /// Calls `body` for every attempt of the first `textCount` texts. Passes its forward pass, and the residual
    /// stream (rows, d) after a layer.
    func forEachAttempt(
        _ interventions: Interventions = Interventions(), layer: Int = 0, of textCount: Int? = nil,
        _ body: (_ attempt: Attempt, _ pass: TransformerPass, _ chunk: Chunk, _ stream: [Lanes]) -> Void
    ) {
        var pass = TransformerPass(model.shape)
        let groups = model.shape.width / 8
        let count = min(textCount ?? texts.count, texts.count)
        for first in stride(from: 0, to: count, by: 16) {
            var batch = TokenBatch()
            for text in first..<min(first + 16, count) { batch.append(Array(texts[text].dropLast())) }
            for sequences in batch.chunks(rows: TransformerPass.chunkRows) {
                var stream: [Lanes] = []
                let chunk = Chunk(batch, sequences)
                pass.forward(model, chunk, interventions) { index, residual, rows in
                    if index == layer { stream = Array(residual[..<(rows.count * groups)]) }
                }
                for sequence in sequences {
                    let attempts = texts.attemptCount(first + sequence)
                    for number in 0..<attempts {
                        let start = task.promptLength + number * task.attemptLength
                        body(
                            Attempt(
                                text: first + sequence, number: number, works: number == attempts - 1,
                                row: batch.starts[sequence] - chunk.rows.lowerBound + start, start: start,
                                sequence: sequence),
                            pass, chunk, stream)
                    }
                }
            }
        }
    }
}

/// The accuracy of a model's verdicts on the attempts of texts.
struct CountdownVerdicts: Equatable {
    var accuracy: Double
    /// The share of right attempts with the verdict "works", and the share of wrong attempts with the verdict "fails".
    var worksRecall: Double
    var failsRecall: Double

    static let measurement = CountdownEvaluation.measurement(
        "verdict", ["verdict-accuracy", "works-recall", "fails-recall"], CountdownEvaluation.settings
    ) { evaluation, _ in CountdownVerdicts(evaluation).values }

    /// Measures verdicts: each is the most likely token after the opening bracket of an attempt.
    init(_ evaluation: CountdownEvaluation, _ interventions: Interventions = Interventions(), textCount: Int? = nil) {
        var right = [0, 0]
        var seen = [0, 0]
        let task = evaluation.task
        evaluation.forEachAttempt(interventions, of: textCount) { attempt, pass, _, _ in
            let row = attempt.row + task.attemptLength - 2
            let token = UInt8(pass.logits.largest(row: row, vocabulary: task.vocabulary))
            let kind = attempt.works ? 1 : 0
            seen[kind] += 1
            right[kind] += token == (attempt.works ? task.works : task.fails) ? 1 : 0
        }
        accuracy = Double(right[0] + right[1]) / Double(max(1, seen[0] + seen[1]))
        worksRecall = Double(right[1]) / Double(max(1, seen[1]))
        failsRecall = Double(right[0]) / Double(max(1, seen[0]))
    }

    var values: [String: Double] {
        ["verdict-accuracy": accuracy, "works-recall": worksRecall, "fails-recall": failsRecall]
    }
}

/// Measures the share of the evaluated problems that occurred in training.
enum CountdownOverlap {
    static let measurement = CountdownEvaluation.measurement("overlap", ["seen-share"], CountdownEvaluation.settings) {
        evaluation, settings throws(KernelFailure) in
        let problems = try CountdownSearch.problems(evaluation.config, settings.choice("split"), seed: evaluation.seed)
        return [
            "seen-share": seenShare(
                evaluation.texts.problems + problems,
                training: try evaluation.config.trainingProblems(seed: evaluation.seed))
        ]
    }

    /// Returns the share of problems that occur in the training with their numbers in any order.
    static func seenShare(_ problems: [CountdownProblem], training: [CountdownProblem]) -> Double {
        let keys = Set(training.map(\.key))
        return Double(problems.count { keys.contains($0.key) }) / Double(max(1, problems.count))
    }
}
