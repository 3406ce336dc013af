import KernelInterface
import Testing

@testable import vector_kernels

let tinyCountdown = TinyKernel(
    kernel: CountdownKernel(),
    config: [
        "layers": "2", "heads": "2", "width": "16", "hidden_width": "32", "steps": "120", "batch": "16",
        "traces": "800", "readings": "100", "reinforcement_iterations": "3", "reinforcement_problems": "4",
        "reinforcement_samples": "3", "reinforcement_rate": "0.001",
    ],
    settings: [
        "verdict": [[:], ["network": "untrained"]],
        "search": [[:]],
        "reinforcement": [[:]],
        "verdict-probe": [
            ["position": "verdict-token", "probe": "softmax", "layer": "2"],
            ["position": "last-number", "probe": "ridge", "layer": "1"],
        ],
        "verdict-lead": [["probe": "ridge", "layer": "2"]],
        "ablation": [["heads": "1"], ["heads": "4", "selection": "others"], ["neurons": "8"], [:]],
        "verification-heads": [[:]],
        "head-attention": [[:]],
    ])

/// A countdown attempt, which is built naively token by token.
private struct NaiveAttempt: Equatable {
    var numbers: [Int]
    var values: [Int]
    var isRight: Bool
    var saysItWorks: Bool

    init?(_ tokens: ArraySlice<UInt8>) {
        let t = tokens.map { Int($0) }
        guard t.count == 11, t[3] == Int(Countdown.equals), t[7] == Int(Countdown.equals), t[9] == Int(Countdown.open)
        else { return nil }
        func calculate(_ a: Int, _ sign: Int, _ b: Int) -> Int { sign == 31 ? a + b : sign == 32 ? a - b : a * b }
        numbers = [t[0], t[2], t[6]]
        values = [t[4], t[8]]
        isRight = calculate(t[0], t[1], t[2]) == t[4] && calculate(t[4], t[5], t[6]) == t[8]
        saysItWorks = t[10] == Int(Countdown.works)
    }
}

