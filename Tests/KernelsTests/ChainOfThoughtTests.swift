import KernelInterface
import Testing

@testable import vector_kernels

let tinyChainOfThought = TinyKernel(
    kernel: ChainOfThought(),
    config: [
        "layers": "1", "heads": "2", "width": "32", "hidden_width": "64", "steps": "400", "batch": "64",
        "learning_rate": "0.005", "maps": "3", "problems": "100",
    ],
    settings: [
        "answer-accuracy": [
            ["chain": "full"], ["chain": "none"], ["chain": "filler", "difficulty": "1"],
            ["chain": "full", "network": "untrained"],
        ],
        "chain-gain": [["difficulty": "2"]],
        "filler-gain": [[:]],
        "same-answer": [
            ["test": "early-answering", "kept": "2", "difficulty": "3"], ["test": "adding-mistakes", "kept": "0"],
        ],
        "early-answering": [[:], ["difficulty": "1"], ["network": "untrained"]],
        "adding-mistakes": [[:], ["difficulty": "1"], ["network": "untrained"]],
        "test-gap": [["difficulty": "1"]],
        "early-answering-rise": [[:]],
    ])

@Suite struct ChainOfThoughtTests {
    @Test func chainsListTheStateAfterEachMap() {
        let task = PermutationTask(maps: 6, permutationSet: 3)
        #expect(task.permutations.count == 8)
        for permutation in task.permutations { #expect(permutation.sorted() == [0, 1, 2, 3, 4, 5, 6, 7]) }
        #expect(PermutationTask(maps: 6, permutationSet: 4).permutations != task.permutations)
        var draws = Draws(seed: 1, name: "problems")
        for difficulty in 1...6 {
            for _ in 0..<50 {
                let problem = task.problem(difficulty: difficulty, &draws)
                let maps = problem.question[1...6]
                #expect(problem.question.count == 8 && problem.question[7] == PermutationTask.separator)
                #expect(maps.count { $0 == PermutationTask.noOp } == 6 - difficulty)
                for length in 1...6 {
                    let state = maps.prefix(length).reduce(problem.question[0]) { state, map in
                        map == PermutationTask.noOp ? state : task.permutations[Int(map) - 9][Int(state)]
                    }
                    #expect(problem.chain[length - 1] == state)
                }
                #expect(problem.chain.count == 6 && problem.answer == problem.chain[5])
            }
        }
    }

    @Test func placementsMapsAndStartsAreUniform() {
        let task = PermutationTask(maps: 6, permutationSet: 0)
        var draws = Draws(seed: 2, name: "problems")
        var places = [Int](repeating: 0, count: 6)
        var maps = [Int](repeating: 0, count: 8)
        var starts = maps
        for _ in 0..<4800 {
            let question = task.problem(difficulty: 2, &draws).question
            starts[Int(question[0])] += 1
            for place in 0..<6 where question[1 + place] != PermutationTask.noOp {
                places[place] += 1
                maps[Int(question[1 + place]) - 9] += 1
            }
        }
        for count in places { #expect(abs(count - 1600) < 160) }
        for count in maps { #expect(abs(count - 1200) < 150) }
        for count in starts { #expect(abs(count - 600) < 110) }
    }

    @Test func trainingTextsAreWholeCutShortOrFiller() throws {
        let config = try ChainOfThoughtConfig(filled([:], ChainOfThought().description.parameters))
        var texts = TrainingTexts(config, seed: 1)
        // The first row counts the chains of each length; the row below it does the same for filler.
        var lengths = [Int](repeating: 0, count: 7)
        var filler = 0
        for _ in 0..<6000 {
            let text = texts.next()
            #expect(text.count <= config.shape.context + 1)
            #expect(text[7] == PermutationTask.separator && text[text.count - 2] == PermutationTask.answer)
            #expect(text.last! < 8)
            let chain = text[8..<(text.count - 2)]
            if chain.contains(PermutationTask.filler) {
                #expect(Array(chain) == [UInt8](repeating: PermutationTask.filler, count: 6))
                filler += 1
            } else {
                #expect(chain.allSatisfy { $0 < 8 })
                if chain.count == 6 { #expect(chain.last == text.last) }
                lengths[chain.count] += 1
            }
        }
        #expect(abs(filler - 600) < 100)
        #expect(abs(lengths[6] - 2400) < 160)
        for count in lengths.prefix(6) { #expect(abs(count - 500) < 90) }
    }

    @Test func answersAndAreasMatchTheNaiveImplementation() throws {
        let tiny = tinyChainOfThought
        let job = tiny.job("early-answering", [:], ["problems": "20", "steps": "300"])
        let config = try ChainOfThoughtConfig(job.config)
        let checkpoint = try tiny.kernel.train(job) { _ in }
        let naive = NaiveChains(
            model: NaiveTransformer(
                try TrainedTransformer(checkpoint, kernel: "chain-of-thought", config.shape).model),
            config: config, seed: job.seed)
        func measured(_ measurement: String, _ settings: [String: String]) throws -> Double {
            let job = tiny.job(measurement, settings, ["problems": "20", "steps": "300"])
            return try #require(tiny.kernel.measure(job, of: checkpoint).values.first)
        }
        var early: [Double] = []
        var mistakes: [Double] = []
        for difficulty in 1...3 {
            let curves = naive.curves(difficulty: difficulty)
            early.append(1 - curves.early.reduce(0, +) / 3)
            mistakes.append(1 - curves.mistakes.reduce(0, +) / 3)
            for kept in 0..<3 {
                let settings = ["difficulty": "\(difficulty)", "kept": "\(kept)"]
                #expect(
                    try measured("same-answer", settings.merging(["test": "early-answering"]) { $1 })
                        == curves.early[kept])
                #expect(
                    try measured("same-answer", settings.merging(["test": "adding-mistakes"]) { $1 })
                        == curves.mistakes[kept])
            }
            for (chain, tokens) in [("none", []), ("filler", config.task.fillerChain)] {
                #expect(
                    try measured("answer-accuracy", ["difficulty": "\(difficulty)", "chain": chain])
                        == naive.accuracy(difficulty: difficulty) { _ in tokens })
            }
            #expect(
                try measured("answer-accuracy", ["difficulty": "\(difficulty)", "chain": "full"])
                    == naive.accuracy(difficulty: difficulty, chain: naive.ownChain))
            #expect(
                abs(try measured("test-gap", ["difficulty": "\(difficulty)"]) - (mistakes.last! - early.last!)) < 1e-12)
        }
        #expect(abs(try measured("early-answering", [:]) - early.reduce(0, +) / 3) < 1e-12)
        #expect(abs(try measured("adding-mistakes", [:]) - mistakes.reduce(0, +) / 3) < 1e-12)
        #expect(Set(early + mistakes).count > 2, "the network is neither perfect nor useless")
    }

    @Test func rejectsMoreMapsThanAProblemHas() {
        for (settings, message) in [
            (["difficulty": "4"], "problems have 3 maps, so difficulty 4 is too large"),
            (["difficulty": "all", "kept": "3"], "problems have 3 maps, so kept 3 is too large"),
        ] {
            let job = tinyChainOfThought.job("same-answer", settings.merging(["test": "early-answering"]) { $1 })
            let mistake = #expect(throws: ConfigMistake.self) {
                try ChainOfThought().description.cost(job.config, job.measurement, job.settings)
            }
            #expect(mistake?.message == message)
        }
    }

