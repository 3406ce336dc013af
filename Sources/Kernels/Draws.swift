/// Random numbers drawn one at a time, from the stream of a seed and a name.
struct Draws {
    private var stream: RandomStream
    private var words = InlineArray<32, UInt32>(repeating: 0)
    private var used = 32

    init(seed: UInt64, name: String) {
        stream = RandomStream(seed: seed, name: name)
    }

    private mutating func nextWord() -> UInt32 {
        if used == 32 {
            let (first, second) = stream.nextWords()
            for lane in 0..<16 {
                words[lane] = first[lane]
                words[16 + lane] = second[lane]
            }
            used = 0
        }
        defer { used += 1 }
        return words[used]
    }

    /// Returns an integer drawn uniformly from 0 ..< bound. The error of each integer's probability is at most 2⁻³².
    mutating func integer(below bound: Int) -> Int {
        Int((UInt64(nextWord()) * UInt64(bound)) >> 32)
    }

    /// Returns a number drawn uniformly from [0, 1), in steps of 2⁻²⁴.
    mutating func uniform() -> Float {
        Float(nextWord() >> 8) * 0x1p-24
    }

    /// Shuffles uniformly (Fisher and Yates).
    mutating func shuffle<Element>(_ items: inout [Element]) {
        for last in stride(from: items.count - 1, to: 0, by: -1) {
            items.swapAt(last, integer(below: last + 1))
        }
    }
}
