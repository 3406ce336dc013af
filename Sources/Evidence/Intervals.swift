import Records
import Words

/// The normal quantile of a two-sided 95 % interval.
private let normalQuantile95 = 1.959963984540054

extension Reported {
    /// The 95 % interval of an estimate. If the source reports none, the interval is computed from the standard error.
    /// Without a standard error, it is the interval of a share (Wilson 1927). nil if none of these is possible.
    package var confidenceInterval: Interval? {
        if let interval { return interval }
        guard let value = value?.doubleValue else { return nil }
        if let standardError = standardError?.doubleValue {
            return Interval(
                from: value - normalQuantile95 * standardError, to: value + normalQuantile95 * standardError)
        }
        guard isCount, (0...1).contains(value), let n = itemCount.map(Double.init) else { return nil }
        let z2 = normalQuantile95 * normalQuantile95
        let centre = (value + z2 / (2 * n)) / (1 + z2 / n)
        let half = normalQuantile95 / (1 + z2 / n) * (value * (1 - value) / n + z2 / (4 * n * n)).squareRoot()
        return Interval(from: max(0, centre - half), to: min(1, centre + half))
    }
}

extension Interval {
    /// Rounds the ends to six significant digits, because further digits would not be accurate.
    fileprivate init(from lower: Double, to upper: Double) {
        self.init(lower: Number(sixDigits(lower)), upper: Number(sixDigits(upper)))
    }
}
