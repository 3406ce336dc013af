import Glibc

/// A value with the limits of its confidence interval.
package struct ConfidenceLimits: Sendable, Hashable {
    package var value: Double
    package var lower: Double
    package var upper: Double

    package init(value: Double, lower: Double, upper: Double) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }

    package var excludesZero: Bool { lower > 0 || upper < 0 }

    /// Returns the difference of two independent values. Its limits follow from those of the values, which need not be
    /// symmetric (MOVER; Zou and Donner 2008). For Wilson limits of two shares this is method 10 of Newcombe 1998.
    package static func - (a: ConfidenceLimits, b: ConfidenceLimits) -> ConfidenceLimits {
        let difference = a.value - b.value
        return ConfidenceLimits(
            value: difference, lower: difference - hypot(a.value - a.lower, b.upper - b.value),
            upper: difference + hypot(a.upper - a.value, b.value - b.lower))
    }
}

/// The confidence of an interval.
package struct Confidence: Sendable, Equatable {
    /// The probability above the interval, which equals the one below it.
    package var tail: Double
    /// The normal quantile of this tail.
    package var normalQuantile: Double

    /// The confidence of the intervals in reports, 95 %.
    package static let usual = Confidence(tail: 0.025, normalQuantile: 1.9599639845400545)
    /// The confidence at which two estimates disagree, 99.5 %.
    package static let strict = Confidence(tail: 0.0025, normalQuantile: 2.8070337683438042)
}

/// Returns the limits of a share of n items (Wilson 1927).
package func wilsonLimits(_ share: Double, of n: Double, _ confidence: Confidence) -> ConfidenceLimits {
    let z = confidence.normalQuantile
    let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return ConfidenceLimits(
        value: share, lower: share > 0 ? max(0, centre - half) : 0, upper: share < 1 ? min(1, centre + half) : 1)
}

/// A mean of measured values, with the variance of the mean and the degrees of freedom of this variance.
package struct MeasuredMean: Sendable, Equatable {
    package var mean: Double
    package var variance: Double
    package var degrees: Double

    package init(mean: Double, variance: Double, degrees: Double) {
        self.mean = mean
        self.variance = variance
        self.degrees = degrees
    }

    /// Returns the limits by Student's t.
    package func limits(_ confidence: Confidence) -> ConfidenceLimits {
        let half = studentQuantile(degrees, confidence) * variance.squareRoot()
        return ConfidenceLimits(value: mean, lower: mean - half, upper: mean + half)
    }

    /// Returns the difference of two means. The degrees of freedom are approximate (Welch 1947; Satterthwaite 1946), and
    /// none are left if neither mean varies.
    package static func - (a: MeasuredMean, b: MeasuredMean) -> MeasuredMean {
        let variance = a.variance + b.variance
        let (x, y) = variance > 0 ? (a.variance / variance, b.variance / variance) : (1, 0)
        return MeasuredMean(
            mean: a.mean - b.mean, variance: variance, degrees: 1 / (x * x / a.degrees + y * y / b.degrees))
    }
}

/// Returns the quantile of Student's t. For many degrees of freedom it uses an expansion about the normal quantile
/// (Abramowitz and Stegun 26.7.5), because the continued fraction would need many terms.
private func studentQuantile(_ degrees: Double, _ confidence: Confidence) -> Double {
    guard degrees > 10_000 else { return StudentT(degrees: degrees).quantile(confidence.tail, .upper) }
    let z = confidence.normalQuantile
    let z2 = z * z
    let first = z * (z2 + 1) / 4
    let second = z * ((5 * z2 + 16) * z2 + 3) / 96
    return z + (first + second / degrees) / degrees
}
