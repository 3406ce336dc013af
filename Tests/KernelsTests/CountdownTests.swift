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
        "verdict": [[:], ["split": "seen"], ["network": "untrained"]],
        "search": [[:], ["split": "seen"]],
        "reinforcement": [[:]],
        "overlap": [[:], ["split": "seen"]],
        "verdict-probe": [
            ["position": "verdict-token", "probe": "softmax", "layer": "2"],
            ["position": "last-number", "probe": "ridge", "layer": "1"],
        ],
        "verdict-lead": [["probe": "ridge", "layer": "2"]],
        "ablation": [["heads": "1"], ["heads": "4", "selection": "others"], ["neurons": "8"], [:]],
        "verification-heads": [[:]],
        "head-attention": [[:]],
    ])

/// A countdown attempt, which is read naively token by token.
private struct NaiveAttempt: Equatable {
    var numbers: [Int]
    var results: [Int]
    var isRight: Bool
    var saysItWorks: Bool

    init?(_ tokens: ArraySlice<UInt8>, _ task: CountdownTask) {
        let t = tokens.map { Int($0) }
        let signs = task.mostValue + 1
        guard t.count == 4 * task.numberCount - 1, t[t.count - 2] == Int(task.open) else { return nil }
        (numbers, results, isRight) = ([t[0]], [], true)
        var result = t[0]
        for start in stride(from: 1, to: t.count - 2, by: 4) {
            guard t[start + 2] == Int(task.equals) else { return nil }
            let number = t[start + 1]
            result = [result + number, result - number, result * number][t[start] - signs]
            isRight = isRight && result == t[start + 3]
            numbers.append(number)
            results.append(t[start + 3])
        }
        saysItWorks = t[t.count - 1] == Int(task.works)
    }
}

private let larger = CountdownTask(numberCount: 4, numbers: 5...60, mostValue: 240)
private let largerConfig = ["numbers": "4", "least_number": "5", "most_number": "60", "most_value": "240"]

private func problems(_ task: CountdownTask = CountdownTask(), seed: UInt64) -> CountdownProblems {
    CountdownProblems(task: task, heldOutShare: 0.2, seed: seed, pool: .kept)
}

private func config(_ changes: [String: String] = [:]) throws -> CountdownConfig {
    try CountdownConfig(tinyCountdown.job("verdict", [:], changes).config)
}

/// A problem as the sorted numbers and the target.
private func canonical(_ problem: CountdownProblem) -> [Int] { problem.numbers.sorted() + [problem.target] }

