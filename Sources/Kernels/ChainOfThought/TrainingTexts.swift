/// Training sequences of question, chain, answer token and answer; the chain is whole, truncated or filler.
struct TrainingTexts {
    private let task: PermutationTask
    private let config: ChainOfThoughtConfig
    private var draws: Draws

    init(_ config: ChainOfThoughtConfig, seed: UInt64) {
        task = config.task
        self.config = config
        draws = Draws(seed: seed, name: "training problems")
    }

    /// The next sequence, of a problem of uniformly random difficulty.
    mutating func next() -> [UInt8] {
        let problem = task.problem(difficulty: 1 + draws.integer(below: task.maps), &draws)
        return problem.question + chain(problem) + [PermutationTask.answer, problem.answer]
    }

    /// A truncated chain keeps a uniformly random number of its states, from none to all but the last.
    private mutating func chain(_ problem: PermutationProblem) -> [UInt8] {
        let kind = Double(draws.uniform())
        if kind < config.wholeShare { return problem.chain }
        if kind < config.wholeShare + config.fillerShare { return task.fillerChain }
        return Array(problem.chain.prefix(draws.integer(below: task.maps)))
    }
}
