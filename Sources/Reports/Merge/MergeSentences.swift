import Evidence
import Merging
import Records
import Words

/// What only the re-run claims say, and only those on general models, where that is something else.
func narrowerAnswers(_ answer: Answer) -> String? {
    let voices = [("re-run claims alone", answer.verified), ("general models alone", answer.general)]
    let told = voices.filter { $0.1 != .open && $0.1 != answer.status }.map { "\($0.0): \($0.1.rawValue)" }
    return told.isEmpty ? nil : told.joined(separator: "; ")
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

/// Why a claim is not in, and how it comes here; nil where it counts as it is.
func statusNote(_ claim: LeafClaim) -> String? {
    var notes: [String] = []
    if let bridge = claim.bridge { notes.append("carried here by \(bridge)") }
    if claim.member.isRefuted {
        if claim.effectiveStatus != .in { notes.append("its complement is \(claim.effectiveStatus.rawValue)") }
    } else if claim.status != .in {
        notes.append([claim.status.rawValue, claim.reason].compactMap(\.self).joined(separator: ": "))
    }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
}

/// `nothing`, `a and b`: the sets of assumptions, each of which is enough for the answer.
func assumptionPhrases(_ answer: Answer) -> [String] {
    guard !answer.assumptions.sets.isEmpty, answer.assumptions.sets != [[]] else { return [] }
    return answer.assumptions.sets.map { $0.isEmpty ? "nothing" : listed($0) }
        + (answer.assumptions.isCut ? ["more sets than are listed"] : [])
}

/// How each bridge fares at a leaf.
func bridgePhrases(_ bridges: [BridgeStatus]) -> [String] {
    bridges.map { bridge in
        switch bridge.status {
        case .untested: "\(bridge.assumption) untested"
        case .holds: "\(bridge.assumption) holds, as \(listed(shortList(bridge.generals.map(\.description)))) tells"
        case .fails: "\(bridge.assumption) fails against \(listed(shortList(bridge.generals.map(\.description))))"
        }
    }
}

extension MergeReport.Decided {
    /// How many claims were decided by re-running, and how many of the verdicts may be wrong.
    var sentences: String {
        let wrong = fixed(expectedWrongVerdicts, digits: 2)
        var text =
            "\(counted(count, "claim")) decided by re-running (alpha \(alpha)): at most \(wrong) wrong verdicts expected."
        if selfAudited > 0 { text += " \(selfAudited) self-audited: run by a contributor of the finding." }
        if isSaltUnchecked { text += " Salts not re-checked: the history is shallow." }
        return text
    }
}

extension MergeReport {
    /// Lists of names after the questions; those that are empty are left out.
    var closingLists: [(title: String, noun: String, names: [String])] {
        [
            ("No question asks this", "claim", unasked.map(\.description)),
            ("Toy claims that no general-model finding answers", "claim", unansweredToys.map(\.description)),
            ("Behaviours without a toy model", "behaviour", behavioursWithoutToy),
        ].filter { !$0.2.isEmpty }
    }
}
