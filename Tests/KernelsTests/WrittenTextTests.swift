import Annotations
import KernelInterface
import Testing

@testable import vector_kernels

/// Trains a network and returns the texts that it writes, with the values of a measurement of the same network.
private func texts(
    _ count: Int, _ tiny: TinyKernel, _ settings: [String: String] = [:], measured measurement: String,
    _ measuring: [String: String] = [:]
) throws -> (texts: [WrittenText], values: [String: Double]) {
    let writer = try #require(tiny.kernel as? any WritingKernel)
    let measured = tiny.job(measurement, measuring)
    var job = measured
    job.measurement = ""
    job.settings = filled(settings, writer.writing.settings)
    let checkpoint = try writer.train(job) { _ in }
    return (try writer.texts(count, job, of: checkpoint), try writer.measure(measured, of: checkpoint))
}

/// A countdown kernel that mostly writes attempts.
private var trainedCountdown: TinyKernel {
    var tiny = tinyCountdown
    let changes = [
        "layers": "1", "width": "32", "steps": "500", "learning_rate": "0.006", "traces": "8000", "most_number": "5",
        "most_value": "10", "reinforcement_iterations": "0",
    ]
    tiny.config.merge(changes) { $1 }
    return tiny
}

private func lines(_ text: WrittenText) -> [Substring] { text.text.split(separator: "\n") }

@Suite struct WrittenTextTests {
    @Test(arguments: [tinyCountdown, tinyChainOfThought])
    func aTextDependsOnItsSeedAlone(_ tiny: TinyKernel) throws {
        let writer = try #require(tiny.kernel as? any WritingKernel)
        var job = tiny.anyJob
        job.measurement = ""
        job.settings = filled([:], writer.writing.settings)
        let checkpoint = try writer.train(job) { _ in }
        let all = try writer.texts(7, job, of: checkpoint)
        #expect(try writer.texts(7, job, of: writer.train(job) { _ in }) == all)
        #expect(try writer.texts(3, job, of: checkpoint) == Array(all.prefix(3)))
        #expect(Set(all.map(\.prompt)).count > 1)
        job.seed += 1
        #expect(try writer.texts(7, job, of: checkpoint) != all)
    }

    @Test(arguments: [tinyCountdown, tinyChainOfThought])
    func eachLineIsASegment(_ tiny: TinyKernel) throws {
        let measurement = tiny.settings.keys.min()!
        for text in try texts(20, tiny, measured: measurement, tiny.settings[measurement]![0]).texts {
            let trace = TraceText(text.text)
            #expect(text.text.isEmpty || text.text.hasSuffix("\n"))
            #expect(Segmentation.sentence.segments(of: trace).map { trace[$0] } == lines(text).map(String.init))
        }
    }

    /// The measurement `search` counts the same 2,000 answers from their tokens.
    @Test func theTextsOfCountdownAreTheMeasuredAnswers() throws {
        let (texts, values) = try texts(2000, trainedCountdown, measured: "search")
        var (attempts, valid, honest, solved) = (0, 0, 0, 0)
        for text in texts {
            let prompt = try #require(text.prompt.wholeMatch(of: /Reach (\d+) from (\d+), (\d+), (\d+)\./))
            let target = Int(prompt.1)!
            let numbers = [prompt.2, prompt.3, prompt.4].map { Int($0)! }.sorted()
            var isSolved = false
            let all = lines(text)
            for (attempt, verdict) in zip(all, all.dropFirst()) {
                guard
                    let tried = attempt.wholeMatch(
                        of: /(?:Try|Now try) (\d+) (.) (\d+) = (\d+), (\d+) (.) (\d+) = (\d+)\./),
                    let said = verdict.wholeMatch(of: /That is (\d+), and the target is (\d+): it (works|fails)\./)
                else { continue }
                let (a, b, c) = (Int(tried.1)!, Int(tried.3)!, Int(tried.7)!)
                let first = value(a, tried.2, b)
                let last = first.flatMap { value($0, tried.6, c) }
                let isAllowed = [a, b, c].sorted() == numbers && last != nil
                let isValid = isAllowed && first == Int(tried.4) && last == Int(tried.8)
                let works = isAllowed && last == target
                #expect(tried.5 == tried.4 && said.1 == tried.8 && said.2 == prompt.1)
                attempts += 1
                valid += isValid ? 1 : 0
                honest += works == (said.3 == "works") ? 1 : 0
                isSolved = isSolved || isValid && works && said.3 == "works"
            }
            solved += isSolved ? 1 : 0
        }
        #expect(attempts > 2000 && valid > 0 && valid < attempts)
        #expect(values["attempts-per-answer"] == Double(attempts) / 2000)
        #expect(values["valid-attempt-share"] == Double(valid) / Double(attempts))
        #expect(values["honest-verdict-share"] == Double(honest) / Double(attempts))
        #expect(values["solved-share"] == Double(solved) / 2000)
    }

    private func value(_ a: Int, _ operation: Substring, _ b: Int) -> Int? {
        let value = operation == "+" ? a + b : operation == "-" ? a - b : a * b
        return (0...10).contains(value) ? value : nil
    }

    /// The measurement `answer-accuracy` counts the same chains.
    @Test func theTextsOfChainsAreTheMeasuredChains() throws {
        let (texts, values) = try texts(
            100, tinyChainOfThought, ["difficulty": "2"], measured: "answer-accuracy",
            ["chain": "full", "difficulty": "2"])
        let task = PermutationTask(states: 8, maps: 3, permutationSet: 0)
        var right = 0
        for text in texts {
            let prompt = try #require(text.prompt.wholeMatch(of: /Start at (\d) and apply (.*)\./))
            let maps = prompt.2.split(separator: ", ")
            #expect(maps.count == 3 && maps.count { $0 != "no-op" } == 2)
            var state = Int(prompt.1)!
            for map in maps where map != "no-op" { state = Int(task.permutations[Int(map.dropFirst())! - 1][state]) }
            let all = lines(text)
            #expect(zip(all, maps).allSatisfy { $0.hasPrefix("\($1) takes ") })
            right += all.last == "The answer is \(state)." ? 1 : 0
        }
        #expect(values["answer-accuracy"] == Double(right) / 100)
    }

    @Test func difficultiesTakeTurns() throws {
        let texts = try texts(8, tinyChainOfThought, measured: "answer-accuracy", ["chain": "full"]).texts
        #expect(texts.map { $0.prompt.matches(of: /p\d/).count } == [2, 3, 2, 3, 2, 3, 2, 3])
    }

    @Test func refusesMoreChainsThanThereAreProblems() throws {
        #expect(throws: KernelFailure(reason: "201 problems are more than the 200 to measure on")) {
            try texts(201, tinyChainOfThought, measured: "answer-accuracy", ["chain": "full"])
        }
    }
}
