import KernelInterface

/// Evaluates a network on fresh traces, attempt by attempt.
struct CountdownEvaluation: NetworkEvaluation {
    let model: Transformer
    let traces: [CountdownTrace]
    let seed: UInt64

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
        case lastNumber = "last-number"
        case verdictToken = "verdict-token"

        var offset: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    init(_ model: Transformer, _ config: CountdownConfig, seed: UInt64) {
        self.model = model
        self.seed = seed
        var draws = Draws(seed: seed, name: "traces to measure on")
        traces = (0..<config.readings).map { _ in CountdownTrace(draws: &draws) }
    }

    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        let networks = try CountdownNetworks(job, of: checkpoint)
        self.init(networks.final.model, try CountdownConfig(job), seed: job.seed)
    }

    /// One attempt of one trace.
    struct Attempt {
        var trace: Int
        var number: Int
        var works: Bool
        /// The index of the attempt's first token: `row` counts from the first row of the pass, and `start` from the
        /// first token of the trace.
        var row: Int
        var start: Int
        var sequence: Int
    }

    /// Calls `body` for every attempt of the first `traceCount` traces. Passes its forward pass, and the residual
    /// stream (rows, d) after a layer.
    func forEachAttempt(
        _ interventions: Interventions = Interventions(), layer: Int = 0, of traceCount: Int? = nil,
        _ body: (_ attempt: Attempt, _ pass: TransformerPass, _ chunk: Chunk, _ stream: [Lanes]) -> Void
    ) {
        var pass = TransformerPass(model.shape)
        let groups = model.shape.width / 8
        let count = min(traceCount ?? traces.count, traces.count)
        for first in stride(from: 0, to: count, by: 16) {
            var batch = TokenBatch()
            for trace in traces[first..<min(first + 16, count)] { batch.append(trace.tokens.dropLast()) }
            for sequences in batch.chunks(rows: TransformerPass.chunkRows) {
                var stream: [Lanes] = []
                let chunk = Chunk(batch, sequences)
                pass.forward(model, chunk, interventions) { index, residual, rows in
                    if index == layer { stream = Array(residual[..<(rows.count * groups)]) }
                }
                for sequence in sequences {
                    let trace = traces[first + sequence]
                    for (number, attempt) in trace.attempts.enumerated() {
                        let start = Countdown.promptLength + number * Countdown.attemptLength
                        body(
                            Attempt(
                                trace: first + sequence, number: number, works: attempt.value == trace.problem.target,
                                row: batch.starts[sequence] - chunk.rows.lowerBound + start, start: start,
                                sequence: sequence),
                            pass, chunk, stream)
                    }
                }
            }
        }
    }
}

/// The accuracy of a model's verdicts on the attempts of given traces.
struct CountdownVerdicts: Equatable {
    var accuracy: Double
    /// The share of right attempts with the verdict "works", and the share of wrong attempts with the verdict "fails".
    var worksRecall: Double
    var failsRecall: Double

    static let measurement = CountdownEvaluation.measurement(
        "verdict", ["verdict-accuracy", "works-recall", "fails-recall"],
        [Countdown.taskParameter, TransformerConfig.networkParameter]
    ) { evaluation, _ in CountdownVerdicts(evaluation).values }

    /// Measures verdicts: each is the most likely token after the opening bracket of an attempt.
    init(_ evaluation: CountdownEvaluation, _ interventions: Interventions = Interventions(), traceCount: Int? = nil) {
        var right = [0, 0]
        var seen = [0, 0]
        evaluation.forEachAttempt(interventions, of: traceCount) { attempt, pass, _, _ in
            let row = attempt.row + CountdownEvaluation.Position.verdictToken.offset
            let token = UInt8(pass.logits.largest(row: row, vocabulary: Countdown.vocabulary))
            let kind = attempt.works ? 1 : 0
            seen[kind] += 1
            right[kind] += token == (attempt.works ? Countdown.works : Countdown.fails) ? 1 : 0
        }
        accuracy = Double(right[0] + right[1]) / Double(max(1, seen[0] + seen[1]))
        worksRecall = Double(right[1]) / Double(max(1, seen[1]))
        failsRecall = Double(right[0]) / Double(max(1, seen[0]))
    }

    var values: [String: Double] {
        ["verdict-accuracy": accuracy, "works-recall": worksRecall, "fails-recall": failsRecall]
    }
}
