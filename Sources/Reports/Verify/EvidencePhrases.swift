import Evidence
import Records
import Words

/// Describes the runs at one cell: `density 0.3: 8 of 8 runs hit (E+ …); control refuted: 0 of 8`.
func cellText(_ cell: CellEvidence) -> String {
    let place = cell.cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let count = cell.count
    guard count.runs > 0 else {
        let offered =
            cell.offeredRuns > 0 ? "\(counted(cell.offeredRuns, "run")) offered, none counts yet" : "no run yet"
        return place.isEmpty ? offered : "\(place): \(offered)"
    }
    let scores = "E+ \(fixed(count.evidenceFor, digits: 2)), E- \(fixed(count.evidenceAgainst, digits: 2))"
    var text = "\(count.hits) of \(counted(count.runs, "run")) hit (\(scores))\(divergence(count))"
    if let control = cell.control, control.runs > 0 {
        text += "; control \(control.conclusion.rawValue): \(control.hits) of \(control.runs)"
        text += divergence(control)
    }
    return place.isEmpty ? text : "\(place): \(text)"
}

/// Describes how many trainings diverged; empty if none did.
private func divergence(_ count: Count) -> String {
    switch count.diverged {
    case 0: ""
    case _ where count.isVoid: ", but every training diverged, which is no evidence about the claim"
    case let diverged: ", \(counted(diverged, "training")) diverged"
    }
}

func verdictLabel(_ evidence: ClaimEvidence) -> String {
    switch evidence.verdict {
    case .verified: evidence.level == .verified ? "verified" : "verified, \(evidence.level.rawValue)"
    case .refuted: "refuted"
    case .open:
        if evidence.isVoid {
            "open: every training diverged; change the toy model's settings"
        } else if evidence.cells.contains(where: { $0.count.verdict == .open && $0.count.runs < runLimit }) {
            "open: more runs needed"
        } else {
            "open: undecided after the limit of \(runLimit) runs"
        }
    case .none: "no run yet"
    }
}

/// Returns the narrower claim that the runs support; nil if they support the whole claim or no part of it.
func narrowerClaim(_ evidence: ClaimEvidence) -> String? {
    guard evidence.verdict != .verified else { return nil }
    let verified = evidence.cells.filter { $0.count.conclusion == .verified }
    guard !verified.isEmpty, !verified.contains(where: \.cell.isEmpty) else { return nil }
    let cells = verified.map {
        $0.cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    return "The runs support the narrower claim at \(cells.joined(separator: "; "))."
}
