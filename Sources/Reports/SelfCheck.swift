import Evidence
import Records
import Words

/// The result of the self-check's runs for a claim at one cell.
package struct SelfCheck: Sendable {
    package var claim: Claim
    package var cell: [String: String]
    /// The measured numbers; nil for a run without one.
    package var values: [Double?]
    package var hits: Int

    package init(of audited: AuditedClaim, at cell: StudiedCell, _ runs: [Statement.Run]) {
        let rule = audited.verification.hitRule(of: audited.claim)
        claim = audited.claim
        self.cell = cell.cell
        values = runs.map(rule.value)
        hits = runs.count(where: rule.isHit)
    }

    /// Whether more than half of the runs are hits. If no run finished, this is true, because no result contradicts the
    /// claim.
    package var passes: Bool { values.isEmpty || hits * 2 > values.count }

    /// A sentence such as `Self-check of w#1 at density 0.3: 1 of 2 runs hit, too few; values 0.49, 0.61`.
    package var sentence: String {
        let start = "Self-check of \(claim.id)\(cellSuffix(cell)): "
        guard !values.isEmpty else { return start + "no run finished" }
        let measured = values.map { $0.map(plainNumber) ?? "none" }.joined(separator: ", ")
        let says = passes ? "" : "; the claim says \(claim.value?.value.phrase ?? "nothing")"
        return start + "\(hits) of \(counted(values.count, "run")) hit\(passes ? "" : ", too few"), with "
            + "\(values.count == 1 ? "the value" : "the values") \(measured)\(says)"
    }
}
