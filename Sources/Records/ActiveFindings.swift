extension Finding {
    /// Whether it takes part in the merge, unless another finding supersedes it.
    package var isActive: Bool { !isPlanned && retracted == nil }
}

extension LedgerState {
    /// Returns why findings are excluded from the merge, by slug; all others take part.
    package func exclusionReasons() -> [String: String] { Records.exclusionReasons(of: findings.values) }
}

/// Returns why findings are excluded from the merge, by slug; all others take part.
package func exclusionReasons(of findings: some Sequence<Finding>) -> [String: String] {
    var newer: [String: String] = [:]
    var reasons: [String: String] = [:]
    for finding in findings {
        if finding.isPlanned { reasons[finding.slug] = "only planned" }
        if finding.retracted != nil { reasons[finding.slug] = "retracted" }
        guard finding.isActive else { continue }
        for old in finding.supersedes {
            newer[old.value] = min(newer[old.value] ?? finding.slug, finding.slug)
        }
    }
    return reasons.merging(newer.mapValues { "superseded by \($0)" }) { reason, _ in reason }
}
