/// A small random number generator whose numbers never change between versions of the language (Steele et al. 2014).
struct SplitMix64 {
    private var state: UInt64

    /// Streams of different indices have nothing to do with one another.
    init(stream name: StaticString, index: Int) {
        state = 0x6172_626f_7200_0001 &+ UInt64(index) &* 0xA24B_AED4_963E_E407
        for byte in "\(name)".utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From 0 up to but not including 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    mutating func happens(_ probability: Double) -> Bool { unit() < probability }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// So many different ones, in the order of the list.
    mutating func pick(_ count: Int, of elements: [String]) -> [String] {
        var chosen: Set<String> = []
        while chosen.count < min(count, elements.count) { chosen.insert(pick(elements)) }
        return elements.filter(chosen.contains)
    }
}
