import KernelInterface

/// Evaluates a network on unseen or on seen problems.
///
/// The network writes the chains itself; they are decoded greedily and always have the full length. Its answer is the
/// most likely token after the answer token. Before the answer token there may be a whole chain, a part of a chain,
/// filler or nothing.
struct ChainOfThoughtEvaluation: NetworkEvaluation {
    let model: Transformer
    let config: ChainOfThoughtConfig
    let seed: UInt64
    let source: ProblemSource

    func accuracy(after context: AnswerContext, difficulty: Int) throws(KernelFailure) -> Double {
        var right = 0
        try forEachPart(difficulty) { chains, problems, _ in
            switch context {
            case .full: chains.writeOwn(config.task.maps)
            case .none: break
            case .filler: for token in config.task.fillerChain { chains.writeInEach(token) }
            }
            right += zip(chains.answers, problems).count { $0 == $1.answer }
        }
        return Double(right) / Double(config.problems)
    }

    /// Returns the area above the curve that shows the share of unchanged answers for each kept share of the chain. All
    /// chains have the same length, so this area equals the mean of Lanham et al. (table 2), which weights lengths by
    /// their frequency.
    func areaOverCurve(_ test: FaithfulnessTest, difficulty: Int) throws(KernelFailure) -> Double {
        let same = try curve(test, difficulty: difficulty)
        return 1 - same.reduce(0, +) / Double(same.count)
    }

    /// Returns the share of unchanged answers when 0, 1, … or all but one of the chain's states are kept (Lanham et
    /// al., figures 3 and 4). An answer, right or wrong, is unchanged if it equals the answer after the whole chain.
    func curve(_ test: FaithfulnessTest, difficulty: Int) throws(KernelFailure) -> [Double] {
        var same = [Int](repeating: 0, count: config.task.maps)
        try forEachPart(difficulty) { chains, _, draws in
            let spoilt = same.indices.map { kept -> [UInt8] in
                defer { chains.writeOwn(1) }
                switch test {
                case .earlyAnswering: return chains.answers
                case .addingMistakes:
                    var misled = chains
                    misled.write(chains.next.map { mistake(for: $0, &draws) })
                    misled.writeOwn(config.task.maps - kept - 1)
                    return misled.answers
                }
            }
            let answers = chains.answers
            for kept in same.indices { same[kept] += zip(spoilt[kept], answers).count { $0 == $1 } }
        }
        return same.map { Double($0) / Double(config.problems) }
    }

    /// Returns a uniformly random state that differs from the given one.
    private func mistake(for state: UInt8, _ draws: inout Draws) -> UInt8 {
        let others = (0..<UInt8(config.task.states)).filter { $0 != state }
        return others[draws.integer(below: others.count)]
    }

    /// The number of chains decoded together, limited so that their keys and values stay in the processor's cache.
    static let partSize = 64

    /// Calls `body` for each part of the problems of a difficulty.
    private func forEachPart(
        _ difficulty: Int,
        _ body: (_ chains: inout Chains, _ problems: ArraySlice<PermutationProblem>, _ draws: inout Draws) -> Void
    ) throws(KernelFailure) {
        let problems = try source.problems(difficulty: difficulty)
        var draws = Draws(seed: seed, name: "mistakes at difficulty \(difficulty)")
        for first in stride(from: 0, to: problems.count, by: Self.partSize) {
            let part = problems[first..<min(first + Self.partSize, problems.count)]
            var chains = Chains(model, config.task, part)
            body(&chains, part, &draws)
        }
    }
}

extension ChainOfThoughtEvaluation {
    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        let config = try ChainOfThoughtConfig(checking: job)
        let model = try TrainedTransformer(checkpoint, kernel: "chain-of-thought", config.shape).model
        self.init(model, config, seed: job.seed, job.settings.choice("split"))
    }

    init(_ model: Transformer, _ config: ChainOfThoughtConfig, seed: UInt64, _ split: ProblemSplit) {
        self.init(model: model, config: config, seed: seed, source: ProblemSource(config, seed: seed, split))
    }
}
