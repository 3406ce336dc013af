extension Finding {
    /// Whether the finding is neither planned nor retracted. Only such findings are part of the merge.
    package var isActive: Bool { !isPlanned && retracted == nil }
}

/// Returns the reasons why findings are excluded from the merge, by slug. All other findings are part of the merge.
package func exclusionReasons(of findings: some Sequence<Finding>) -> [String: String] {
    var reasons: [String: String] = [:]
    for finding in findings where !finding.isActive {
        reasons[finding.slug] = finding.retracted == nil ? "only planned" : "retracted"
    }
    return reasons
}
