internal import CVectors

/// Eight floats that are computed at once, in one AVX2 register.
typealias Lanes = SIMD8<Float>

/// A fixed number of lane groups that the compiler keeps in registers. They contain one row of a matrix, padded to a
/// multiple of eight, or eight samples of a short vector.
struct Row<let width: Int>: BitwiseCopyable, Sendable {
    var lanes: InlineArray<width, Lanes>

    @inline(__always)
    init() {
        lanes = InlineArray(repeating: Lanes(repeating: 0))
    }

    @inline(__always)
    subscript(index: Int) -> Lanes {
        get { lanes[index] }
        set { lanes[index] = newValue }
    }

    /// Adds factor · row.
    @inline(__always)
    mutating func add(_ factor: Float, times row: Row) {
        let factor = Lanes(repeating: factor)
        for index in 0..<width {
            lanes[index] = lanes[index].addingProduct(factor, row.lanes[index])
        }
    }
}

extension Lanes {
    /// This property is computed, because every access to a stored property would check in a loop whether it is
    /// initialised.
    static var zeros: Lanes {
        Lanes(repeating: 0)
    }

    /// max(x, 0) in each lane.
    @inline(__always)
    var rectified: Lanes {
        arbor_maximum(self, Lanes(repeating: 0))
    }

    @inline(__always)
    func squareRootLanes() -> Lanes {
        arbor_square_root(self)
    }

    /// The lanes rounded towards zero; each must fit in 32 bits.
    @inline(__always)
    var truncated: SIMD8<Int32> {
        arbor_truncate(self)
    }

    /// The natural logarithm of positive normal numbers, to about 2 ulp. The logarithm of the mantissa f, in [√½, √2),
    /// is computed as 2 artanh((f - 1) / (f + 1)).
    @inline(__always)
    var naturalLogarithm: Lanes {
        let bits = unsafe unsafeBitCast(self, to: SIMD8<Int32>.self)
        let bitsOfSquareRootOfHalf = SIMD8<Int32>(repeating: 0x3f35_04f3)
        let exponent = (bits &- bitsOfSquareRootOfHalf) &>> 23
        let mantissa = unsafe unsafeBitCast(bits &- (exponent &<< 23), to: Lanes.self)
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        var series = Lanes(repeating: 2 / 9)
        series = Lanes(repeating: 2 / 7).addingProduct(series, square)
        series = Lanes(repeating: 2 / 5).addingProduct(series, square)
        series = Lanes(repeating: 2 / 3).addingProduct(series, square)
        series = Lanes(repeating: 2).addingProduct(series, square)
        return (s * series).addingProduct(floatFromSmallInteger(exponent), Lanes(repeating: 0.693_147_18))
    }
}

/// Converts small integers to floats; the result is exact for |x| < 2²². The integer is added to the bits of 1.5 · 2²³,
/// which changes only the mantissa.
@inline(__always)
private func floatFromSmallInteger(_ x: SIMD8<Int32>) -> Lanes {
    let magic = SIMD8<Int32>(repeating: 0x4b40_0000)
    return unsafe unsafeBitCast(x &+ magic, to: Lanes.self) - Lanes(repeating: 12_582_912)
}

/// Returns the number of lane groups that `count` floats need.
func laneGroups(_ count: Int) -> Int {
    (count + 7) / 8
}

/// Packs floats in groups of eight; the last group is padded with zeros.
func lanes(_ values: [some BinaryFloatingPoint]) -> [Lanes] {
    stride(from: 0, to: values.count, by: 8).map { start in
        var group = Lanes.zeros
        for lane in 0..<min(8, values.count - start) { group[lane] = Float(values[start + lane]) }
        return group
    }
}
