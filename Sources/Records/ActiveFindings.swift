extension Finding {
    /// Whether the finding is neither planned nor retracted. Such a finding is part of the merge unless another finding
    /// supersedes it.
    package var isActive: Bool { !isPlanned && retracted == nil }
}

extension LedgerState {
    /// Returns the reasons why findings are excluded from the merge, by slug. All other findings are part of the merge.
    package func exclusionReasons() -> [String: String] { Records.exclusionReasons(of: findings.values) }
}

/// Returns the reasons why findings are excluded from the merge, by slug. All other findings are part of the merge.
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
