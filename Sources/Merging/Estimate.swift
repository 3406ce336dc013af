import Evidence
import Glibc
import Records

/// The number of an estimate, as far as it can be compared with other claims.
///
/// Two estimates are discordant if the 99.5 % interval of their difference excludes 0 and the difference exceeds the
/// quantity's margin. An estimate and a range are discordant if the estimate's 99.5 % interval and the range do not meet.
package struct Estimate: Sendable, Equatable {
    package var usual: ConfidenceLimits
    package var strict: ConfidenceLimits
    /// The smallest difference that matters.
    var margin: Double

    /// Returns nil if the uncertainty of the number is unknown or not that of the number itself: it is the best or
    /// worst case, or was selected among several.
    init?(_ reported: Reported, of quantity: borrowing Quantity) {
        guard reported.isMeasured, let number = ReportedNumber(reported, of: quantity) else { return nil }
        self.init(number.limits(.usual), number.limits(.strict), of: quantity)
    }

    /// Returns nil if the quantity is no number or the limits are infinite.
    init?(_ usual: ConfidenceLimits, _ strict: ConfidenceLimits, of quantity: borrowing Quantity) {
        guard case .interval = quantity.range else { return nil }
        (self.usual, self.strict) = (usual, strict)
        margin = quantity.margin?.value.doubleValue ?? 0
        guard strict.lower.isFinite, strict.upper.isFinite else { return nil }
    }

    /// A part of the interval that does not overlap the same part of any estimate that differs. If a and b are the
    /// distances between two numbers and their limits, the interval of the difference excludes 0 only if the numbers
    /// are more than √(a² + b²) ≥ (a + b)/√2 apart. So estimates that differ can be found by sorting.
    func core(_ limits: (Estimate) -> ConfidenceLimits) -> ConfidenceLimits {
        let limits = limits(self)
        let factor = 0.5.squareRoot()
        return ConfidenceLimits(
            value: limits.value, lower: limits.value - (limits.value - limits.lower) * factor,
            upper: limits.value + (limits.upper - limits.value) * factor)
    }

    /// Whether the interval of the difference from another estimate excludes 0 and the difference exceeds the margin.
    func differs(from other: Estimate, _ limits: (Estimate) -> ConfidenceLimits) -> Bool {
        let (a, b) = (limits(self), limits(other))
        let difference = a - b
        // The numbers are decimals, so their difference can miss an equal margin by rounding.
        let rounding = 1e-12 * max(a.value.magnitude, b.value.magnitude)
        return difference.excludesZero && difference.value.magnitude > margin + rounding
    }
}
