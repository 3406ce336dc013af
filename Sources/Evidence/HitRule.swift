import Records

/// The rule by which a run is a hit for a claim.
package struct HitRule: Sendable, Codable {
    /// The quantity whose measured number decides whether a run is a hit.
    package var quantity: String
    /// The ranges. A run is a hit if its value is in one of them.
    package var ranges: [ValueSet]

    /// Returns the measured number. Returns nil if the run failed or has no such number.
    package func value(of run: Statement.Run) -> Double? { run.values?[quantity]?.double }

    package func isHit(_ run: Statement.Run) -> Bool {
        guard let value = value(of: run), value.isFinite else { return false }
        return ranges.contains { $0.contains(value) }
    }
}

extension Verification {
    /// Returns the rule for a claim. A number is a hit if it is in the claim's range. For labels, the measured number
    /// is a hit if it is in the range that the measurement assigns to one of the claim's labels.
    package func hitRule(of claim: Claim) -> HitRule {
        let (quantity, value) = (claim.quantity.value, claim.value?.value)
        guard case .labels(let labels)? = value,
            let reading = measurement.labels.first(where: { $0.name.value == quantity })
        else { return HitRule(quantity: quantity, ranges: [value].compactMap(\.self)) }
        return HitRule(
            quantity: reading.number.value,
            ranges: reading.ranges.filter { labels.contains($0.label.value) }.map(\.range.value))
    }
}
