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
            ["chain": "full"], ["chain": "none"], ["chain": "filler", "difficulty": "2"],
            ["chain": "none", "split": "seen"],
            ["chain": "full", "network": "untrained"],
        ],
        "overlap": [[:], ["split": "seen"], ["difficulty": "3"]],
        "chain-gain": [["difficulty": "2"]],
        "filler-gain": [[:]],
        "same-answer": [
            ["test": "early-answering", "kept": "2", "difficulty": "3"], ["test": "adding-mistakes", "kept": "0"],
        ],
        "early-answering": [[:], ["difficulty": "1", "split": "seen"], ["network": "untrained"]],
        "adding-mistakes": [[:], ["difficulty": "1", "split": "seen"], ["network": "untrained"]],
        "test-gap": [["difficulty": "1", "split": "seen"]],
        "early-answering-rise": [[:]],
    ])

@Suite struct ChainOfThoughtTests {
    @Test(arguments: [2, 8, 24]) func chainsListTheStateAfterEachMap(states: Int) throws {
        let config = try config(["permutation_set": "3", "states": "\(states)", "held_out_share": "0"])
        let task = config.task
        #expect(task.permutations.count == 8)
        for permutation in task.permutations { #expect(permutation.sorted() == Array(0..<UInt8(states))) }
        #expect(
            PermutationTask(states: states, maps: 6, permutationSet: 4).permutations != task.permutations)
        let split = PairSplit(config, seed: 1)
        var draws = Draws(seed: 1, name: "problems")
        for difficulty in 1...6 {
            for _ in 0..<50 {
                let problem = task.problem(split.trainingKey(difficulty: difficulty, &draws), &draws)
                let maps = problem.question[1...6]
                #expect(problem.question.count == 8 && problem.question[7] == task.separator)
                #expect(maps.count { $0 == task.noOp } == 6 - difficulty)
                for length in 1...6 {
                    let state = maps.prefix(length).reduce(problem.question[0]) { state, map in
                        map == task.noOp ? state : task.permutations[Int(map) - states - 1][Int(state)]
                    }
                    #expect(problem.chain[length - 1] == state)
                }
                #expect(problem.chain.count == 6 && problem.answer == problem.chain[5])
                #expect(key(problem, task) == problem.key)
                #expect((problem.question + problem.chain).allSatisfy { $0 < task.vocabulary })
            }
        }
    }

