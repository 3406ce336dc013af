extension Finding {
    /// Takes part in the merge unless something else supersedes it.
    package var isActive: Bool { !isPlanned && retracted == nil }
}

extension LedgerState {
    /// Why findings take no part in the merge, by slug; the others do.
    package func exclusionReasons() -> [String: String] { Records.exclusionReasons(of: findings.values) }
}

/// Why some of all findings take no part in the merge, by slug.
package func exclusionReasons(of findings: some Sequence<Finding>) -> [String: String] {
    var newer: [String: String] = [:]
    var reasons: [String: String] = [:]
    for finding in findings {
        if finding.isPlanned { reasons[finding.slug] = "only planned yet" }
        if finding.retracted != nil { reasons[finding.slug] = "retracted" }
        guard finding.isActive else { continue }
        for old in finding.supersedes {
            newer[old.value] = min(newer[old.value] ?? finding.slug, finding.slug)
        }
    }
    return reasons.merging(newer.mapValues { "superseded by \($0)" }) { reason, _ in reason }
}
