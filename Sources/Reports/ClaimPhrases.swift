import Evidence
import Merging
import Records
import Words

/// Returns the evidence label, followed by the kind of model if the model is toy or general.
package func evidenceLabel(_ member: Member) -> String {
    let word = evidenceLabel(member.evidence)
    return switch member.kind {
    case .toy: "\(word), toy"
    case .general: "\(word), general"
    case .other: word
    }
}

/// Returns a short summary of a claim's evidence.
package func evidenceLabel(_ evidence: ClaimEvidence) -> String {
    switch evidence.verdict {
    case .verified where evidence.isUninformative: "uninformative"
    case .verified where evidence.evidence == .ownRun && evidence.isControlRefuted: "own run, control refuted"
    case .verified: evidence.evidence.phrase
    case .refuted: evidence.isIndependent ? "refuted" : "refuted by own run"
    case .split: "runs contradict each other"
    case .open where evidence.isVoid: "open, every training diverged"
    case .open:
        "open after \(evidence.hits) of \(evidence.runs)" + (evidence.missingTraces.map { ", \($0.phrase)" } ?? "")
    case .none:
        evidence.offeredRuns > 0
            ? "\(evidence.offeredRuns) runs offered"
            : evidence.missingTraces.map { "reported, \($0.phrase)" } ?? "reported"
    }
}

/// Returns the settings at which a claim was tested: `density: 0.3; model: superposition-geometry`. A colon follows each
/// name, because a condition such as `direction` would otherwise read as a part of the claim.
package func cellPhrase(_ member: Member) -> String {
    let sides = member.claim.namedPhrases
    return sides.isEmpty ? "no setting recorded" : sides.joined(separator: "; ")
}
