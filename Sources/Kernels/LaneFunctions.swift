internal import CVectors

extension Lanes {
    /// e^x to about 2 ulp, with x clamped to [-87, 88]. It is computed as 2^n · p(r), where x = n ln 2 + r. The
    /// polynomial p has degree 7 and the coefficients of Cephes' `expf` (Moshier 1989).
    @inline(__always)
    var exponential: Lanes {
        let x = arbor_maximum(arbor_minimum(self, Lanes(repeating: 88)), Lanes(repeating: -87))
        let n = (x * Lanes(repeating: 1.442_695_04)).rounded(.toNearestOrEven)
        let r = x.addingProduct(n, Lanes(repeating: -0.693_359_375)).addingProduct(n, Lanes(repeating: 2.121_944_4e-4))
        var p = Lanes(repeating: 1.987_569_2e-4)
        p = Lanes(repeating: 1.398_199_9e-3).addingProduct(p, r)
        p = Lanes(repeating: 8.333_452e-3).addingProduct(p, r)
        p = Lanes(repeating: 4.166_579_6e-2).addingProduct(p, r)
        p = Lanes(repeating: 1.666_666_5e-1).addingProduct(p, r)
        p = Lanes(repeating: 0.5).addingProduct(p, r)
        p = (r + 1).addingProduct(p, r * r)
        let power = unsafe unsafeBitCast((arbor_truncate(n) &+ 127) &<< 23, to: Lanes.self)
        return p * power
    }

    /// 1 / (1 + e^-x)
    @inline(__always)
    var logistic: Lanes {
        1 / (1 + (-self).exponential)
    }

    /// The largest lane.
    @inline(__always)
    var largest: Float {
        arbor_largest(self)
    }

    /// Returns max(x, y) in each lane.
    @inline(__always)
    func maximum(_ other: Lanes) -> Lanes {
        arbor_maximum(self, other)
    }
}

/// 0, 1 … 7
let laneNumbers = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)
