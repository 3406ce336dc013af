import Evidence
import Merging
import Records
import Words

/// Returns the answer from re-run claims alone and the answer from general models alone. An answer that is open or
/// equals the full answer is left out. Returns nil if neither remains.
func narrowerAnswers(_ answer: Answer) -> String? {
    let narrower = [("claims with runs alone", answer.verified), ("general models alone", answer.general)]
    let phrases = narrower.filter { $0.1 != .open && $0.1 != answer.status }.map { "\($0.0): \($0.1.rawValue)" }
    return phrases.isEmpty ? nil : phrases.joined(separator: "; ")
}

func statusLine(_ answer: Answer) -> String {
    switch answer.question.status {
    case .proposed: return "proposed, not counted yet"
    case .retired: return "retired"
    case .active: break
    }
    guard !answer.question.isLeaf else { return answer.phrase }
    return "\(answer.phrase); \(answer.answeredParts) of \(counted(answer.parts.count, "part")) answered"
}

/// Explains why a claim is not *in*, and names the bridge that carries it to the question. Returns nil if neither
/// applies.
func statusNote(_ claim: LeafClaim) -> String? {
    var notes: [String] = []
    if let bridge = claim.bridge { notes.append("carried here by \(bridge)") }
    if claim.member.isRefuted {
        if claim.effectiveStatus != .in { notes.append("its complement is \(claim.effectiveStatus.rawValue)") }
    } else if claim.status != .in {
        notes.append([claim.status.rawValue, claim.reason].compactMap(\.self).joined(separator: ": "))
    }
    notes += claim.member.evidence.pastRuns.filter(\.isRefutation).map(\.phrase)
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
}

/// Lists the sets of assumptions, such as `nothing` and `a and b`. Each set alone is enough for the answer.
func assumptionPhrases(_ answer: Answer) -> [String] {
    guard !answer.assumptions.sets.isEmpty, answer.assumptions.sets != [[]] else { return [] }
    return answer.assumptions.sets.map { $0.isEmpty ? "nothing" : listed($0) }
        + (answer.assumptions.isCut ? ["further sets"] : [])
}

/// Describes the status of each bridge that leads to a leaf question.
func bridgePhrases(_ bridges: [BridgeStatus]) -> [String] {
    bridges.map { bridge in
        switch bridge.status {
        case .untested: "\(bridge.assumption) untested"
        case .holds: "\(bridge.assumption) holds by \(listed(shortList(bridge.generals.map(\.description))))"
        case .fails: "\(bridge.assumption) fails against \(listed(shortList(bridge.generals.map(\.description))))"
        }
    }
}

let uncheckedSalts = "Salts not checked: the history is shallow, so no claim is above own run."

extension MergeReport.Decided {
    /// Sentences that state the number of decided claims and the expected number of wrong verdicts.
    var sentences: String {
        let wrong = fixed(expectedWrongVerdicts, digits: 2)
        var text =
            "\(counted(count, "claim")) decided by \(counted(sequences, "sequence")) of runs (alpha \(alpha)): at most \(wrong) wrong verdicts expected."
        let own = count - independent
        if own > 0 {
            text += " \(own) by own runs only, which rest on trust in their contributors."
        }
        if own > 0, !hasRunners {
            text += " To get independent re-runs, list runners: see `arbor-ledger signers add --help`."
        }
        if split > 0 { text += " \(counted(split, "claim")) split: runs of equal grade disagree." }
        if isSaltUnchecked { text += " " + uncheckedSalts }
        return text
    }
}

extension MergeReport {
    /// The non-empty lists of names that follow the questions.
    var closingLists: [(title: String, noun: String, names: [String])] {
        [
            ("Claims on which no question asks", "claim", unasked.map(\.description)),
            ("Toy claims without a finding on a general model", "claim", unansweredToys.map(\.description)),
            ("Behaviours without a toy model", "behaviour", behavioursWithoutToy),
        ].filter { !$0.2.isEmpty }
    }
}