@Suite struct CountdownTests {
    @Test(arguments: [CountdownTask(), larger]) func textsEndWithTheFirstAttemptThatWorks(task: CountdownTask) throws {
        let texts = try CountdownTexts(3000, problems(task, seed: 1), name: "texts")
        let drawn = texts.problems
        let (n, prompt, length) = (task.numberCount, task.numberCount + 3, 4 * task.numberCount - 1)
        var lengths = [Int](repeating: 0, count: 7)
        for index in 0..<texts.count {
            let tokens = Array(texts[index])
            let numbers = tokens[..<n].map { Int($0) }
            let target = Int(tokens[n + 1])
            #expect(tokens[n] == task.target && tokens[n + 2] == task.separator)
            #expect(tokens.last == task.end && tokens.count <= task.context)
            #expect(numbers.allSatisfy(task.numbers.contains))
            #expect(drawn[index] == CountdownProblem(numbers: numbers, target: target))
            let attempts = stride(from: prompt, to: tokens.count - 1, by: length).map {
                NaiveAttempt(tokens[$0..<($0 + length)], task)
            }
            lengths[attempts.count] += 1
            #expect(texts.attemptCount(index) == attempts.count)
            for (place, attempt) in attempts.enumerated() {
                #expect(attempt?.isRight == true)
                #expect(attempt?.numbers.sorted() == numbers.sorted())
                #expect(attempt?.saysItWorks == (place == attempts.count - 1))
                #expect((attempt?.results.last == target) == (place == attempts.count - 1))
                #expect(attempt?.results.allSatisfy { (0...task.mostValue).contains($0) } == true)
            }
        }
        for count in lengths[1...] { #expect(abs(count - 500) < 90) }
    }

    /// The default task has 42 tokens, and no task has more tokens than a byte can hold.
    @Test func tokensFitIntoAByte() throws {
        let small = CountdownTask()
        #expect(small.vocabulary == 42 && small.context == 73 && small.attemptLength == 11 && small.promptLength == 6)
        let task = try config(largerConfig).task
        #expect(task == larger)
        #expect(task.end == 250 && task.vocabulary == 252 && task.context == 98 && task.attemptLength == 15)
        let parameter = CountdownKernel().description.parameters.first { $0.name == "most_value" }
        #expect(parameter?.domain == .integers(1...240))
    }

    /// The attempts contain every order of the numbers with every choice of signs. Two attempts are equal only if two
    /// of the numbers are equal.
    @Test func allAttemptsAreComplete() {
        let task = CountdownTask()
        var count = 0
        var values: Set<Int> = []
        for a in [2, 3, 7] {
            for b in [2, 3, 7] where b != a {
                for c in [2, 3, 7] where c != a && c != b {
                    for first in [a + b, a - b, a * b] where (0...30).contains(first) {
                        let last = [first + c, first - c, first * c].filter { (0...30).contains($0) }
                        count += last.count
                        values.formUnion(last)
                    }
                }
            }
        }
        let attempts = CountdownAttempts([2, 3, 7], task)
        let all = attempts.places { _ in true }.map { attempts[$0] }
        #expect(all.count == count && Set(all).count == count)
        #expect(attempts.reachable == values.sorted())
        for value in values {
            let own = attempts.places { $0 == value }.map { attempts[$0] }
            #expect(!own.isEmpty && own.allSatisfy { $0.value == value })
        }
    }

    /// 65 = 36 - 19 + 55 - 7 (TinyZero's example).
    @Test func reachesTheTargetOfFourNumbers() throws {
        let task = CountdownTask(numberCount: 4, numbers: 1...60, mostValue: 100)
        let attempts = CountdownAttempts([19, 36, 55, 7], task)
        let right = attempts.places { $0 == 65 }.map { attempts[$0] }
        let known = try #require(CountdownAttempt([36, 19, 55, 7], [.minus, .plus, .minus], task))
        #expect(known.results == [17, 72, 65])
        #expect(right.contains(known))
        let problem = CountdownProblem(numbers: [19, 36, 55, 7], target: 65)
        let answer = CountdownAnswer(problem, text: problem.prompt(task) + known.tokens(target: 65, task), task)
        #expect(answer.isSolved)
    }

    @Test func judgesWrittenAttempts() throws {
        let task = CountdownTask()
        let problem = CountdownProblem(numbers: [2, 3, 7], target: 13)
        let wrong = try #require(CountdownAttempt([2, 3, 7], [.plus, .plus], task)).tokens(target: 13, task)
        let right = try #require(CountdownAttempt([2, 3, 7], [.times, .plus], task)).tokens(target: 13, task)
        func answer(_ tokens: [UInt8]) -> CountdownAnswer {
            CountdownAnswer(problem, text: problem.prompt(task) + tokens, task)
        }
        #expect(answer(wrong + right + [task.end]).isSolved)
        #expect(answer(wrong + right).attempts.map(\.saysItWorks) == [false, true])
        #expect(answer(wrong + right).attempts.map(\.works) == [false, true])

        var unnoticed = right
        unnoticed[10] = task.fails
        #expect(!answer(unnoticed).isSolved)
        #expect(answer(unnoticed).attempts[0].works)

        var miscalculated = right
        miscalculated[4] = 5
        #expect(!answer(miscalculated).isSolved)
        #expect(answer(miscalculated).attempts[0].works, "the attempt reaches the target despite the wrong statement")

        var stolen = right
        stolen[0] = 3
        #expect(!answer(stolen).attempts[0].isValid && !answer(stolen).isSolved)

        for (place, token) in [(3, task.open), (1, task.equals), (2, task.works), (9, task.equals), (10, task.open)] {
            var garbled = right
            garbled[place] = token
            #expect(answer(wrong + garbled + right).attempts.count == 1, "attempts after a malformed one do not count")
        }
        #expect(answer(Array(right.dropLast())).attempts.isEmpty)
    }

    /// No held-out problem occurs in the training, even with its numbers in another order, and a fifth is held out.
    @Test(arguments: [[:], largerConfig]) func trainingDrawsNoUnseenProblem(changes: [String: String]) throws {
        let config = try config(changes.merging(["traces": "20000", "reinforcement_iterations": "500"]) { $1 })
        for seed: UInt64 in [1, 2] {
            let training = Set(try config.trainingProblems(seed: seed).map(canonical))
            let rewarded = try config.rewardProblems(seed: seed)
            #expect(rewarded.count == 2000 && training.isSuperset(of: rewarded.map(canonical)))
            let unseen = try config.problems(.unseen, seed: seed).draw(2000, name: "test")
            #expect(training.isDisjoint(with: unseen.map(canonical)))
            let seen = try config.problems(.seen, seed: seed).draw(2000, name: "test")
            #expect(training.isSuperset(of: seen.map(canonical)))

            // The network is measured on problems of the same pools.
            let model = config.transformer.model(config.shape, seed: seed)
            for split in ProblemSplit.allCases {
                let measured = try CountdownEvaluation(model, config, split, seed: seed).texts.problems
                let searched = try CountdownSearch.problems(config, split, seed: seed)
                for problem in measured + searched {
                    #expect(training.contains(canonical(problem)) == (split == .seen))
                }
            }
        }
        let numbers = try config.problems(.unseen, seed: 1).draw(500, name: "test").map(canonical)
        #expect(Set(numbers) != Set(try config.problems(.unseen, seed: 2).draw(500, name: "test").map(canonical)))
    }

    /// With few steps, training does not use all traces, so problems of the unused ones are not seen.
    @Test func seenProblemsAreUsedInTraining() throws {
        let config = try config(["steps": "2", "batch": "3", "reinforcement_iterations": "0"])
        let used = Set(try config.trainingTexts(seed: 1).problems.map(canonical))
        #expect(try config.trainingTexts(seed: 1).count == 6)
        #expect(used == Set(try config.problems(.seen, seed: 1).draw(200, name: "test").map(canonical)))
    }

    @Test func holdsOutTheGivenShareOfProblems() throws {
        for share in [0.1, 0.5] {
            let config = try config(["held_out_share": "\(share)"])
            var count = (heldOut: 0, all: 0)
            let kept = Set(
                try CountdownProblems(task: config.task, heldOutShare: share, seed: 4, pool: .kept)
                    .draw(30000, name: "test").map(canonical))
            for a in 1...9 {
                for b in a...9 {
                    for c in b...9 {
                        for target in CountdownAttempts([a, b, c], config.task).reachable {
                            count.all += 1
                            count.heldOut += kept.contains([a, b, c, target]) ? 0 : 1
                        }
                    }
                }
            }
            #expect(abs(Double(count.heldOut) / Double(count.all) - share) < 0.05, "\(count)")
        }
    }

    @Test func countsAPermutedProblemAsSeen() {
        let training = [[1, 2, 9], [4, 4, 5]].map { CountdownProblem(numbers: $0, target: 12) }
        func share(_ numbers: [Int], _ target: Int) -> Double {
            CountdownOverlap.seenShare([CountdownProblem(numbers: numbers, target: target)], training: training)
        }
        #expect(share([9, 1, 2], 12) == 1)
        #expect(share([4, 5, 4], 12) == 1)
        #expect(share([9, 1, 2], 11) == 0, "another target is another problem")
        #expect(share([4, 5, 5], 12) == 0)
        #expect(CountdownOverlap.seenShare(training, training: [training[0]]) == 0.5)
    }

    /// The share is measured on a run's own training, also for an untrained network.
    @Test(arguments: ["trained", "untrained"]) func measuresTheShareOfSeenProblems(network: String) throws {
        for (split, share) in [("unseen", 0.0), ("seen", 1.0)] {
            let job = tinyCountdown.job("overlap", ["split": split, "network": network], ["steps": "1"])
            let checkpoint = try CountdownKernel().train(job) { _ in }
            #expect(try CountdownKernel().measure(job, of: checkpoint) == ["seen-share": share])
        }
    }

    @Test func partsOfAProbesDataShareNoProblem() throws {
        let drawn = try problems(seed: 1).draw(4000, name: "test")
        var parts: [[Int]: CountdownProbe.Part] = [:]
        var counts = [0, 0, 0]
        for problem in drawn {
            let part = CountdownProbe.Part(of: problem, seed: 1)
            #expect(parts.updateValue(part, forKey: canonical(problem)) ?? part == part)
            counts[part.rawValue] += 1
        }
        for (count, share) in zip(counts, [0.375, 0.125, 0.5]) { #expect(abs(Double(count) / 4000 - share) < 0.05) }

        // If the prior is exactly a half, equally many attempts are right and wrong.
        let job = tinyCountdown.job(
            "verdict-probe", ["position": "verdict-token", "probe": "ridge", "layer": "1"], ["steps": "1"])
        let values = try CountdownKernel().measure(job, of: CountdownKernel().train(job) { _ in })
        #expect(values["verdict-probe-prior-accuracy"] == 0.5)
    }

    @Test func answersDoNotDependOnTheBatch() throws {
        let config = try config()
        let task = config.task
        let model = config.transformer.model(config.shape, seed: 3)
        let problems = try problems(seed: 3).draw(20, name: "problems")
        let all = sampleAnswers(model, problems, task, seed: 3, name: "answer")
        #expect(sampleAnswers(model, Array(problems[..<7]), task, seed: 3, name: "answer") == Array(all[..<7]))
        for (problem, answer) in zip(problems, all) {
            #expect(Array(answer.prefix(6)) == problem.prompt(task))
            #expect(answer.count == task.context || answer.last == task.end)
            #expect(answer.allSatisfy { $0 < task.vocabulary })
        }
        #expect(sampleAnswers(model, problems, task, seed: 4, name: "answer") != all)
    }

    @Test func weightsRaiseRewardedTextsAndLowerOthers() throws {
        let config = try config()
        let texts = try CountdownTexts(2, problems(seed: 5), name: "texts")
        func loss(_ model: Transformer, _ text: Int) -> Double {
            var batch = TokenBatch()
            batch.append(Array(texts[text]), firstTarget: config.task.promptLength)
            var frozen = TransformerTraining(model, TrainingSchedule(steps: 1, learningRate: 0, weightDecay: 0))
            return frozen.update(batch).loss
        }
        let model = config.transformer.model(config.shape, seed: 5)
        var training = TransformerTraining(model, TrainingSchedule(steps: 20, learningRate: 0.001, weightDecay: 0))
        for _ in 0..<20 {
            var batch = TokenBatch()
            batch.append(Array(texts[0]), firstTarget: config.task.promptLength, weight: 0.5)
            batch.append(Array(texts[1]), firstTarget: config.task.promptLength, weight: -0.5)
            _ = training.update(batch)
        }
        #expect(loss(training.model, 0) < loss(model, 0) - 1)
        #expect(loss(training.model, 1) > loss(model, 1) + 1)
    }

    /// Attempts on four numbers have more tokens to probe, and all measurements work on them.
    @Test func measuresATaskOfFourNumbers() throws {
        let changes = largerConfig.merging(["steps": "2", "reinforcement_iterations": "1"]) { $1 }
        let probed = ["probe": "ridge", "layer": "1"]
        for (measurement, settings) in [
            ("verdict-probe", probed.merging(["position": "third-equals"]) { $1 }), ("verdict-lead", probed),
            ("search", [:]), ("reinforcement", ["split": "seen"]), ("head-attention", [:]),
        ] {
            let job = tinyCountdown.job(measurement, settings, changes)
            _ = try CountdownKernel().description.cost(job.config, job.measurement, job.settings)
            let checkpoint = try CountdownKernel().train(job) { _ in }
            #expect(try !CountdownKernel().measure(job, of: checkpoint).isEmpty)
        }
    }

    private func mistake(_ measurement: String, _ settings: [String: String], _ changes: [String: String])
        -> ConfigMistake?
    {
        let job = tinyCountdown.job(measurement, settings, changes)
        return #expect(throws: ConfigMistake.self) {
            try CountdownKernel().description.cost(job.config, job.measurement, job.settings)
        }
    }

    @Test(arguments: [
        ("heads", "5", "the toy model has only 4 heads, not 5"),
        ("neurons", "65", "the toy model has only 64 neurons, not 65"),
    ]) func rejectsMorePartsThanTheModelHas(name: String, count: String, message: String) {
        #expect(mistake("ablation", [name: count], [:])?.message == message)
    }

    @Test func rejectsAGainWithoutReinforcement() {
        #expect(mistake("reinforcement", [:], ["reinforcement_iterations": "0"])?.name == "reinforcement_iterations")
    }

    @Test(arguments: [
        (["least_number": "10"], "least_number", "least_number 10 is larger than most_number 9"),
        (["most_number": "31"], "most_value", "most_value 30 is smaller than most_number 31"),
    ]) func rejectsNumbersWithoutTokens(changes: [String: String], name: String, message: String) {
        let found = mistake("verdict", [:], changes)
        #expect(found?.name == name && found?.message == message)
    }

    @Test func rejectsATokenThatAttemptsDoNotHave() {
        let settings = ["position": "fourth-number", "probe": "ridge", "layer": "1"]
        #expect(mistake("verdict-probe", settings, [:])?.message == "attempts on 3 numbers have no \"fourth-number\"")
    }

    /// The settings may be wrong for the config, or the task may have too few problems for the seed.
    @Test func rejectsASplitWithoutProblems() throws {
        let everything = ["held_out_share": "0"]
        #expect(mistake("verdict", ["split": "unseen"], everything)?.name == "split")
        let job = tinyCountdown.job("verdict", ["split": "seen"], everything)
        let cost = try CountdownKernel().description.cost(job.config, job.measurement, job.settings)
        #expect(cost.measuringSeconds < 10)

        #expect(
            mistake("verdict", ["split": "seen"], ["steps": "0", "reinforcement_iterations": "0"])?.name == "split")

        let single = [
            "least_number": "3", "most_number": "3", "most_value": "3", "traces": "5", "held_out_share": "0.01",
        ]
        let config = try config(single)
        #expect(Set(try config.trainingProblems(seed: 1).map(\.target)) == [0, 3])
        let failure = #expect(throws: KernelFailure.self) {
            try config.problems(.unseen, seed: 1).draw(1, name: "test")
        }
        #expect(failure?.reason.hasPrefix("100000 drawn problems were all kept for the training") == true)
    }
}
