import Evidence
import Merging
import Records
import Words

/// Writes the question tree, with one phrase per question and one label per claim. If the report has changes, writes
/// only these.
func mergeText(_ report: MergeReport, style: TextStyle) -> String {
    if let changes = report.changes { return changesText(changes, style: style) }
    guard !report.places.isEmpty else { return "No questions yet: write the north star in Claims/question.yaml.\n" }
    let questions = report.places.concurrentMap { questionText(report.answers[$0.index], at: $0, style: style) }
    return questions.joined() + ends(report, style)
}

/// Writes one question with its claims, followed by a line break.
private func questionText(_ answer: Answer, at place: MergeReport.Place, style: TextStyle) -> String {
    // The limit on the indent leaves enough width for the lines of deep questions.
    let indent = min(place.depth * 2, style.width / 3)
    func wrapped(_ text: String, _ indent: Int, first: Int? = nil) -> String {
        style.wrapped(shorteningWords(of: text, to: style.width - indent), indent: indent, first: first)
    }
    var lines = [style.bold(wrapped(answer.question.text, indent))]
    lines.append(style.paint(answer.status, wrapped(statusLine(answer), indent + 4, first: indent + 2)))
    guard !place.isListed else {
        lines.append(style.dim(wrapped("listed here for reading: \(answer.question.id)", indent + 2)))
        return ended(lines)
    }
    lines += answerDetails(answer).map {
        wrapped($0, indent + 4, first: indent + 2)
    }
    let assumptions = assumptionPhrases(answer)
    if !assumptions.isEmpty {
        let text = "assuming \(assumptions.joined(separator: "; or "))"
        lines.append(style.dim(wrapped(text, indent + 4, first: indent + 2)))
    }
    if !answer.bridges.isEmpty {
        let text = "bridges: \(bridgePhrases(answer.bridges).joined(separator: "; "))"
        lines.append(style.dim(wrapped(text, indent + 4, first: indent + 2)))
    }
    for claim in answer.claims { lines += claimLines(claim, indent: indent + 2, style: style) }
    return ended(style.cut(lines, to: style.lineLimit, indent: indent + 2) + [""])
}

private func ended(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

private func ends(_ report: MergeReport, _ style: TextStyle) -> String {
    var lines = report.closingLists.flatMap { title, _, names in
        [
            style.bold(style.wrapped(title, indent: 0)),
            style.wrapped(shorteningWords(of: firstNames(names), to: style.width - 2), indent: 2), "",
        ]
    }
    if let decided = report.decided { lines.append(style.wrapped(decided.sentences, indent: 0)) }
    return lines.map { $0 + "\n" }.joined()
}

/// The maximum number of names in a closing list.
private let nameLimit = 100

private func firstNames(_ names: [String]) -> String {
    let more = names.count - nameLimit
    return names.prefix(nameLimit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}

private func claimLines(_ claim: LeafClaim, indent: Int, style: TextStyle) -> [String] {
    let sign =
        switch claim.side {
        case .pro: style.green("+")
        case .con: style.red("-")
        case .silent: style.dim(".")
        }
    let word = evidenceLabel(claim.member)
    let blanks = String(repeating: " ", count: indent)
    let name = shortened(claim.member.id.description, max(20, style.width - indent - 2))
    var lines =
        indent + name.count + word.count + 4 > style.width
        ? ["\(blanks)\(sign) \(name)", style.dim(style.wrapped(word, indent: indent + 4))]
        : ["\(blanks)\(sign) \(name)  \(style.dim(word))"]
    let contrast = claim.member.contrast.map { "\($0.phrase): \($0.result)" }
    for note in [contrast, statusNote(claim)].compactMap(\.self) {
        lines.append(style.dim(style.wrapped(note, indent: indent + 6, first: indent + 4)))
    }
    return lines
}
