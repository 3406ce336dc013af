private let countdownTask = taskParameter("countdown")

/// The countdown task with 42 tokens: reach a target from three numbers with two operations.
///
/// A trace is `n1 n2 n3 TGT t SEP`, then attempts `a op b = r op c = v ( VERDICT`, the last of which works, then `END`.
enum Countdown {
    enum Operation: UInt8, CaseIterable {
        case plus, minus, times

        /// Returns the value of the operation; nil if the value has no token.
        func apply(_ a: Int, _ b: Int) -> Int? {
            let value =
                switch self {
                case .plus: a + b
                case .minus: a - b
                case .times: a * b
                }
            return values.contains(value) ? value : nil
        }
    }

    /// The values that have a token; token v is the value v.
    static let values = 0...30
    /// The numbers of a problem.
    static let numbers = 1...9
    private static let firstOperation = UInt8(values.count)
    static let equals = firstOperation + 3
    static let open = equals + 1
    static let works = open + 1
    static let fails = works + 1
    static let target = fails + 1
    static let separator = target + 1
    static let end = separator + 1
    /// The number of tokens in use plus one; the last token never occurs in a sequence.
    static let vocabulary = Int(end) + 2

    static let promptLength = 6
    static let attemptLength = 11
    /// The possible numbers of wrong attempts before the right one.
    static let wrongAttempts = 0...5
    static let context = promptLength + (wrongAttempts.upperBound + 1) * attemptLength + 1

    static let taskParameter = countdownTask

    static func token(_ operation: Operation) -> UInt8 { firstOperation + operation.rawValue }

    static func operation(_ token: UInt8) -> Operation? {
        token >= firstOperation ? Operation(rawValue: token - firstOperation) : nil
    }
}

/// Two operations on the three numbers of a problem, in some order: (a op b) op c.
struct CountdownAttempt: Hashable {
    var numbers: [Int]
    var operations: [Countdown.Operation]
    /// The result of the first operation.
    var result: Int
    /// The result of the second operation.
    var value: Int

    init?(_ numbers: [Int], _ operations: [Countdown.Operation]) {
        guard let result = operations[0].apply(numbers[0], numbers[1]),
            let value = operations[1].apply(result, numbers[2])
        else { return nil }
        (self.numbers, self.operations, self.result, self.value) = (numbers, operations, result, value)
    }

    /// Returns the attempts with every order of three numbers and every pair of operations, except those with a value
    /// that has no token.
    static func all(_ numbers: [Int]) -> [CountdownAttempt] {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        return orders.flatMap { order in
            Countdown.Operation.allCases.flatMap { first in
                Countdown.Operation.allCases.compactMap { second in
                    CountdownAttempt(order.map { numbers[$0] }, [first, second])
                }
            }
        }
    }

    func tokens(target: Int) -> [UInt8] {
        [
            UInt8(numbers[0]), Countdown.token(operations[0]), UInt8(numbers[1]), Countdown.equals, UInt8(result),
            Countdown.token(operations[1]), UInt8(numbers[2]), Countdown.equals, UInt8(value), Countdown.open,
            value == target ? Countdown.works : Countdown.fails,
        ]
    }
}

/// Three numbers and a reachable target.
struct CountdownProblem: Equatable {
    var numbers: [Int]
    var target: Int

    var prompt: [UInt8] {
        numbers.map { UInt8($0) } + [Countdown.target, UInt8(target), Countdown.separator]
    }
}

/// A problem with attempts to solve it, the last of which works.
struct CountdownTrace {
    var problem: CountdownProblem
    var attempts: [CountdownAttempt]

    /// Draws three numbers uniformly, a target uniformly from the values that these numbers can reach, and a uniform
    /// number of wrong attempts before a right one. Attempts are drawn uniformly from those whose values have a token.
    init(draws: inout Draws) {
        let range = Countdown.numbers
        let numbers = (0..<3).map { _ in range.lowerBound + draws.integer(below: range.count) }
        let all = CountdownAttempt.all(numbers)
        let reachable = Set(all.map(\.value)).sorted()
        let target = reachable[draws.integer(below: reachable.count)]
        problem = CountdownProblem(numbers: numbers, target: target)
        // If a ≥ b, then a + b + c and a - b + c differ, so there is always a wrong attempt.
        let right = all.filter { $0.value == target }
        let wrong = all.filter { $0.value != target }
        let wrongCount = draws.integer(below: Countdown.wrongAttempts.count)
        attempts = (0..<wrongCount).map { _ in wrong[draws.integer(below: wrong.count)] }
        attempts.append(right[draws.integer(below: right.count)])
    }

    var tokens: [UInt8] {
        problem.prompt + attempts.flatMap { $0.tokens(target: problem.target) } + [Countdown.end]
    }
}

/// The attempts that a model wrote after a prompt.
struct CountdownAnswer {
    struct Written {
        /// Whether the attempt uses each number once and states correct values.
        var isValid: Bool
        /// Whether the attempt reaches the target, regardless of the values that it states.
        var works: Bool
        var saysItWorks: Bool
    }

    var problem: CountdownProblem
    var attempts: [Written] = []

    /// - Parameter tokens: the tokens after the prompt, up to the end token or the end of the context
    init(_ problem: CountdownProblem, tokens: [UInt8]) {
        self.problem = problem
        var rest = tokens[...]
        while rest.count >= Countdown.attemptLength, let attempt = Self.attempt(rest, problem) {
            attempts.append(attempt)
            rest = rest.dropFirst(Countdown.attemptLength)
        }
    }

    /// Returns the attempt that the tokens spell; nil if they are not an attempt.
    private static func attempt(_ tokens: ArraySlice<UInt8>, _ problem: CountdownProblem) -> Written? {
        let t = Array(tokens.prefix(Countdown.attemptLength))
        let isValue = { (token: UInt8) in Countdown.values.contains(Int(token)) }
        guard isValue(t[0]), isValue(t[2]), isValue(t[4]), isValue(t[6]), isValue(t[8]),
            let first = Countdown.operation(t[1]), let second = Countdown.operation(t[5]),
            t[3] == Countdown.equals, t[7] == Countdown.equals, t[9] == Countdown.open,
            t[10] == Countdown.works || t[10] == Countdown.fails
        else { return nil }
        let numbers = [Int(t[0]), Int(t[2]), Int(t[6])]
        let isAllowed = numbers.sorted() == problem.numbers.sorted()
        let right = isAllowed ? CountdownAttempt(numbers, [first, second]) : nil
        return Written(
            isValid: right.map { $0.result == Int(t[4]) && $0.value == Int(t[8]) } ?? false,
            works: right?.value == problem.target, saysItWorks: t[10] == Countdown.works)
    }

    /// Whether a valid attempt reaches the target and has the verdict "works".
    var isSolved: Bool {
        attempts.contains { $0.isValid && $0.works && $0.saysItWorks }
    }
}