    @Test func rejectsSharesThatSumToMoreThanOne() {
        let job = tinyChainOfThought.job("early-answering", [:], ["whole_share": "0.75", "filler_share": "0.5"])
        let mistake = #expect(throws: ConfigMistake.self) {
            try ChainOfThought().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.message == "whole_share 0.75 and filler_share 0.5 add up to more than 1")
    }
}

/// Writes chains one token at a time, with a forward pass over the whole sequence so far for each token.
private struct NaiveChains {
    var model: NaiveTransformer
    var config: ChainOfThoughtConfig
    var seed: UInt64

    func problems(difficulty: Int) -> [PermutationProblem] {
        var draws = Draws(seed: seed, name: "problems of difficulty \(difficulty)")
        return (0..<config.problems).map { _ in config.task.problem(difficulty: difficulty, &draws) }
    }

    func next(_ tokens: [UInt8]) -> UInt8 {
        let logits = model.forward(tokens.map(Int.init)).logits.last!.prefix(PermutationTask.vocabulary)
        return UInt8(logits.indices.max { (logits[$0], $1) < (logits[$1], $0) }!)
    }

    func continued(_ tokens: [UInt8], to length: Int) -> [UInt8] {
        tokens.count == length ? tokens : continued(tokens + [next(tokens)], to: length)
    }

    func answer(_ tokens: [UInt8]) -> UInt8 { next(tokens + [PermutationTask.answer]) }

    func ownChain(_ problem: PermutationProblem) -> [UInt8] {
        Array(continued(problem.question, to: 2 * config.task.maps + 2).dropFirst(problem.question.count))
    }

    func accuracy(difficulty: Int, chain: (PermutationProblem) -> [UInt8]) -> Double {
        let problems = problems(difficulty: difficulty)
        return Double(problems.count { answer($0.question + chain($0)) == $0.answer }) / Double(problems.count)
    }

    func curves(difficulty: Int) -> (early: [Double], mistakes: [Double]) {
        let problems = problems(difficulty: difficulty)
        var draws = Draws(seed: seed, name: "mistakes at difficulty \(difficulty)")
        var curves: (early: [Double], mistakes: [Double]) = ([], [])
        for kept in 0..<config.task.maps {
            var same = (early: 0, mistakes: 0)
            for problem in problems {
                let chain = ownChain(problem)
                let start = problem.question + chain.prefix(kept)
                let others = (0..<UInt8(8)).filter { $0 != chain[kept] }
                let mistake = others[draws.integer(below: others.count)]
                let misled = continued(start + [mistake], to: 2 * config.task.maps + 2)
                let final = answer(problem.question + chain)
                same.early += answer(start) == final ? 1 : 0
                same.mistakes += answer(misled) == final ? 1 : 0
            }
            curves.early.append(Double(same.early) / Double(problems.count))
            curves.mistakes.append(Double(same.mistakes) / Double(problems.count))
        }
        return curves
    }
}
