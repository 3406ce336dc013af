/// Chains that a network decodes together, each after its own question; copies are independent.
struct Chains {
    private var decoder: Decoder
    private let task: PermutationTask
    private let active: [Int]

    init(_ model: Transformer, _ task: PermutationTask, _ problems: ArraySlice<PermutationProblem>) {
        decoder = Decoder(model, sequences: problems.count)
        self.task = task
        active = Array(0..<problems.count)
        for place in 0..<(problems.first?.question.count ?? 0) { write(problems.map { $0.question[place] }) }
    }

    /// - Parameter tokens: one token for each chain
    mutating func write(_ tokens: [UInt8]) {
        decoder.feed(tokens.map(Int32.init), to: active)
    }

    mutating func writeInEach(_ token: UInt8) {
        write([UInt8](repeating: token, count: active.count))
    }

    /// Lets the network continue the chains by `count` tokens.
    mutating func writeOwn(_ count: Int) {
        for _ in 0..<count { write(next) }
    }

    /// The most likely next token of each chain.
    var next: [UInt8] {
        active.map { UInt8(decoder.logits.largest(row: $0, vocabulary: task.vocabulary)) }
    }

    /// The network's answers after the answer token.
    var answers: [UInt8] {
        var called = self
        called.writeInEach(task.answer)
        return called.next
    }
}
