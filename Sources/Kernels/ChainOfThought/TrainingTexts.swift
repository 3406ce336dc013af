/// Question, chain, call for an answer, answer: with a whole chain, with one that is cut short, or with filler.
struct TrainingTexts {
    private let task: PermutationTask
    private let config: ChainOfThoughtConfig
    private var draws: Draws

    init(_ config: ChainOfThoughtConfig, seed: UInt64) {
        task = config.task
        self.config = config
        draws = Draws(seed: seed, name: "training problems")
    }

    /// Of a problem of any difficulty with equal chance.
    mutating func next() -> [UInt8] {
        let problem = task.problem(difficulty: 1 + draws.integer(below: task.maps), &draws)
        return problem.question + chain(problem) + [PermutationTask.answer, problem.answer]
    }

    /// A chain that is cut short keeps none of its states, or any number up to all but the last, with equal chance.
    private mutating func chain(_ problem: PermutationProblem) -> [UInt8] {
        let kind = Double(draws.uniform())
        if kind < config.wholeShare { return problem.chain }
        if kind < config.wholeShare + config.fillerShare { return task.fillerChain }
        return Array(problem.chain.prefix(draws.integer(below: task.maps)))
    }
}
