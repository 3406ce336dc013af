import Records

/// The difference between the numbers of two claims on one quantity.
package struct Difference: Sendable, Equatable {
    package var usual: ConfidenceLimits
    package var strict: ConfidenceLimits
    /// The two-sided p of Fisher's exact test, if both numbers are shares.
    package var fisherProbability: Double?

    /// The limits follow from the uncertainty of the difference that the source states. If it states none, they are
    /// those of Newcombe 1998 (method 10) for two shares, and those of Welch 1947 for two means. Returns nil if an
    /// uncertainty is unknown, or if a number was selected or is a best or worst case.
    package init?(_ a: Claim, minus b: Claim, _ contrast: Contrast, of quantity: Quantity) {
        guard let mine = a.reported, let theirs = b.reported, mine.isMeasured, theirs.isMeasured,
            !contrast.hasUnknownUncertainty
        else { return nil }
        if let value = mine.value?.doubleValue, let other = theirs.value?.doubleValue,
            let uncertainty = contrast.uncertainty(of: value - other)
        {
            usual = uncertainty.limits(of: value - other, .usual)
            strict = uncertainty.limits(of: value - other, .strict)
            return
        }
        guard !contrast.isPaired else { return nil }
        guard let number = ReportedNumber(mine, of: quantity), let other = ReportedNumber(theirs, of: quantity) else {
            return nil
        }
        if let first = number.mean, let second = other.mean {
            (usual, strict) = ((first - second).limits(.usual), (first - second).limits(.strict))
        } else {
            usual = number.limits(.usual) - other.limits(.usual)
            strict = number.limits(.strict) - other.limits(.strict)
        }
        if let first = mine.counts(of: quantity), let second = theirs.counts(of: quantity) {
            fisherProbability = fisherTest(first, second)
        }
    }
}

extension Contrast {
    /// The uncertainty of the difference that the source states.
    fileprivate func uncertainty(of difference: Double) -> Uncertainty? {
        if let error = standardError?.doubleValue { return .standardError(error) }
        guard let lower = interval?.lower?.doubleValue, let upper = interval?.upper?.doubleValue else { return nil }
        return .interval(below: difference - lower, above: upper - difference)
    }
}

extension ReportedNumber {
    fileprivate var mean: MeasuredMean? {
        guard case .mean(let variance, let degrees) = uncertainty else { return nil }
        return MeasuredMean(mean: value, variance: variance, degrees: degrees)
    }
}

extension Reported {
    /// Whether the number is neither selected among several nor a best or worst case.
    package var isMeasured: Bool {
        switch selected {
        case .best, .handPicked: false
        case .mean, nil: bound == nil
        }
    }

    /// The number of items that are counted, and the number of the others.
    fileprivate func counts(of quantity: Quantity) -> (hits: Int, misses: Int)? {
        guard let share = share(of: quantity), let n = itemCount else { return nil }
        let hits = min(n, Int((share * Double(n)).rounded()))
        return (hits, n - hits)
    }
}
