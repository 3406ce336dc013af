import Evidence
import Merging
import Records
import Words

/// The question tree with one phrase a question and one evidence word a claim, or what changes in it.
func mergeText(_ report: MergeReport, style: TextStyle) -> String {
    if let changes = report.changes { return changesText(changes, style: style) }
    guard !report.places.isEmpty else { return "No questions yet: the north star goes into Claims/question.yaml.\n" }
    let questions = report.places.mapSideBySide { questionText(report.answers[$0.index], at: $0, style: style) }
    return questions.joined() + ends(report, style)
}

/// One question with one phrase, and its claims with one evidence word each; ends with a line end.
private func questionText(_ answer: Answer, at place: MergeReport.Place, style: TextStyle) -> String {
    let indent = place.depth * 2
    var lines = [style.bold(style.wrapped(answer.question.text, indent: indent))]
    let text = style.wrapped(statusLine(answer), indent: indent + 4, first: indent + 2)
    lines.append(style.paint(answer.status, text))
    // A question with several parents is printed once and named again.
    guard !place.isRepeat else {
        lines.append(style.dim(style.wrapped("see above: \(answer.question.id)", indent: indent + 2)))
        return ended(lines)
    }
    if let narrower = narrowerAnswers(answer) {
        lines.append(style.wrapped(narrower, indent: indent + 4, first: indent + 2))
    }
    if let reason = answer.reason { lines.append(style.wrapped(reason, indent: indent + 4, first: indent + 2)) }
    let assumptions = assumptionPhrases(answer)
    if !assumptions.isEmpty {
        let text = "assuming \(assumptions.joined(separator: "; or "))"
        lines.append(style.dim(style.wrapped(text, indent: indent + 4, first: indent + 2)))
    }
    if !answer.bridges.isEmpty {
        let text = "bridges: \(bridgePhrases(answer.bridges).joined(separator: "; "))"
        lines.append(style.dim(style.wrapped(text, indent: indent + 4, first: indent + 2)))
    }
    for claim in answer.claims.prefix(claimLimit) { lines += claimLines(claim, indent: indent + 2, style: style) }
    if answer.claims.count > claimLimit {
        let more = "and \(counted(answer.claims.count - claimLimit, "more claim")), told by --format json"
        lines.append(style.dim(style.wrapped(more, indent: indent + 2)))
    }
    return ended(lines + [""])
}

private func ended(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

private func ends(_ report: MergeReport, _ style: TextStyle) -> String {
    var lines = report.endLists.flatMap { title, _, names in
        [style.bold(title), style.wrapped(firstNames(names), indent: 2), ""]
    }
    if let decided = report.decided { lines.append(style.wrapped(decided.sentences, indent: 0)) }
    return lines.map { $0 + "\n" }.joined()
}

/// The most claims that are listed at one question, and the most names in a list of them.
private let claimLimit = 100

private func firstNames(_ names: [String]) -> String {
    let more = names.count - claimLimit
    return names.prefix(claimLimit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
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
