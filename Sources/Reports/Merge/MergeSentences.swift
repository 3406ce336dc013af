import Evidence
import Merging
import Records
import Words

/// Returns the lines that follow the status of an answer: the answers for each kind of models and from runs alone, the
/// reason, the numbers without an uncertainty, and the doubts.
package func answerDetails(_ answer: Answer) -> [String] {
    [narrowerAnswers(answer), answer.reason].compactMap(\.self) + answerRemarks(answer)
}

/// Returns remarks on the numbers without an uncertainty and on the doubts.
func answerRemarks(_ answer: Answer) -> [String] {
    [leaning(answer), doubts(answer)].compactMap(\.self)
}

/// Returns the answers for general and for special-purpose models, if they differ from the headline, and the answer from
/// claims with runs alone. Answers that are open are left out unless the headline covers both kinds of models.
private func narrowerAnswers(_ answer: Answer) -> String? {
    let kinds = [("general models", answer.general), ("special-purpose models", answer.special)]
    var phrases: [(String, QuestionStatus)]
    switch answer.asks {
    case .either: phrases = answer.general == answer.special ? [] : kinds
    case .general, .special: phrases = kinds.filter { $0.1 != .open && $0.1 != answer.status }
    }
    if answer.verified != .open, answer.verified != answer.status {
        phrases.append(("claims with runs alone", answer.verified))
    }
    return phrases.isEmpty ? nil : phrases.map { "\($0.0): \($0.1.rawValue)" }.joined(separator: "; ")
}

/// Describes the reported values that have no uncertainty and therefore do not count.
private func leaning(_ answer: Answer) -> String? {
    let (yes, no) = answer.leans
    switch (yes, no) {
    case (0, 0): return nil
    case (_, 0): return "leans yes: \(counted(yes, "number")) without an uncertainty"
    case (0, _): return "leans no: \(counted(no, "number")) without an uncertainty"
    case (_, _): return "numbers without an uncertainty: \(yes) for yes, \(no) for no"
    }
}

/// Names the assumptions and verifiers that undercuts doubt, with the claims that show the undercuts.
private func doubts(_ answer: Answer) -> String? {
    let phrases = doubtPhrases(answer.claims)
    return phrases.isEmpty ? nil : "but \(listed(phrases))"
}

/// Names the assumptions and verifiers that undercuts doubt, if claims whose sides count rest on them; sorted.
func doubtPhrases(_ claims: [LeafClaim]) -> [String] {
    let live = claims.filter { $0.hasCountedSide && $0.hasLiveSide }
    return Set(live.flatMap(\.doubts).map(doubtPhrase)).sorted()
}

private func doubtPhrase(_ undercut: Undercut) -> String {
    "\(undercut.targetName) is doubted by \(undercut.shownBy.id)"
}

package func statusLine(_ answer: Answer) -> String {
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
package func statusNote(_ claim: LeafClaim) -> String? {
    var notes = [lastingNote(claim)].compactMap(\.self)
    if claim.member.isRefuted {
        if claim.effectiveStatus != .in { notes.append("its complement is \(claim.effectiveStatus.rawValue)") }
    } else if claim.status != .in, Set(claim.parts.map(\.status)).count == 1 {
        notes.append([claim.status.rawValue, claim.reason].compactMap(\.self).joined(separator: ": "))
    }
    notes += claim.member.evidence.pastRuns.filter(\.isRefutation).map(\.phrase)
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
}

/// Explains why a claim's side does not count, how its status differs between settings, and what doubts it.
func lastingNote(_ claim: LeafClaim) -> String? {
    var notes: [String] = []
    if let bridge = claim.bridge { notes.append("not counted: it would carry over by \(bridge)") }
    switch claim.omission {
    case .unrecordedSettings: notes.append("not counted: its settings are not recorded; ask the author")
    case .selectedNumber: notes.append("not counted: the number was selected among several")
    case .bridge, nil: break
    }
    if claim.member.claim.kind == .witness { notes.append("a witness takes no side") }
    if Set(claim.parts.map(\.status)).count > 1, !claim.member.isRefuted { notes += [claim.reason].compactMap(\.self) }
    notes += claim.doubts.map(doubtPhrase)
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
}

/// Lists the sets of assumptions, such as `nothing` and `a and b`. Each set alone is enough for the answer.
package func assumptionPhrases(_ answer: Answer) -> [String] {
    guard !answer.assumptions.sets.isEmpty, answer.assumptions.sets != [[]] else { return [] }
    return answer.assumptions.sets.map { $0.isEmpty ? "nothing" : listed($0) }
        + (answer.assumptions.isCut ? ["further sets"] : [])
}

/// Describes the status of each bridge that leads to a leaf question.
package func bridgePhrases(_ bridges: [BridgeStatus]) -> [String] {
    bridges.map { bridge in
        switch bridge.status {
        case .untested: "\(bridge.assumption) untested\(toySides(bridge))"
        case .contested:
            "\(bridge.assumption) contested by \(listed(shortList(bridge.generals.map(\.description))))\(toySides(bridge))"
        case .holds: "\(bridge.assumption) holds by \(listed(shortList(bridge.generals.map(\.description))))"
        case .fails: "\(bridge.assumption) fails against \(listed(shortList(bridge.generals.map(\.description))))"
        }
    }
}

private func toySides(_ bridge: BridgeStatus) -> String {
    let sides = [(bridge.yes, "yes"), (bridge.no, "no")].filter { $0.0 > 0 }
    return " (" + sides.map { "\(counted($0.0, "toy claim")) for \($0.1)" }.joined(separator: ", ") + ")"
}

package let uncheckedSalts = "Salts not checked: the history is shallow, so no claim is above own run."

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
            ("Refuted claims that were retracted or superseded", "claim", withdrawnRefuted.map(\.description)),
            ("Claims on which no question asks", "claim", unasked.map(\.description)),
            ("Toy claims without a finding on a general model", "claim", unansweredToys.map(\.description)),
            ("Behaviours without a toy model", "behaviour", behavioursWithoutToy),
        ].filter { !$0.2.isEmpty }
    }
}
