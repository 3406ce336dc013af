import Records
import Words

/// The normal quantile of a two-sided 95 % interval.
private let normalQuantile95 = 1.959963984540054

extension Reported {
    /// The 95 % interval of an estimate: the reported interval, or else an interval computed from the standard error,
    /// or else the interval of a share (Wilson 1927). nil if none of them can be computed.
    package var confidenceInterval: Interval? {
        if let interval { return interval }
        guard let value = value?.doubleValue else { return nil }
        if let standardError = standardError?.doubleValue {
            return Interval(
                from: value - normalQuantile95 * standardError, to: value + normalQuantile95 * standardError)
        }
        guard isCount, let n = itemCount.map(Double.init) else { return nil }
        let z2 = normalQuantile95 * normalQuantile95
        let centre = (value + z2 / (2 * n)) / (1 + z2 / n)
        let half = normalQuantile95 / (1 + z2 / n) * (value * (1 - value) / n + z2 / (4 * n * n)).squareRoot()
        return Interval(from: max(0, centre - half), to: min(1, centre + half))
    }
}

extension Interval {
    /// Rounds the ends to six significant digits, because they are not more precise.
    fileprivate init(from lower: Double, to upper: Double) {
        self.init(lower: Number(sixDigits(lower)), upper: Number(sixDigits(upper)))
    }
}
