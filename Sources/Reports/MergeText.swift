import Evidence
import Merging
import Records
import Words

/// One question with one phrase, and its claims with one evidence word each; ends with a line end.
func questionText(_ answer: Answer, at place: QuestionPlace, style: TextStyle) -> String {
    let indent = place.depth * 2
    var lines = [style.bold(style.wrapped(answer.question.text, indent: indent))]
    let text = style.wrapped(statusLine(answer), indent: indent + 4, first: indent + 2)
    lines.append(style.paint(answer.status, text))
    // A question with several parents is told once and named again.
    guard !place.isRepeat else {
        lines.append(style.dim(style.wrapped("see above: \(answer.question.id)", indent: indent + 2)))
        return ended(lines)
    }
    if let narrower = narrowerAnswers(answer) {
        lines.append(style.wrapped(narrower, indent: indent + 4, first: indent + 2))
    }
    if let reason = answer.reason { lines.append(style.wrapped(reason, indent: indent + 4, first: indent + 2)) }
    if !answer.assumptions.sets.isEmpty, answer.assumptions.sets != [[]] {
        let sets =
            answer.assumptions.sets.map { $0.isEmpty ? "nothing" : listed($0) }
            + (answer.assumptions.isCut ? ["more sets than are listed"] : [])
        lines.append(
            style.dim(
                style.wrapped("assuming \(sets.joined(separator: "; or "))", indent: indent + 4, first: indent + 2)))
    }
    lines += bridgeLines(answer.bridges, indent: indent + 2, style: style)
    for claim in answer.claims.prefix(claimLimit) { lines += claimLines(claim, indent: indent + 2, style: style) }
    if answer.claims.count > claimLimit {
        let more = "and \(counted(answer.claims.count - claimLimit, "more claim")), told by --format json"
        lines.append(style.dim(style.wrapped(more, indent: indent + 2)))
    }
    return ended(lines + [""])
}

private func ended(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

extension MergeEnds {
    func text(style: TextStyle) -> String {
        var lines: [String] = []
        func add(_ title: String, _ names: [String]) {
            guard !names.isEmpty else { return }
            lines += [style.bold(title), style.wrapped(firstNames(names), indent: 2), ""]
        }
        add("No question asks this", unasked.map(\.description))
        add("Toy claims that no general-model finding answers", unansweredToys.map(\.description))
        add("Behaviours without a toy model", behavioursWithoutToy)
        if let evidence { lines.append(style.wrapped(evidence, indent: 0)) }
        return lines.map { $0 + "\n" }.joined()
    }
}

/// The most claims that are listed at one question, and the most names in a list of them.
private let claimLimit = 100

private func firstNames(_ names: [String]) -> String {
    let more = names.count - claimLimit
    return names.prefix(claimLimit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}

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

private func claimLines(_ claim: BearingClaim, indent: Int, style: TextStyle) -> [String] {
    let sign =
        switch claim.side {
        case .pro: style.green("+")
        case .con: style.red("-")
        case .silent: style.dim(".")
        }
    let word = evidenceWord(claim.member)
    let name = shortened(claim.member.id.description, max(20, style.width - indent - word.count - 5))
    var lines = ["\(String(repeating: " ", count: indent))\(sign) \(name)  \(style.dim(word))"]
    if let note = standingNote(claim) {
        lines.append(style.dim(style.wrapped(note, indent: indent + 6, first: indent + 4)))
    }
    return lines
}

/// Why a claim is not in, and how it comes here; nil where it simply stands.
func standingNote(_ claim: BearingClaim) -> String? {
    var notes: [String] = []
    if let bridge = claim.bridge { notes.append("carried here by \(bridge)") }
    if claim.member.isRefuted {
        if claim.voice != .in { notes.append("its complement is \(claim.voice.rawValue)") }
    } else if claim.standing != .in {
        notes.append([claim.standing.rawValue, claim.reason].compactMap(\.self).joined(separator: ": "))
    }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
}

/// How the bridges fare at a leaf, in one paragraph.
private func bridgeLines(_ bridges: [BridgeStatus], indent: Int, style: TextStyle) -> [String] {
    guard !bridges.isEmpty else { return [] }
    let told = bridges.map { bridge in
        switch bridge.status {
        case .untested: "\(bridge.assumption) untested"
        case .holds: "\(bridge.assumption) holds, as \(listed(shortList(bridge.generals.map(\.description)))) tells"
        case .fails: "\(bridge.assumption) fails against \(listed(shortList(bridge.generals.map(\.description))))"
        }
    }
    return [style.dim(style.wrapped("bridges: \(told.joined(separator: "; "))", indent: indent + 2, first: indent))]
}

/// The evidence word, and what kind of model it was found on where that matters to the north star.
func evidenceWord(_ member: Member) -> String {
    let word = evidenceWord(member.evidence)
    return switch member.kind {
    case .toy: "\(word), toy"
    case .general: "\(word), general"
    case .other: word
    }
}

/// One evidence word a claim.
func evidenceWord(_ evidence: ClaimEvidence) -> String {
    switch evidence.verdict {
    case .verified: evidence.level.rawValue
    case .refuted: "refuted"
    case .open: "open after \(evidence.hits) of \(evidence.runs)"
    case .none: evidence.offeredRuns > 0 ? "\(evidence.offeredRuns) runs offered" : "reported"
    }
}