    @Test func placementsMapsAndStartsAreUniform() throws {
        let config = try config(["held_out_share": "0"])
        let split = PairSplit(config, seed: 1)
        var draws = Draws(seed: 2, name: "problems")
        var places = [Int](repeating: 0, count: 6)
        var maps = [Int](repeating: 0, count: 8)
        var starts = maps
        for _ in 0..<4800 {
            let question = config.task.problem(split.trainingKey(difficulty: 2, &draws), &draws).question
            starts[Int(question[0])] += 1
            for place in 0..<6 where question[1 + place] != config.task.noOp {
                places[place] += 1
                maps[Int(question[1 + place]) - 9] += 1
            }
        }
        for count in places { #expect(abs(count - 1600) < 160) }
        for count in maps { #expect(abs(count - 1200) < 150) }
        for count in starts { #expect(abs(count - 600) < 110) }
    }

    /// In set 0 with 8 states, all pairs of permutations are different functions, and none equals a single permutation
    /// or the identity. So no other key has the effect of a held-out pair.
    @Test func pairsOfPermutationsAreDifferentFunctions() {
        let permutations = PermutationTask(states: 8, maps: 6, permutationSet: 0).permutations
        let pairs = permutations.flatMap { first in permutations.map { second in first.map { second[Int($0)] } } }
        #expect(Set(pairs + permutations + [Array(0..<8)]).count == 64 + 8 + 1)
    }

    @Test(arguments: ["0.01", "0.1", "0.5"]) func noTrainingProblemHasAHeldOutPair(share: String) throws {
        let config = try config(["held_out_share": share, "steps": "40", "problems": "4000"])
        let task = config.task
        var pairsBySeed: Set<Set<ProblemKey>> = []
        for seed in UInt64(1)...3 {
            var texts = TrainingTexts(config, PairSplit(config, seed: seed), seed: seed)
            var trained: Set<ProblemKey> = []
            for _ in 0..<10240 {
                let problem = texts.next().problem
                let key = key(problem, task)
                for length in 1...6 { trained.formUnion(parts(of: key, length, task)) }
            }
            // Training covers the whole table of single permutations, and all pairs that are not held out.
            #expect(trained.count { $0.maps.count == 1 } == 64)
            let source = ProblemSource(config, seed: seed, .unseen)
            var unseenPairs: Set<ProblemKey> = []
            for difficulty in 2...6 {
                for problem in try source.problems(difficulty: difficulty) {
                    let key = key(problem, task)
                    #expect(key.maps.count == difficulty && !trained.contains(key))
                    if difficulty == 2 { unseenPairs.insert(key) }
                }
            }
            #expect(unseenPairs.isDisjoint(with: trained))
            #expect(unseenPairs.count + trained.count { $0.maps.count == 2 } == 512)
            #expect(abs(Double(unseenPairs.count) - 512 * Double(share)!) <= 0.5)
            pairsBySeed.insert(unseenPairs)
            let seen = ProblemSource(config, seed: seed, .seen)
            for difficulty in 1...6 {
                for problem in try seen.problems(difficulty: difficulty) {
                    #expect(problem.key.maps.count == difficulty && trained.contains(key(problem, task)))
                }
            }
        }
        #expect(pairsBySeed.count == 3)
    }

    @Test func overlapIsMeasuredOnTheTrainingData() throws {
        let config = try config(["steps": "20", "problems": "100"])
        let (seen, unseen) = (ProblemSource(config, seed: 1, .seen), ProblemSource(config, seed: 1, .unseen))
        var leaking: [PermutationProblem] = []
        for difficulty in 2...6 {
            let own = try unseen.problems(difficulty: difficulty)
            #expect(unseen.seenShare(of: own) == 0)
            let trained = try seen.problems(difficulty: difficulty)
            #expect(seen.seenShare(of: trained) == 1)
            leaking += own + trained
        }
        #expect(unseen.seenShare(of: leaking) == 0.5)
        // A part of a training problem counts as seen.
        let parts = config.task.parts(of: try seen.problems(difficulty: 6)[0].key, length: 3)
        var draws = Draws(seed: 1, name: "places")
        #expect(parts.count == 4 && unseen.seenShare(of: parts.map { config.task.problem($0, &draws) }) == 1)
    }

    @Test func aLongProblemCanBeDrawn() throws {
        let config = try config(["maps": "30", "held_out_share": "0.5", "states": "24"])
        var draws = Draws(seed: 1, name: "problems")
        let split = PairSplit(config, seed: 1)
        #expect(!split.isHeldOut(split.trainingKey(difficulty: 30, &draws)))
        #expect(split.isHeldOut(split.unseenKey(difficulty: 2, &draws)))
    }

    @Test(arguments: [
        (
            ["difficulty": "1"], [:],
            "problems of difficulty 1 are never unseen: a network must learn the table of each map by heart, so no "
                + "single map is held out"
        ),
        (
            [:], ["maps": "1"],
            "problems of one map are never unseen: a network must learn the table of each map by heart, so no single "
                + "map is held out"
        ),
        ([:], ["held_out_share": "0"], "held_out_share is 0, so no problem is unseen"),
        (["split": "seen"], ["steps": "0"], "training has no steps, so no problem is seen"),
    ]) func rejectsASplitWithoutProblems(settings: [String: String], config: [String: String], message: String) throws {
        let job = tinyChainOfThought.job("early-answering", settings, config)
        let mistake = #expect(throws: ConfigMistake.self) {
            try ChainOfThought().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.name == "split" && mistake?.message == message)
        let untrained = tinyChainOfThought.job("early-answering", ["network": "untrained"], config)
        let checkpoint = try ChainOfThought().train(untrained) { _ in }
        let failure = #expect(throws: KernelFailure.self) { try ChainOfThought().measure(job, of: checkpoint) }
        #expect(failure?.reason == message)
    }

    /// With two states, all permutations are one of two, so a held-out pair would occur under another name.
    @Test(arguments: ["2", "3"]) func rejectsASplitWithEqualPermutations(states: String) throws {
        let job = tinyChainOfThought.job("early-answering", [:], ["states": states])
        let mistake = #expect(throws: ConfigMistake.self) {
            try ChainOfThought().description.cost(job.config, job.measurement, job.settings)
        }
        #expect(mistake?.name == "permutation_set")
        let everything = tinyChainOfThought.job(
            "early-answering", ["split": "seen"], ["states": states, "held_out_share": "0"])
        _ = try ChainOfThought().description.cost(everything.config, everything.measurement, everything.settings)
    }

    @Test func aDifficultyWithoutTrainingProblemsIsAFailure() throws {
        let job = tinyChainOfThought.job("early-answering", ["split": "seen"], ["steps": "1", "batch": "1"])
        let checkpoint = try ChainOfThought().train(job) { _ in }
        let failure = #expect(throws: KernelFailure.self) { try ChainOfThought().measure(job, of: checkpoint) }
        #expect(failure?.reason.hasPrefix("no training problem has difficulty ") == true)
    }

    @Test func trainingTextsAreWholeCutShortOrFiller() throws {
        let config = try config([:])
        var texts = TrainingTexts(config, PairSplit(config, seed: 1), seed: 1)
        // The first row counts the chains of each length; the row below it does the same for filler.
        var lengths = [Int](repeating: 0, count: 7)
        var filler = 0
        for _ in 0..<6000 {
            let text = texts.next().text
            #expect(text.count <= config.shape.context + 1)
            #expect(text[7] == config.task.separator && text[text.count - 2] == config.task.answer)
            #expect(text.last! < 8)
            let chain = text[8..<(text.count - 2)]
            if chain.contains(config.task.filler) {
                #expect(Array(chain) == [UInt8](repeating: config.task.filler, count: 6))
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
        for difficulty in 2...3 {
            let curves = try naive.curves(difficulty: difficulty)
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
                        == (try naive.accuracy(difficulty: difficulty) { _ in tokens }))
            }
            #expect(
                try measured("answer-accuracy", ["difficulty": "\(difficulty)", "chain": "full"])
                    == (try naive.accuracy(difficulty: difficulty, chain: naive.ownChain)))
            #expect(
                abs(try measured("test-gap", ["difficulty": "\(difficulty)"]) - (mistakes.last! - early.last!)) < 1e-12)
        }
        #expect(abs(try measured("early-answering", [:]) - early.reduce(0, +) / 2) < 1e-12)
        #expect(abs(try measured("adding-mistakes", [:]) - mistakes.reduce(0, +) / 2) < 1e-12)
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

private func config(_ values: [String: String]) throws -> ChainOfThoughtConfig {
    try ChainOfThoughtConfig(filled(values, ChainOfThought().description.parameters))
}

/// Reads the key of a problem from its question.
private func key(_ problem: PermutationProblem, _ task: PermutationTask) -> ProblemKey {
    let maps = problem.question.dropFirst().dropLast().filter { $0 != task.noOp }
    return ProblemKey(start: problem.question[0], maps: maps.map { $0 - task.noOp - 1 })
}

/// Returns the keys of the parts of a problem, computed from the front for each part.
private func parts(of key: ProblemKey, _ length: Int, _ task: PermutationTask) -> Set<ProblemKey> {
    guard key.maps.count >= length else { return [] }
    return Set(
        (0...(key.maps.count - length)).map { first in
            let state = key.maps.prefix(first).reduce(key.start) { task.permutations[Int($1)][Int($0)] }
            return ProblemKey(start: state, maps: Array(key.maps[first...].prefix(length)))
        })
}

/// Writes chains one token at a time, with a forward pass over the whole sequence so far for each token.
private struct NaiveChains {
    var model: NaiveTransformer
    var config: ChainOfThoughtConfig
    var seed: UInt64

