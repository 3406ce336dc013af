import KernelInterface

/// What a network makes of fresh problems.
///
/// Chains are the network's own, decoded greedily and always as long as a whole one; then the answer is called for, and is
/// the most likely of all tokens. Answers without a chain, after a part of one and after filler are called for likewise.
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

    /// The area over the curve of same answers, against the share of the chain that is kept. All chains are of one length,
    /// so the mean over lengths of Lanham et al. (table 2), weighted by how frequent each is, is the area of this one.
    func areaOverCurve(_ test: FaithfulnessTest, difficulty: Int) -> Double {
        let same = curve(test, difficulty: difficulty)
        return 1 - same.reduce(0, +) / Double(same.count)
    }

    /// The share of problems with the same answer, right or wrong, as after the whole chain, when 0, 1, … all but one of
    /// its states are kept (Lanham et al., figures 3 and 4).
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

    /// Any other state with equal chance.
    private func mistake(for state: UInt8, _ draws: inout Draws) -> UInt8 {
        let others = (0..<UInt8(PermutationTask.states)).filter { $0 != state }
        return others[draws.integer(below: others.count)]
    }

    /// How many chains are written side by side: few enough for their keys and values to stay in the cache.
    static let partSize = 64

    /// The problems of a difficulty are the same whatever is measured on them.
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
