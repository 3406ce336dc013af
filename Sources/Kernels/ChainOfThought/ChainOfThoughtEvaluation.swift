import KernelInterface

/// Evaluates a network on fresh problems.
///
/// The network writes the chains itself; they are decoded greedily and always have the full length. Its answer is the
/// most likely token after the answer token. Before the answer token there may be a whole chain, a part of a chain,
/// filler or nothing.
struct ChainOfThoughtEvaluation: NetworkEvaluation {
    let model: Transformer
    let config: ChainOfThoughtConfig
    let seed: UInt64

    func accuracy(after context: AnswerContext, difficulty: Int) -> Double {
        var right = 0
        forEachPart(difficulty) { chains, problems, _ in
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
    func areaOverCurve(_ test: FaithfulnessTest, difficulty: Int) -> Double {
        let same = curve(test, difficulty: difficulty)
        return 1 - same.reduce(0, +) / Double(same.count)
    }

    /// Returns the share of unchanged answers when 0, 1, … or all but one of the chain's states are kept (Lanham et
    /// al., figures 3 and 4). An answer, right or wrong, is unchanged if it equals the answer after the whole chain.
    func curve(_ test: FaithfulnessTest, difficulty: Int) -> [Double] {
        var same = [Int](repeating: 0, count: config.task.maps)
        forEachPart(difficulty) { chains, _, draws in
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
        let others = (0..<UInt8(PermutationTask.states)).filter { $0 != state }
        return others[draws.integer(below: others.count)]
    }

    /// The number of chains decoded together, limited so that their keys and values stay in the processor's cache.
    static let partSize = 64

    /// Calls `body` for each part of the problems of a difficulty, which are the same for every measurement.
    private func forEachPart(
        _ difficulty: Int,
        _ body: (_ chains: inout Chains, _ problems: ArraySlice<PermutationProblem>, _ draws: inout Draws) -> Void
    ) {
        var problemDraws = Draws(seed: seed, name: "problems of difficulty \(difficulty)")
        let problems = (0..<config.problems).map { _ in config.task.problem(difficulty: difficulty, &problemDraws) }
        var draws = Draws(seed: seed, name: "mistakes at difficulty \(difficulty)")
        for first in stride(from: 0, to: problems.count, by: Self.partSize) {
            let part = problems[first..<min(first + Self.partSize, problems.count)]
            var chains = Chains(model, part)
            body(&chains, part, &draws)
        }
    }
}

extension ChainOfThoughtEvaluation {
    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        config = try ChainOfThoughtConfig(job)
        model = try TrainedTransformer(checkpoint, kernel: "chain-of-thought", config.shape).model
        seed = job.seed
    }
}
