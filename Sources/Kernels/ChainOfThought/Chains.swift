/// Chains that a network writes side by side, each after its own question; a copy goes its own way.
struct Chains {
    private var decoder: Decoder
    private let active: [Int]

    init(_ model: Transformer, _ problems: ArraySlice<PermutationProblem>) {
        decoder = Decoder(model, sequences: problems.count)
        active = Array(0..<problems.count)
        for place in 0..<(problems.first?.question.count ?? 0) { write(problems.map { $0.question[place] }) }
    }

    /// - Parameter tokens: one for each chain
    mutating func write(_ tokens: [UInt8]) {
        decoder.feed(tokens.map(Int32.init), to: active)
    }

    mutating func writeInEach(_ token: UInt8) {
        write([UInt8](repeating: token, count: active.count))
    }

    /// The network writes on by itself.
    mutating func writeOwn(_ count: Int) {
        for _ in 0..<count { write(next) }
    }

    /// What the network would write next in each chain: the most likely of all tokens.
    var next: [UInt8] {
        active.map { UInt8(decoder.logits.largest(row: $0, vocabulary: PermutationTask.vocabulary)) }
    }

    /// What the network answers if it is called to answer now.
    var answers: [UInt8] {
        var called = self
        called.writeInEach(PermutationTask.answer)
        return called.next
    }
}
