import Evidence
import Records
import Words

/// Describes the runs at one cell: `density 0.3: 8 of 8 hit, decisive; control refuted: 0 of 8`.
func cellText(_ cell: CellEvidence) -> String {
    let place = placePhrase(cell.cell)
    let count = cell.count
    guard count.runs > 0 else {
        let offered =
            cell.offeredRuns > 0 ? "\(counted(cell.offeredRuns, "run")) offered, none counts yet" : "no run yet"
        return place.isEmpty ? offered : "\(place): \(offered)"
    }
    let weight = count.isVoid ? "" : count.isDecided ? ", decisive" : ", open"
    var text = "\(count.hits) of \(count.runs) hit\(weight)\(divergence(count))"
    if let control = cell.control, control.count.runs > 0 {
        text += "; control \(control.verdict.rawValue): \(control.count.hits) of \(control.count.runs)"
        text += divergence(control.count)
    }
    if cell.verdict == .split {
        text += "; runs of equal grade disagree: " + cell.main.deciding.map(sequenceText).joined(separator: "; ")
    }
    if cell.main.isTied { text += "; a run is tied: as many runners deny it as confirm it" }
    return place.isEmpty ? text : "\(place): \(text)"
}

private func placePhrase(_ cell: [String: String]) -> String {
    cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}

/// The E values of the runs at one cell.
package struct CellScore: Sendable, JSONObject {
    package var claim: ClaimID
    package var cell: [String: String]
    package var evidenceFor: Double
    package var evidenceAgainst: Double

    /// Returns the scores of the cells with runs.
    static func all(of claim: Claim, _ evidence: ClaimEvidence) -> [CellScore] {
        evidence.cells.filter { $0.count.runs > 0 }.map { cell in
            CellScore(
                claim: claim.id, cell: cell.cell, evidenceFor: cell.count.evidenceFor,
                evidenceAgainst: cell.count.evidenceAgainst)
        }
    }

    /// The scores in words: `density 0.3: E+ 56.78, E- 0.11`.
    var phrase: String {
        let scores = "E+ \(fixed(evidenceFor, digits: 2)), E- \(fixed(evidenceAgainst, digits: 2))"
        return cell.isEmpty ? scores : "\(placePhrase(cell)): \(scores)"
    }

    package func addMembers(to json: inout JSONWriter) {
        json.add("cell", cell)
        json.add("claim", claim.description)
        json.add("e_against", evidenceAgainst)
        json.add("e_for", evidenceFor)
    }
}

/// Describes a sequence: `ada@example.org: 8 of 8 hit on SkylakeX, verified`.
package func sequenceText(_ sequence: SequenceCount) -> String {
    "\(sequence.key.runner.phrase): \(sequence.count.hits) of \(sequence.count.runs) hit on \(sequence.key.platform.phrase), \(sequence.count.conclusion.rawValue)"
}

extension Runner {
    /// The person, or why no person can be named.
    package var phrase: String {
        switch self {
        case .listed(let principal): principal
        case .unlisted(let key, let address):
            "\(address ?? "a person without an address"), with the unlisted key \(key)"
        case .early: "a person without a listed key"
        case .unnamed: "a person who signed nothing"
        }
    }
}

extension Grade {
    package var phrase: String {
        switch self {
        case .unnamed: "unnamed"
        case .unlisted: "own, key not listed"
        case .unsigned: "own, unsigned"
        case .own: "own"
        case .independent: "independent"
        }
    }
}

/// Describes how many trainings diverged; empty if none did.
private func divergence(_ count: Count) -> String {
    switch count.diverged {
    case 0: ""
    case _ where count.isVoid: ", but every training diverged, which is no evidence about the claim"
    case let diverged: ", \(counted(diverged, "training")) diverged"
    }
}

/// Names the evidence for or against a claim: `own run, control refuted` or `re-run by ada@example.org`.
func evidencePhrase(_ evidence: ClaimEvidence) -> String {
    if evidence.isUninformative { return "uninformative: its control passes as well" }
    var runners = evidence.runners.isEmpty ? "" : " by \(listed(evidence.runners))"
    if !evidence.builders.isEmpty { runners += " (\(listed(evidence.builders)) built the toy model)" }
    if evidence.verdict == .refuted {
        return evidence.cells.contains { $0.verdict == .refuted && $0.rank > 0 } ? "re-run\(runners)" : "own run"
    }
    switch evidence.evidence {
    case .reported: return "reported"
    case .ownRun: return evidence.isControlRefuted ? "own run, control refuted" : "own run"
    case .reRun, .controlled, .replicated: return evidence.evidence.phrase + runners
    }
}

package func verdictLabel(_ evidence: ClaimEvidence) -> String {
    switch evidence.verdict {
    case .verified: "verified: \(evidencePhrase(evidence))"
    case .refuted: "refuted: \(evidencePhrase(evidence))"
    case .split: "split: runs of equal grade decided it differently"
    case .open:
        if evidence.isVoid {
            "open: every training diverged; change the toy model's settings"
        } else if evidence.cells.contains(where: { $0.verdict == .open && $0.count.runs < runLimit }) {
            evidence.missingTraces.map { "open: \($0.sentence)" } ?? "open: more runs needed"
        } else {
            "open: undecided after the limit of \(runLimit) runs"
        }
    case .none: evidence.missingTraces.map { "no run yet: \($0.sentence)" } ?? "no run yet"
    }
}

extension TraceShortage {
    /// Says how many annotated traces the fewest deciding runs need, and how many there are.
    var sentence: String { "needs \(needed) annotated traces and has \(present)" }

    /// A short form for lines of reports.
    package var phrase: String { "\(present) of \(needed) annotated traces" }
}

/// Returns the narrower claim that the runs support; nil if they support the whole claim or no part of it.
package func narrowerClaim(_ evidence: ClaimEvidence) -> String? {
    guard evidence.verdict != .verified else { return nil }
    let verified = evidence.cells.filter { $0.verdict == .verified }
    guard !verified.isEmpty, !verified.contains(where: \.cell.isEmpty) else { return nil }
    let cells = verified.map {
        $0.cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    return "The runs support the narrower claim at \(cells.joined(separator: "; "))."
}
