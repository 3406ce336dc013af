/// The attempts that a model wrote after a prompt.
struct CountdownAnswer {
    struct Written {
        /// The numbers in the order in which the attempt uses them.
        var numbers: [Int]
        var operations: [CountdownOperation]
        /// The results that the model states.
        var results: [Int]
        /// Whether the attempt uses each number once and states correct values.
        var isValid: Bool
        /// Whether the attempt reaches the target, regardless of the values that it states.
        var works: Bool
        var saysItWorks: Bool
    }

    var problem: CountdownProblem
    var attempts: [Written] = []

    /// - Parameter text: the prompt and the answer, up to the end token or the end of the context
    init(_ problem: CountdownProblem, text: [UInt8], _ task: CountdownTask) {
        self.problem = problem
        var rest = text.dropFirst(task.promptLength)
        while rest.count >= task.attemptLength, let attempt = Self.attempt(rest, problem, task) {
            attempts.append(attempt)
            rest = rest.dropFirst(task.attemptLength)
        }
    }

    /// Returns the attempt that the tokens spell; nil if they are not an attempt.
    private static func attempt(
        _ tokens: ArraySlice<UInt8>, _ problem: CountdownProblem, _ task: CountdownTask
    ) -> Written? {
        let t = Array(tokens.prefix(task.attemptLength))
        func value(_ place: Int) -> Int? { Int(t[place]) <= task.mostValue ? Int(t[place]) : nil }
        guard let first = value(0), t[t.count - 2] == task.open,
            let saysItWorks = [task.works: true, task.fails: false][t[t.count - 1]]
        else { return nil }
        var numbers = [first]
        var (operations, results): ([CountdownOperation], [Int]) = ([], [])
        for start in stride(from: 1, to: t.count - 2, by: 4) {
            guard let operation = task.operation(t[start]), let number = value(start + 1),
                t[start + 2] == task.equals, let result = value(start + 3)
            else { return nil }
            operations.append(operation)
            numbers.append(number)
            results.append(result)
        }
        let isAllowed = numbers.sorted() == problem.numbers.sorted()
        let right = isAllowed ? CountdownAttempt(numbers, operations, task) : nil
        return Written(
            numbers: numbers, operations: operations, results: results, isValid: right?.results == results,
            works: right?.value == problem.target, saysItWorks: saysItWorks)
    }

    /// Whether a valid attempt reaches the target and has the verdict "works".
    var isSolved: Bool {
        attempts.contains { $0.isValid && $0.works && $0.saysItWorks }
    }
}