@Suite struct CountdownTests {
    @Test func tracesEndWithTheFirstAttemptThatWorks() {
        var draws = Draws(seed: 1, name: "traces")
        var lengths = [Int](repeating: 0, count: 7)
        for _ in 0..<3000 {
            let trace = CountdownTrace(draws: &draws)
            let tokens = trace.tokens
            let target = Int(tokens[4])
            #expect(tokens[3] == Countdown.target && tokens[5] == Countdown.separator)
            #expect(tokens.last == Countdown.end && tokens.count <= Countdown.context)
            let attempts = stride(from: 6, to: tokens.count - 1, by: 11).map { NaiveAttempt(tokens[$0..<($0 + 11)]) }
            lengths[attempts.count] += 1
            for (index, attempt) in attempts.enumerated() {
                #expect(attempt?.isRight == true)
                #expect(attempt?.numbers.sorted() == tokens[..<3].map { Int($0) }.sorted())
                #expect(attempt?.saysItWorks == (index == attempts.count - 1))
                #expect((attempt?.values[1] == target) == (index == attempts.count - 1))
                #expect(attempt?.values.allSatisfy { (0...30).contains($0) } == true)
            }
        }
        for count in lengths[1...] { #expect(abs(count - 500) < 90) }
    }

    /// The attempts contain every order of the numbers with every pair of signs. Two attempts are equal only if two of
    /// the numbers are equal.
    @Test func allAttemptsAreComplete() {
        var signs: Set<CountdownAttempt> = []
        var count = 0
        for a in [2, 3, 7] {
            for b in [2, 3, 7] where b != a {
                for c in [2, 3, 7] where c != a && c != b {
                    for first in [a + b, a - b, a * b] where (0...30).contains(first) {
                        count += [first + c, first - c, first * c].count { (0...30).contains($0) }
                    }
                }
            }
        }
        for attempt in CountdownAttempt.all([2, 3, 7]) { #expect(signs.insert(attempt).inserted) }
        #expect(signs.count == count)
    }

    @Test func judgesWrittenAttempts() throws {
        let problem = CountdownProblem(numbers: [2, 3, 7], target: 13)
        let wrong = try #require(CountdownAttempt([2, 3, 7], [.plus, .plus])).tokens(target: 13)
        let right = try #require(CountdownAttempt([2, 3, 7], [.times, .plus])).tokens(target: 13)
        func answer(_ tokens: [UInt8]) -> CountdownAnswer { CountdownAnswer(problem, tokens: tokens) }
        #expect(answer(wrong + right + [Countdown.end]).isSolved)
        #expect(answer(wrong + right).attempts.map(\.saysItWorks) == [false, true])
        #expect(answer(wrong + right).attempts.map(\.works) == [false, true])

        var unnoticed = right
        unnoticed[10] = Countdown.fails
        #expect(!answer(unnoticed).isSolved)
        #expect(answer(unnoticed).attempts[0].works)

        var miscalculated = right
        miscalculated[4] = 5
        #expect(!answer(miscalculated).isSolved)
        #expect(answer(miscalculated).attempts[0].works, "the attempt reaches the target despite the wrong statement")

        var stolen = right
        stolen[0] = 3
        #expect(!answer(stolen).attempts[0].isValid && !answer(stolen).isSolved)

        var garbled = right
        garbled[3] = Countdown.open
        #expect(answer(wrong + garbled + right).attempts.count == 1, "attempts after a malformed one do not count")
        #expect(answer(Array(right.dropLast())).attempts.isEmpty)
    }

    @Test func answersDoNotDependOnTheBatch() throws {
        let config = try CountdownConfig(tinyCountdown.anyJob.config)
        let model = config.transformer.model(config.shape, seed: 3)
        var draws = Draws(seed: 3, name: "problems")
        let problems = (0..<20).map { _ in CountdownTrace(draws: &draws).problem }
        let all = sampleAnswers(model, problems, seed: 3, name: "answer")
        #expect(sampleAnswers(model, Array(problems[..<7]), seed: 3, name: "answer") == Array(all[..<7]))
        for (problem, answer) in zip(problems, all) {
            #expect(Array(answer.prefix(6)) == problem.prompt)
            #expect(answer.count == Countdown.context || answer.last == Countdown.end)
            #expect(answer.allSatisfy { $0 < Countdown.vocabulary })
        }
        #expect(sampleAnswers(model, problems, seed: 4, name: "answer") != all)
    }

    @Test func weightsRaiseRewardedTracesAndLowerOthers() throws {
        let config = try CountdownConfig(tinyCountdown.anyJob.config)
        var draws = Draws(seed: 5, name: "traces")
        let traces = (0..<2).map { _ in CountdownTrace(draws: &draws).tokens }
        func loss(_ model: Transformer, _ trace: [UInt8]) -> Double {
            var batch = TokenBatch()
            batch.append(trace, firstTarget: Countdown.promptLength)
            var frozen = TransformerTraining(model, TrainingSchedule(steps: 1, learningRate: 0, weightDecay: 0))
            return frozen.update(batch).loss
        }
        let model = config.transformer.model(config.shape, seed: 5)
        var training = TransformerTraining(model, TrainingSchedule(steps: 20, learningRate: 0.001, weightDecay: 0))
        for _ in 0..<20 {
            var batch = TokenBatch()
            batch.append(traces[0], firstTarget: Countdown.promptLength, weight: 0.5)
            batch.append(traces[1], firstTarget: Countdown.promptLength, weight: -0.5)
            _ = training.update(batch)
        }
        #expect(loss(training.model, traces[0]) < loss(model, traces[0]) - 1)
        #expect(loss(training.model, traces[1]) > loss(model, traces[1]) + 1)
    }

    @Test(arguments: [
        ("heads", "5", "the toy model has only 4 heads, not 5"),
        ("neurons", "65", "the toy model has only 64 neurons, not 65"),
    ]) func rejectsMorePartsThanTheModelHas(name: String, count: String, message: String) {
        let job = tinyCountdown.job("ablation", [name: count])
        let mistake = #expect(throws: ConfigMistake.self) {
            try CountdownKernel().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.message == message)
    }

    @Test func rejectsAGainWithoutReinforcement() {
        let job = tinyCountdown.job("reinforcement", [:], ["reinforcement_iterations": "0"])
        let mistake = #expect(throws: ConfigMistake.self) {
            try CountdownKernel().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.name == "reinforcement_iterations")
    }
}
