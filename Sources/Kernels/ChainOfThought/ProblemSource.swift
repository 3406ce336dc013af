import KernelInterface

/// The problems to measure on: unseen problems, or problems with the keys of this run's training problems.
struct ProblemSource {
    let split: PairSplit
    private let config: ChainOfThoughtConfig
    private let seed: UInt64
    private let problems: ProblemSplit
    /// Random keys of training problems by difficulty: one for each problem to measure on, or fewer if training has
    /// fewer. Empty if the problems are unseen.
    private var trained: [[ProblemKey]] = []

    init(_ config: ChainOfThoughtConfig, seed: UInt64, _ problems: ProblemSplit) {
        split = PairSplit(config, seed: seed)
        self.config = config
        self.seed = seed
        self.problems = problems
        if problems == .seen { trained = sampledTrainingKeys() }
    }

    /// The difficulties that have problems. A problem with one permutation has no pair, so it is never unseen.
    var difficulties: ClosedRange<Int> { (problems == .seen ? 1 : 2)...config.task.maps }

    /// Calls `body` with the key of each training problem in order. For an untrained network, these are the problems
    /// that its training would use.
    private func forEachTrainingKey(_ body: (ProblemKey) -> Void) {
        var texts = TrainingTexts(config, split, seed: seed)
        for _ in 0..<config.trainingProblemCount { body(texts.next().problem.key) }
    }

    /// Samples keys uniformly without storing all of them (Vitter 1985, algorithm R).
    private func sampledTrainingKeys() -> [[ProblemKey]] {
        var draws = Draws(seed: seed, name: "seen problems")
        var keys = [[ProblemKey]](repeating: [], count: config.task.maps + 1)
        var counts = [Int](repeating: 0, count: config.task.maps + 1)
        forEachTrainingKey { key in
            let difficulty = key.maps.count
            counts[difficulty] += 1
            if keys[difficulty].count < config.problems {
                keys[difficulty].append(key)
            } else {
                let place = draws.integer(below: counts[difficulty])
                if place < config.problems { keys[difficulty][place] = key }
            }
        }
        return keys
    }

    /// Returns the problems of a difficulty, which are the same for every measurement. Seen problems have the keys of
    /// random training problems, and new places for the identity maps.
    func problems(difficulty: Int) throws(KernelFailure) -> [PermutationProblem] {
        if problems == .seen && trained[difficulty].isEmpty {
            throw KernelFailure(reason: "no training problem has difficulty \(difficulty)")
        }
        var draws = Draws(seed: seed, name: "problems of difficulty \(difficulty)")
        return (0..<config.problems).map { index in
            let key =
                switch problems {
                case .unseen: split.unseenKey(difficulty: difficulty, &draws)
                case .seen: trained[difficulty][index % trained[difficulty].count]
                }
            return config.task.problem(key, &draws)
        }
    }

    /// Returns the share of problems whose key occurs in the training data of this run, as a whole problem or as a part
    /// of one.
    func seenShare(of problems: [PermutationProblem]) -> Double {
        let keys = Set(problems.map(\.key))
        let lengths = Set(keys.map(\.maps.count))
        var found: Set<ProblemKey> = []
        forEachTrainingKey { key in
            for length in lengths {
                found.formUnion(config.task.parts(of: key, length: length).filter(keys.contains))
            }
        }
        return Double(problems.count { found.contains($0.key) }) / Double(problems.count)
    }
}
