import KernelInterface

/// The problems of one run.
struct CountdownProblems {
    enum Pool {
        /// The problems that training may draw.
        case kept
        /// The problems that training never draws.
        case heldOut
        /// The problems that training has drawn, each as often as training drew it.
        case seen([CountdownProblem])
    }

    let task: CountdownTask
    let heldOutShare: Double
    let seed: UInt64
    let pool: Pool

    /// If none of this many drawn problems is in the pool, the pool counts as empty.
    private static let mostDraws = 100_000

    /// Draws three or four numbers uniformly, and a target uniformly from the values that these numbers can reach.
    /// Repeats this until the problem is in the pool, so that the problems of a pool have the distribution of the task.
    func draw(_ draws: inout Draws) throws(KernelFailure) -> (problem: CountdownProblem, attempts: CountdownAttempts) {
        let isWantedHeldOut: Bool
        switch pool {
        case .kept: isWantedHeldOut = false
        case .heldOut: isWantedHeldOut = true
        case .seen(let problems):
            let problem = problems[draws.integer(below: problems.count)]
            return (problem, CountdownAttempts(problem.numbers, task))
        }
        for _ in 0..<Self.mostDraws {
            let numbers = (0..<task.numberCount).map { _ in
                task.numbers.lowerBound + draws.integer(below: task.numbers.count)
            }
            let attempts = CountdownAttempts(numbers, task)
            let reachable = attempts.reachable
            // If all attempts have one value, there is no wrong attempt.
            guard reachable.count > 1 else { continue }
            let problem = CountdownProblem(numbers: numbers, target: reachable[draws.integer(below: reachable.count)])
            if isHeldOut(problem) == isWantedHeldOut { return (problem, attempts) }
        }
        throw KernelFailure(
            reason: "\(Self.mostDraws) drawn problems were all \(isWantedHeldOut ? "kept for" : "held out of") the "
                + "training: the task has too few problems for held_out_share \(heldOutShare)")
    }

    func draw(_ count: Int, name: String) throws(KernelFailure) -> [CountdownProblem] {
        var draws = Draws(seed: seed, name: name)
        var problems: [CountdownProblem] = []
        for _ in 0..<count { problems.append(try draw(&draws).problem) }
        return problems
    }

    /// Draws a text: a problem, a uniform number of wrong attempts, and a right one. Attempts are drawn uniformly from
    /// those whose results have a token.
    func drawText(_ draws: inout Draws) throws(KernelFailure) -> [UInt8] {
        let (problem, attempts) = try draw(&draws)
        let right = attempts.places { $0 == problem.target }
        let wrong = attempts.places { $0 != problem.target }
        var places = (0..<draws.integer(below: CountdownTask.wrongAttempts.count)).map { _ in
            wrong[draws.integer(below: wrong.count)]
        }
        places.append(right[draws.integer(below: right.count)])
        return problem.prompt(task)
            + places.flatMap { attempts[$0].tokens(target: problem.target, task) } + [task.end]
    }

    private func isHeldOut(_ problem: CountdownProblem) -> Bool {
        uniform(seed: seed, name: "held-out problems", key: problem.key) < heldOutShare
    }
}

/// Returns a number in [0, 1) that depends only on the seed, the name and the key. It is uniformly distributed over
/// keys.
func uniform(seed: UInt64, name: String, key: UInt64) -> Double {
    var stream = RandomStream(seed: seed, name: name)
    stream.block = key
    return Double(stream.nextWords().0[0]) * 0x1p-32
}

/// Texts of the task, concatenated.
struct CountdownTexts {
    let task: CountdownTask
    private var tokens: [UInt8] = []
    /// The start of each text, and the end of the last one.
    private var starts = [0]

    /// Draws texts.
    init(_ count: Int, _ problems: CountdownProblems, name: String) throws(KernelFailure) {
        task = problems.task
        var draws = Draws(seed: problems.seed, name: name)
        for _ in 0..<count {
            tokens += try problems.drawText(&draws)
            starts.append(tokens.count)
        }
    }

    var count: Int { starts.count - 1 }

    subscript(index: Int) -> ArraySlice<UInt8> { tokens[starts[index]..<starts[index + 1]] }

    func attemptCount(_ index: Int) -> Int { (self[index].count - task.promptLength) / task.attemptLength }

    /// The problem of each text.
    var problems: [CountdownProblem] {
        (0..<count).map { index in
            let prompt = self[index].prefix(task.promptLength).map { Int($0) }
            return CountdownProblem(numbers: Array(prompt[..<task.numberCount]), target: prompt[task.numberCount + 1])
        }
    }
}

extension CountdownConfig {
    private func problems(_ pool: CountdownProblems.Pool, seed: UInt64) -> CountdownProblems {
        CountdownProblems(task: task, heldOutShare: heldOutShare, seed: seed, pool: pool)
    }

    /// The number of texts that training uses. With few steps, it does not reach all traces.
    var trainingTextCount: Int { min(traces, transformer.batch * (transformer.steps + reinforcement.iterations)) }

    /// Returns the texts to imitate.
    func trainingTexts(seed: UInt64) throws(KernelFailure) -> CountdownTexts {
        try CountdownTexts(trainingTextCount, problems(.kept, seed: seed), name: "training traces")
    }

    /// Returns the problems of all reinforcement steps, in order.
    func rewardProblems(seed: UInt64) throws(KernelFailure) -> [CountdownProblem] {
        try problems(.kept, seed: seed).draw(
            reinforcement.iterations * reinforcement.problems, name: "problems to be rewarded on")
    }

    /// Returns the problems of the whole training; for an untrained network, those that training would use.
    func trainingProblems(seed: UInt64) throws(KernelFailure) -> [CountdownProblem] {
        try trainingTexts(seed: seed).problems + rewardProblems(seed: seed)
    }

    /// Returns the problems of a split; throws if it has none.
    func problems(_ split: ProblemSplit, seed: UInt64) throws(KernelFailure) -> CountdownProblems {
        do throws(ConfigMistake) {
            try HeldOutShare.check(heldOutShare, split, trained: trainingTextCount)
        } catch {
            throw KernelFailure(reason: error.message)
        }
        switch split {
        case .seen: return problems(.seen(try trainingProblems(seed: seed)), seed: seed)
        case .unseen: return problems(.heldOut, seed: seed)
        }
    }
}
