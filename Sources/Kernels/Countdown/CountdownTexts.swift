import KernelInterface

extension CountdownKernel: WritingKernel {
    /// Texts are the answers that the measurement `search` counts.
    package var writing: KernelWriting {
        KernelWriting(
            task: "countdown", temperature: "1",
            settings: [ProblemSplit.parameter, TransformerConfig.networkParameter], trainingSettings: ["network"])
    }

    package func texts(
        _ count: Int, _ job: KernelJob, of checkpoint: [UInt8]
    ) throws(KernelFailure) -> [WrittenText] {
        let config = try CountdownConfig(job)
        let model = try CountdownNetworks(job, of: checkpoint).final.model
        let problems = try CountdownSearch.problems(
            config, job.settings.choice("split"), count: count, seed: job.seed)
        let texts = sampleAnswers(model, problems, config.task, seed: job.seed, name: "answer")
        return zip(problems, texts).map { WrittenText($0, text: $1, config.task) }
    }
}

extension WrittenText {
    /// Spells out an answer, with two lines for each attempt: what the model tried, and its verdict. The second line
    /// repeats the value that the model stated and the target, so that the verdict can be checked within the line.
    fileprivate init(_ problem: CountdownProblem, text: [UInt8], _ task: CountdownTask) {
        let attempts = CountdownAnswer(problem, text: text, task).attempts
        var lines: [String] = []
        for (number, attempt) in attempts.enumerated() {
            var equations: [String] = []
            for (index, operation) in attempt.operations.enumerated() {
                let first = index == 0 ? attempt.numbers[0] : attempt.results[index - 1]
                equations.append(
                    "\(first) \(operation.symbol) \(attempt.numbers[index + 1]) = \(attempt.results[index])")
            }
            lines.append("\(number == 0 ? "Try" : "Now try") \(equations.joined(separator: ", ")).")
            let value = attempt.results[attempt.results.count - 1]
            let verdict = attempt.saysItWorks ? "it works" : "it fails"
            lines.append("That is \(value), and the target is \(problem.target): \(verdict).")
        }
        let rest = text.dropFirst(task.promptLength + attempts.count * task.attemptLength).prefix { $0 != task.end }
        if !rest.isEmpty { lines.append(task.written(rest)) }
        let numbers = problem.numbers.map(String.init).joined(separator: ", ")
        self.init(prompt: "Reach \(problem.target) from \(numbers).", text: lines.map { "\($0)\n" }.joined())
    }
}

extension CountdownOperation {
    fileprivate var symbol: String {
        switch self {
        case .plus: "+"
        case .minus: "-"
        case .times: "×"
        }
    }
}

extension CountdownTask {
    /// Returns tokens as text, separated by blanks.
    func written(_ tokens: ArraySlice<UInt8>) -> String {
        tokens.map { token in
            switch token {
            case ...UInt8(mostValue): String(token)
            case equals: "="
            case open: "("
            case works: "works"
            case fails: "fails"
            case target: "target"
            case separator: ":"
            default: operation(token)?.symbol ?? "_"
            }
        }.joined(separator: " ")
    }
}