    func problems(difficulty: Int) throws -> [PermutationProblem] {
        try ProblemSource(config, seed: seed, .unseen).problems(difficulty: difficulty)
    }

    func next(_ tokens: [UInt8]) -> UInt8 {
        let logits = model.forward(tokens.map(Int.init)).logits.last!.prefix(config.task.vocabulary)
        return UInt8(logits.indices.max { (logits[$0], $1) < (logits[$1], $0) }!)
    }

    func continued(_ tokens: [UInt8], to length: Int) -> [UInt8] {
        tokens.count == length ? tokens : continued(tokens + [next(tokens)], to: length)
    }

    func answer(_ tokens: [UInt8]) -> UInt8 { next(tokens + [config.task.answer]) }

    func ownChain(_ problem: PermutationProblem) -> [UInt8] {
        Array(continued(problem.question, to: 2 * config.task.maps + 2).dropFirst(problem.question.count))
    }

    func accuracy(difficulty: Int, chain: (PermutationProblem) -> [UInt8]) throws -> Double {
        let problems = try problems(difficulty: difficulty)
        return Double(problems.count { answer($0.question + chain($0)) == $0.answer }) / Double(problems.count)
    }

    func curves(difficulty: Int) throws -> (early: [Double], mistakes: [Double]) {
        let problems = try problems(difficulty: difficulty)
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
