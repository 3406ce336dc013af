import Records

/// The ends of a claim's values as plain numbers, by which most pairs can be compared without exact arithmetic.
struct Extent: Sendable {
    /// The ends of the span and of the values that the claim allows; infinite without an end.
    let span: ClosedRange<Double>
    let allowed: ClosedRange<Double>
    let isEstimate: Bool
    /// The number of an estimate, the distances to its 99.5 % limits, and the smallest difference that matters.
    private let value: Double
    private let below: Double
    private let above: Double
    private let margin: Double

    init(_ member: Member) {
        (span, allowed) = (ends(member.span), ends(member.allowed))
        let (strict, margin) = (member.estimate?.strict, member.estimate?.margin)
        isEstimate = strict != nil
        value = strict?.value ?? 0
        below = strict.map { $0.value - $0.lower } ?? 0
        above = strict.map { $0.upper - $0.value } ?? 0
        self.margin = margin ?? 0
    }

    /// Returns whether the span ends before that of a claim with a higher lower end begins. Returns nil if rounding could
    /// decide.
    func isBelow(_ other: Extent) -> Bool? {
        let (end, start) = (span.upperBound, other.span.lowerBound)
        return (end - start).magnitude > 1e-9 * end.magnitude ? end < start : nil
    }

    /// Returns whether two claims with disjoint spans are discordant. Returns nil if rounding could decide.
    func exceedsUncertainty(from other: Extent) -> Bool? {
        guard isEstimate || other.isEstimate else { return true }
        guard isEstimate, other.isEstimate else {
            let gap =
                max(allowed.lowerBound, other.allowed.lowerBound) - min(allowed.upperBound, other.allowed.upperBound)
            let rounding =
                1e-9
                * max(
                    allowed.lowerBound.magnitude, allowed.upperBound.magnitude, other.allowed.lowerBound.magnitude,
                    other.allowed.upperBound.magnitude)
            guard gap.magnitude > rounding else { return nil }
            return gap > 0
        }
        let distance = (value - other.value).magnitude
        let (low, high) = value < other.value ? (self, other) : (other, self)
        let (square, spread) = (distance * distance, low.above * low.above + high.below * high.below)
        let rounding = 1e-9 * max(value.magnitude, other.value.magnitude, margin)
        if distance < margin - rounding || square < spread * (1 - 1e-9) { return false }
        return distance > margin + rounding && square > spread * (1 + 1e-9) ? true : nil
    }
}

private func ends(_ values: ValueSet?) -> ClosedRange<Double> {
    guard case .interval(let interval)? = values else { return -.infinity...(.infinity) }
    let (lower, upper) = (interval.lower?.doubleValue ?? -.infinity, interval.upper?.doubleValue ?? .infinity)
    return lower...max(lower, upper)
}
