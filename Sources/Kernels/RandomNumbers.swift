/// Computes eight blocks of Philox4x32-10 at once (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
///
/// Block b has the 128-bit counter (b, stream), low words first, and the key `seed`. The first vector contains words 0
/// and 1 of the blocks `block`, `block + 1` … `block + 7` in turn, and the second vector contains words 2 and 3.
@inline(__always)
func philox(seed: UInt64, stream: UInt64, block: UInt64) -> (SIMD16<UInt32>, SIMD16<UInt32>) {
    // Each 32-bit word is stored in a 64-bit lane, so that one multiplication gives both the high and the low half.
    typealias Words = SIMD8<UInt64>
    let lowHalf = Words(repeating: 0xffff_ffff)
    let blocks = Words(repeating: block) &+ Words(0, 1, 2, 3, 4, 5, 6, 7)
    var (x0, x1) = (blocks & lowHalf, blocks &>> 32)
    var (x2, x3) = (Words(repeating: stream & 0xffff_ffff), Words(repeating: stream >> 32))
    var (key0, key1) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
        let product0 = (x0 & lowHalf) &* Words(repeating: 0xD251_1F53)
        let product2 = (x2 & lowHalf) &* Words(repeating: 0xCD9E_8D57)
        x0 = (product2 &>> 32) ^ x1 ^ Words(repeating: UInt64(key0))
        x2 = (product0 &>> 32) ^ x3 ^ Words(repeating: UInt64(key1))
        (x1, x3) = (product2, product0)
        key0 &+= 0x9E37_79B9
        key1 &+= 0xBB67_AE85
    }
    let (first, second) = ((x0 & lowHalf) | (x1 &<< 32), (x2 & lowHalf) | (x3 &<< 32))
    return unsafe (
        unsafeBitCast(first, to: SIMD16<UInt32>.self), unsafeBitCast(second, to: SIMD16<UInt32>.self)
    )
}

/// A sequence of random numbers that depends only on a seed and a name.
///
/// Different names give independent sequences: the name's hash is the upper half of the counter.
struct RandomStream {
    /// The number of random numbers drawn at once. The length of each filled buffer is a multiple of this number.
    static let chunk = 32

    var seed: UInt64
    var stream: UInt64
    var block: UInt64 = 0

    init(seed: UInt64, name: String) {
        self.seed = seed
        self.stream = fnv1a(name.utf8)
    }

    @inline(__always)
    mutating func nextWords() -> (SIMD16<UInt32>, SIMD16<UInt32>) {
        defer { block &+= 8 }
        return philox(seed: seed, stream: stream, block: block)
    }

    /// Returns numbers drawn uniformly from [0, 1), in steps of 2⁻²³.
    @inline(__always)
    mutating func nextUniforms() -> (SIMD16<Float>, SIMD16<Float>) {
        let (first, second) = nextWords()
        return (unitInterval(first), unitInterval(second))
    }

    /// Fills the first `count` places with numbers drawn uniformly from [0, 1). `count` is rounded up to a full chunk.
    mutating func fillUniforms(_ out: inout [Float], count: Int) {
        var span = out.mutableSpan
        var bytes = unsafe span.mutableBytes
        for start in stride(from: 0, to: 4 * count, by: 4 * Self.chunk) {
            let (first, second) = nextUniforms()
            bytes.storeBytes(of: first, toByteOffset: start, as: SIMD16<Float>.self)
            bytes.storeBytes(of: second, toByteOffset: start + 64, as: SIMD16<Float>.self)
        }
    }

    /// Fills a buffer of full chunks with gaps between successes of Bernoulli trials: P(gap = k) = p (1 - p)^k.
    ///
    /// - Parameter inverseLogarithm: 1 / log(1 - p)
    mutating func fillGaps(_ out: inout [Int32], inverseLogarithm: Float) {
        var span = out.mutableSpan
        var bytes = unsafe span.mutableBytes
        for start in stride(from: 0, to: bytes.byteCount, by: 4 * Self.chunk) {
            let (first, second) = nextUniforms()
            bytes.storeBytes(of: first, toByteOffset: start, as: SIMD16<Float>.self)
            bytes.storeBytes(of: second, toByteOffset: start + 64, as: SIMD16<Float>.self)
        }
        for start in stride(from: 0, to: bytes.byteCount, by: 32) {
            let uniforms = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Lanes.self)
            let gaps = ((1 - uniforms).naturalLogarithm * inverseLogarithm).truncated
            bytes.storeBytes(of: gaps, toByteOffset: start, as: SIMD8<Int32>.self)
        }
    }

    /// Returns the next `count` standard normal numbers (Box and Muller 1958).
    mutating func normals(_ count: Int) -> [Float] {
        var numbers: [Float] = []
        numbers.reserveCapacity(count + Self.chunk)
        while numbers.count < count {
            let (radii, angles) = nextUniforms()
            for (radius, angle) in [(radii.lowHalf, angles.lowHalf), (radii.highHalf, angles.highHalf)] {
                let length = (-2 * (1 - radius).naturalLogarithm).squareRootLanes()
                let (cosine, sine) = cosineAndSine(turns: angle)
                for lane in 0..<8 {
                    numbers.append(length[lane] * cosine[lane])
                    numbers.append(length[lane] * sine[lane])
                }
            }
        }
        return Array(numbers.prefix(count))
    }
}

/// Converts words to numbers in [0, 1): uses the top 23 bits as the mantissa of a number in [1, 2), and subtracts 1.
@inline(__always)
private func unitInterval(_ words: SIMD16<UInt32>) -> SIMD16<Float> {
    let bits = (words &>> 9) | SIMD16(repeating: 0x3f80_0000)
    return unsafe unsafeBitCast(bits, to: SIMD16<Float>.self) - 1
}

/// Returns the cosine and sine of 2π (turns - ½). Computes them by Taylor series for half the angle, which is at most
/// π/2, and doubles the angle.
private func cosineAndSine(turns: Lanes) -> (cosine: Lanes, sine: Lanes) {
    let half = (turns - 0.5) * Float.pi
    let square = half * half
    var (cosine, sine) = (Lanes(repeating: 1), Lanes(repeating: 1))
    for term in stride(from: Float(12), through: 2, by: -2) {
        cosine = 1 - square * cosine / (term * (term - 1))
        sine = 1 - square * sine / (term * (term + 1))
    }
    sine *= half
    return (1 - 2 * sine * sine, 2 * sine * cosine)
}

/// Returns the 64-bit FNV-1a hash (Fowler, Noll, Vo). It distinguishes names and detects damaged bytes, but it does not
/// detect malicious changes.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
}
