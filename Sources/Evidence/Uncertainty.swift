import Records
import Words

/// How uncertain a reported number is.
package enum Uncertainty: Sendable, Equatable {
    /// The number has a normal distribution with this standard error.
    case standardError(Double)
    /// The number is a share of n items, in units of `one` (100 for percent).
    case share(of: Double, one: Double)
    /// The number is a mean; its variance was estimated with these degrees of freedom.
    case mean(variance: Double, degrees: Double)
    /// The source states a 95 % interval, which ends this far below and above the number.
    case interval(below: Double, above: Double)

    package func limits(of value: Double, _ confidence: Confidence) -> ConfidenceLimits {
        switch self {
        case .standardError(let error):
            return limits(of: value, below: confidence.normalQuantile * error, above: confidence.normalQuantile * error)
        case .share(let n, let one):
            let share = wilsonLimits(min(max(value / one, 0), 1), of: n, confidence)
            return ConfidenceLimits(value: value, lower: share.lower * one, upper: share.upper * one)
        case .mean(let variance, let degrees):
            return MeasuredMean(mean: value, variance: variance, degrees: degrees).limits(confidence)
        case .interval(let below, let above):
            let factor = confidence.normalQuantile / Confidence.usual.normalQuantile
            return limits(of: value, below: factor * below, above: factor * above)
        }
    }

    private func limits(of value: Double, below: Double, above: Double) -> ConfidenceLimits {
        ConfidenceLimits(value: value, lower: value - below, upper: value + above)
    }
}

/// A reported number with its uncertainty.
package struct ReportedNumber: Sendable, Equatable {
    package var value: Double
    package var uncertainty: Uncertainty

    /// Uses the standard error, the number of items, the standard deviation or the interval, whichever comes first.
    /// Returns nil if the source states none of them.
    package init?(_ reported: Reported, of quantity: borrowing Quantity) {
        guard let value = reported.value?.doubleValue else {
            guard let interval = reported.interval, let lower = interval.lower?.doubleValue,
                let upper = interval.upper?.doubleValue, lower <= upper
            else { return nil }
            let half = upper / 2 - lower / 2
            (self.value, uncertainty) = (lower + half, .interval(below: half, above: half))
            return
        }
        self.value = value
        if let error = reported.standardError?.doubleValue {
            uncertainty = .standardError(error)
        } else if reported.share(of: quantity) != nil, let n = reported.itemCount {
            uncertainty = .share(of: Double(n), one: quantity.isPercent ? 100 : 1)
        } else if let deviation = reported.standardDeviation?.doubleValue,
            let n = reported.seedCount ?? reported.itemCount, n > 1
        {
            uncertainty = .mean(variance: deviation * deviation / Double(n), degrees: Double(n - 1))
        } else if let interval = reported.interval, let lower = interval.lower?.doubleValue,
            let upper = interval.upper?.doubleValue
        {
            uncertainty = .interval(below: value - lower, above: upper - value)
        } else {
            return nil
        }
    }

    package func limits(_ confidence: Confidence) -> ConfidenceLimits { uncertainty.limits(of: value, confidence) }

    /// The variance of the number; nil if only an interval is known.
    ///
    /// For the shares 0 and 1 the variance would be 0, so half a hit and half a miss are added (Anscombe 1956).
    package var variance: Double? {
        switch uncertainty {
        case .standardError(let error): return error * error
        case .mean(let variance, _): return variance
        case .interval: return nil
        case .share(let n, let one):
            let share = value / one
            guard share <= 0 || share >= 1 else { return share * (1 - share) / n * one * one }
            let moved = (share * n + 0.5) / (n + 1)
            return moved * (1 - moved) / (n + 1) * one * one
        }
    }
}

extension Reported {
    /// The 95 % interval of an estimate, which follows from the number's uncertainty. nil if the uncertainty is unknown.
    package func confidenceInterval(of quantity: borrowing Quantity) -> Interval? {
        guard let number = ReportedNumber(self, of: quantity) else { return interval }
        switch number.uncertainty {
        case .interval: return interval
        case .standardError, .share, .mean: return Interval(number.limits(.usual))
        }
    }
}

extension Reported {
    /// Creates the number with its 95 % limits, as reports print them.
    package init(number limits: ConfidenceLimits) {
        self.init(value: Number(sixDigits(limits.value)), interval: Interval(limits).roundedToSixDigits)
    }
}

extension Interval {
    /// Creates an interval from limits. An end that no `Number` can hold is unbounded.
    package init(_ limits: ConfidenceLimits) {
        self.init(lower: Number(nearest: limits.lower), upper: Number(nearest: limits.upper))
    }

    /// The interval as reports print it. Further digits would not be accurate. No decision depends on the rounded ends.
    package var roundedToSixDigits: Interval {
        func rounded(_ end: Number?) -> Number? { end.flatMap { Number(sixDigits($0.doubleValue)) } }
        return Interval(lower: rounded(lower), upper: rounded(upper))
    }
}

extension Number {
    fileprivate init?(nearest value: Double) {
        self.init(value.magnitude < 1e-290 ? "0" : "\(value)")
    }
}
