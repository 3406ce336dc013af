extension Finding {
    /// Whether the finding is neither planned nor retracted. Only such findings are part of the merge.
    package var isActive: Bool { !isPlanned && retracted == nil }
}

extension LedgerState {
    /// Returns the reasons why findings are excluded from the merge, by slug. All other findings are part of the merge.
    package func exclusionReasons() -> [String: String] { Records.exclusionReasons(of: findings.values) }

    /// Returns the active findings that replace a finding as its own contributors agree, sorted by slug.
    package func acceptedSuccessors(of finding: Finding) -> [Finding] {
        finding.supersededBy.map(\.value).sorted().compactMap { findings[$0] }.filter { successor in
            successor.isActive && successor.slug != finding.slug
                && successor.supersedes.contains { $0.value == finding.slug }
        }
    }

    /// Returns `superseded by x` if findings replace this one as its own contributors agree.
    package func supersededReason(_ finding: Finding) -> String? {
        acceptedSuccessors(of: finding).first.map { "superseded by \($0.slug)" }
    }
}

/// Returns the reasons why findings are excluded from the merge, by slug. All other findings are part of the merge.
package func exclusionReasons(of findings: some Sequence<Finding>) -> [String: String] {
    var reasons: [String: String] = [:]
    for finding in findings where !finding.isActive {
        reasons[finding.slug] = finding.retracted == nil ? "only planned" : "retracted"
    }
    return reasons
}
