import KernelInterface

extension ChainOfThought: WritingKernel {
    /// Texts are the chains that the measurement `answer-accuracy` counts. If no difficulty is given, the difficulties
    /// take turns.
    package var writing: KernelWriting {
        KernelWriting(
            task: "permutations", temperature: "0",
            settings: [
                ChainOfThoughtMeasurement.difficulty, ProblemSplit.parameter, TransformerConfig.networkParameter,
            ], trainingSettings: ["network"])
    }

    package func texts(
        _ count: Int, _ job: KernelJob, of checkpoint: [UInt8]
    ) throws(KernelFailure) -> [WrittenText] {
        try ChainOfThoughtEvaluation(job, of: checkpoint).texts(count, job.settings)
    }
}

extension ChainOfThoughtEvaluation {
    fileprivate func texts(_ count: Int, _ settings: Settings) throws(KernelFailure) -> [WrittenText] {
        let difficulties = ChainOfThoughtMeasurement.difficulties(self, settings)
        let limit = difficulties.count * config.problems
        guard count <= limit else {
            throw KernelFailure(reason: "\(count) problems are more than the \(limit) to measure on")
        }
        var byDifficulty: [[WrittenText]] = []
        for (turn, difficulty) in difficulties.enumerated() {
            // The number of traces whose turn it is: those with the numbers turn, turn + turns, …
            let share = (count - turn + difficulties.count - 1) / difficulties.count
            byDifficulty.append(try texts(share, difficulty: difficulty))
        }
        return (0..<count).map { byDifficulty[$0 % difficulties.count][$0 / difficulties.count] }
    }

    private func texts(_ count: Int, difficulty: Int) throws(KernelFailure) -> [WrittenText] {
        let problems = try source.problems(difficulty: difficulty).prefix(max(0, count))
        return stride(from: 0, to: problems.count, by: Self.partSize).flatMap { first in
            let part = problems[first..<min(first + Self.partSize, problems.count)]
            var chains = Chains(model, config.task, part)
            var states: [[UInt8]] = []
            for _ in 0..<config.task.maps {
                states.append(chains.next)
                chains.write(chains.next)
            }
            let answers = chains.answers
            return part.enumerated().map { index, problem in
                trace(problem, chain: states.map { $0[index] }, answer: answers[index])
            }
        }
    }

    /// Spells out a chain. The network wrote the states; the maps and the states before them are repeated.
    private func trace(_ problem: PermutationProblem, chain: [UInt8], answer: UInt8) -> WrittenText {
        let maps = problem.question.dropFirst().dropLast().map { map in
            map == config.task.noOp ? "no-op" : "p\(map - config.task.noOp)"
        }
        var before = problem.question[0]
        var text = ""
        for (map, state) in zip(maps, chain) {
            text += "\(map) takes \(written(before)) to \(written(state)).\n"
            before = state
        }
        return WrittenText(
            prompt: "Start at \(problem.question[0]) and apply \(maps.joined(separator: ", ")).",
            text: text + "The answer is \(written(answer)).\n")
    }
}
