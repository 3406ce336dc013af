/// The countdown task: reach a target from three or four numbers.
///
/// A text is `n1 n2 n3 TGT t SEP`, then attempts `a op b = r op c = v ( VERDICT`, the last of which works, then `END`.
/// With four numbers, an attempt is `a op b = r op c = s op d = v ( VERDICT`. The first operand of every operation
/// except the first is the previous result, so (a op b) op (c op d) is not among the attempts.
struct CountdownTask: Equatable {
    /// How many numbers a problem has.
    let numberCount: Int
    /// The range of these numbers.
    let numbers: ClosedRange<Int>
    /// The largest value that has a token; token v is the value v. A token is a byte, so this is at most 240.
    let mostValue: Int
    /// The orders in which an attempt can use the numbers.
    let orders: [[Int]]

    init(numberCount: Int = 3, numbers: ClosedRange<Int> = 1...9, mostValue: Int = 30) {
        self.numberCount = numberCount
        self.numbers = numbers
        self.mostValue = mostValue
        orders = (1..<numberCount).reduce([[0]]) { orders, next in
            orders.flatMap { order in
                (0...order.count).map { Array(order[..<$0]) + [next] + Array(order[$0...]) }
            }
        }
    }

    private var firstOperation: UInt8 { UInt8(mostValue + 1) }
    var equals: UInt8 { firstOperation + 3 }
    var open: UInt8 { equals + 1 }
    var works: UInt8 { open + 1 }
    var fails: UInt8 { works + 1 }
    var target: UInt8 { fails + 1 }
    var separator: UInt8 { target + 1 }
    var end: UInt8 { separator + 1 }
    /// The number of tokens in use plus one; the last token never occurs in a text.
    var vocabulary: Int { Int(end) + 2 }

    var operationCount: Int { numberCount - 1 }
    /// The number of ways to choose the operations of an attempt.
    var operationChoices: Int { (0..<operationCount).reduce(1) { choices, _ in 3 * choices } }
    var promptLength: Int { numberCount + 3 }
    /// One number, four tokens per operation, the opening bracket and the verdict.
    var attemptLength: Int { 4 * operationCount + 3 }
    /// The possible numbers of wrong attempts before the right one.
    static let wrongAttempts = 0...5
    var context: Int { promptLength + (Self.wrongAttempts.upperBound + 1) * attemptLength + 1 }
    /// The mean length of a text.
    var meanLength: Double { Double(promptLength + context) / 2 + Double(attemptLength) / 2 }

    func token(_ operation: CountdownOperation) -> UInt8 { firstOperation + operation.rawValue }

    func operation(_ token: UInt8) -> CountdownOperation? {
        token >= firstOperation ? CountdownOperation(rawValue: token - firstOperation) : nil
    }
}

enum CountdownOperation: UInt8, CaseIterable {
    case plus, minus, times

    /// Returns the value of the operation; nil if it is not in 0...mostValue.
    func apply(_ a: Int, _ b: Int, mostValue: Int) -> Int? {
        let value =
            switch self {
            case .plus: a + b
            case .minus: a - b
            case .times: a * b
            }
        return (0...mostValue).contains(value) ? value : nil
    }
}

/// Operations on the numbers of a problem, in some order: ((a op b) op c) op d.
struct CountdownAttempt: Hashable {
    var numbers: [Int]
    var operations: [CountdownOperation]
    /// The result of each operation.
    var results: [Int]

    /// Returns nil if a result has no token.
    init?(_ numbers: [Int], _ operations: [CountdownOperation], _ task: CountdownTask) {
        var results: [Int] = []
        for (operation, number) in zip(operations, numbers.dropFirst()) {
            guard let result = operation.apply(results.last ?? numbers[0], number, mostValue: task.mostValue)
            else { return nil }
            results.append(result)
        }
        (self.numbers, self.operations, self.results) = (numbers, operations, results)
    }

    /// The result of the last operation.
    var value: Int { results[results.count - 1] }

    func tokens(target: Int, _ task: CountdownTask) -> [UInt8] {
        var tokens = [UInt8(numbers[0])]
        for (index, operation) in operations.enumerated() {
            tokens += [task.token(operation), UInt8(numbers[index + 1]), task.equals, UInt8(results[index])]
        }
        return tokens + [task.open, value == target ? task.works : task.fails]
    }
}

/// All attempts on the numbers of a problem: every order of the numbers with every choice of operations.
struct CountdownAttempts {
    private let task: CountdownTask
    private let numbers: [Int]
    /// The value of each attempt, by order and then by operations; negative if one of its results has no token.
    private var values: [Int] = []

    init(_ numbers: [Int], _ task: CountdownTask) {
        (self.task, self.numbers) = (task, numbers)
        for order in task.orders { appendValues(of: numbers[order[0]], order[1...]) }
    }

    private mutating func appendValues(of result: Int, _ rest: ArraySlice<Int>) {
        guard let next = rest.first else { return values.append(result) }
        for operation in CountdownOperation.allCases {
            let value = result < 0 ? nil : operation.apply(result, numbers[next], mostValue: task.mostValue)
            appendValues(of: value ?? -1, rest.dropFirst())
        }
    }

    /// The different values of the attempts, in ascending order.
    var reachable: [Int] {
        var isReachable = [Bool](repeating: false, count: task.mostValue + 1)
        for value in values where value >= 0 { isReachable[value] = true }
        return isReachable.indices.filter { isReachable[$0] }
    }

    /// Returns the places of the attempts whose values satisfy the condition.
    func places(where isWanted: (_ value: Int) -> Bool) -> [Int] {
        values.indices.filter { values[$0] >= 0 && isWanted(values[$0]) }
    }

    /// Returns the attempt at one of the `places`.
    subscript(place: Int) -> CountdownAttempt {
        let choices = task.operationChoices
        var rest = place % choices
        var operations: [CountdownOperation] = []
        for _ in 0..<task.operationCount {
            operations.append(CountdownOperation.allCases[rest % 3])
            rest /= 3
        }
        let order = task.orders[place / choices]
        guard let attempt = CountdownAttempt(order.map { numbers[$0] }, operations.reversed(), task) else {
            preconditionFailure("attempt \(place) has a result without a token")
        }
        return attempt
    }
}

/// Some numbers and a reachable target.
struct CountdownProblem: Equatable {
    var numbers: [Int]
    var target: Int

    func prompt(_ task: CountdownTask) -> [UInt8] {
        numbers.map { UInt8($0) } + [task.target, UInt8(target), task.separator]
    }

    /// The target and the sorted numbers, one byte each. Problems with the same numbers in another order share a key,
    /// because they have the same solutions.
    var key: UInt64 { numbers.sorted().reduce(UInt64(target)) { $0 << 8 | UInt64($1) } }
}
