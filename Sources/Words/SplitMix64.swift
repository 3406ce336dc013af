/// A random number generator that returns the same numbers in every version of Swift (Steele et al. 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// Creates a stream of random numbers. Streams with different names or indices are independent.
    package init(stream name: String, index: Int) {
        state = 0x6172_626f_7200_0001 &+ UInt64(index) &* 0xA24B_AED4_963E_E407
        for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        _ = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Returns a random number in [0, 1).
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Returns a random number in 0..<count.
    package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
