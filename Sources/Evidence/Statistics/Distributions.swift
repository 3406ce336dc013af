/// The standard normal distribution.
package enum Normal {
    package static func tails(_ z: Double) -> Tails {
        let tails = incompleteGamma(0.5, z * z / 2)
        let beyond = Tails(lower: tails.lower / 2 + 0.5, upper: tails.upper / 2)
        return z < 0 ? beyond.swapped : beyond
    }

    /// Returns the point at which a tail has the given probability. The result is infinite for the probabilities 0 and
    /// 1.
    package static func quantile(_ probability: Double, _ tail: Tail) -> Double {
        symmetricQuantile(probability, tail, tails)
    }
}

/// Pearson's χ² distribution.
package struct ChiSquared: Sendable {
    package var degrees: Double

    package init(degrees: Double) {
        self.degrees = degrees
    }

    package func tails(_ x: Double) -> Tails { incompleteGamma(degrees / 2, x / 2) }

    package func quantile(_ probability: Double, _ tail: Tail) -> Double {
        positiveQuantile(probability, tail, tails)
    }
}

/// Student's t distribution.
package struct StudentT: Sendable {
    package var degrees: Double

    package init(degrees: Double) {
        self.degrees = degrees
    }

    /// Returns both tails. If |t| is above 1e150, the smaller tail is 0.
    package func tails(_ t: Double) -> Tails {
        // Division by the larger of t² and the degrees of freedom avoids an overflow.
        let (square, ratio) = (t * t, degrees / t / t)
        let (x, y) = square > degrees ? (ratio / (1 + ratio), 1 / (1 + ratio)) : shares(degrees, square)
        let tails = incompleteBeta(degrees / 2, 0.5, x, complement: y)
        let beyond = Tails(lower: tails.upper / 2 + 0.5, upper: tails.lower / 2)
        return t < 0 ? beyond.swapped : beyond
    }

    /// Returns the point at which a tail has the given probability. The result is infinite for the probabilities 0 and
    /// 1.
    package func quantile(_ probability: Double, _ tail: Tail) -> Double {
        symmetricQuantile(probability, tail, tails)
    }
}

private func shares(_ a: Double, _ b: Double) -> (Double, Double) {
    (a / (a + b), b / (a + b))
}

/// Returns the quantile of a distribution that is symmetric about 0.
private func symmetricQuantile(_ probability: Double, _ tail: Tail, _ tails: (Double) -> Tails) -> Double {
    guard probability <= 0.5 else {
        // The subtraction 1 - p is exact for p ≥ ½.
        return -symmetricQuantile(1 - probability, tail, tails)
    }
    let beyond = positiveQuantile(probability, .upper, tails)
    return tail == .upper ? beyond : -beyond
}
