/// Training sequences, which consist of question, chain, answer token and answer. The chain is whole, truncated or
/// filler.
struct TrainingTexts {
    private let task: PermutationTask
    private let config: ChainOfThoughtConfig
    private let split: PairSplit
    private var draws: Draws

    init(_ config: ChainOfThoughtConfig, _ split: PairSplit, seed: UInt64) {
        task = config.task
        self.config = config
        self.split = split
        draws = Draws(seed: seed, name: "training problems")
    }

    /// Returns the next sequence, for a problem whose difficulty is drawn uniformly.
    mutating func next() -> (text: [UInt8], problem: PermutationProblem) {
        let difficulty = 1 + draws.integer(below: task.maps)
        let problem = task.problem(split.trainingKey(difficulty: difficulty, &draws), &draws)
        return (problem.question + chain(problem) + [task.answer, problem.answer], problem)
    }

    /// Returns the chain for a training sequence. A truncated chain keeps a uniformly random number of its states, from
    /// none to all but the last.
    private mutating func chain(_ problem: PermutationProblem) -> [UInt8] {
        let kind = Double(draws.uniform())
        if kind < config.wholeShare { return problem.chain }
        if kind < config.wholeShare + config.fillerShare { return task.fillerChain }
        return Array(problem.chain.prefix(draws.integer(below: task.maps)))
    }
}
