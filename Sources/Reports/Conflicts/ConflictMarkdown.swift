import Merging
import Records
import Words

/// Writes a table of the quantities with disagreements, and a collapsible section for each with its sides and
/// explanations.
func conflictMarkdown(_ report: ConflictReport) -> String {
    let discords = report.subjects.filter { $0.found.hasDiscord && $0.standing != .dependence }
    let folded = report.subjects.filter { $0.standing == .dependence }
    let rows = discords.lazy.map { subject in
        [
            markdown(title(subject)) + "<br>" + markdownCode(subject.found.quantity), markdown(kind(subject)),
            "\(subject.found.conflictCount)", "\(subject.found.nearMissCount)", markdown(separation(subject.found)),
        ]
    }
    let (shown, more) = firstLines(
        report.subjects.lazy.filter { $0.standing != .dependence }.map(fold), noun: "disagreement", bytes: 30_000)
    let constructs = report.constructs.map { construct in
        "\(markdown(construct.name)): \(construct.quantities.map { markdownCode($0.name) }.joined(separator: ", "))"
    }
    let superseded = report.superseded.lazy.map { markdown(supersededSentence($0)) }
    return markdownPage(
        [
            "## Disagreements", "**\(report.closing)**",
            markdownTable(
                ["quantity", "kind", "conflicts", "different parts", "what separates the sides"], rows,
                noun: "quantity"),
            markdownDetails(
                "Disputed runs (\(report.disputed.count))",
                markdownList(report.disputed.lazy.flatMap(\.sentences).map(markdown), noun: "run")),
        ] + shown + [
            more,
            markdownDetails(
                "\(Standing.dependence.heading) (\(folded.count))",
                markdownList(folded.lazy.map { markdown(dependenceSentence($0)) }, noun: "quantity")),
            markdownDetails(
                "\(uncomparedTitle) (\(report.uncompared.count))",
                markdownList(report.uncompared.lazy.map { markdown(uncomparedSentence($0)) }, noun: "question")),
            markdownDetails(
                "One construct, different quantities (\(constructs.count))", markdownList(constructs, noun: "construct")
            ),
            markdownDetails("Superseded (\(superseded.count))", markdownList(superseded, noun: "claim")),
        ])
}

private func kind(_ subject: ConflictReport.Subject) -> String {
    subject.standing.heading + (subject.found.home == nil ? "; asked by no question" : "")
}

private func title(_ subject: ConflictReport.Subject) -> String { subject.quantity?.title ?? subject.found.quantity }

private func fold(_ subject: ConflictReport.Subject) -> String {
    let found = subject.found
    let numbers = found.sideNumbers
    let members = found.members.filter { numbers[$0.id] != nil }.sorted { a, b in
        let (x, y) = (numbers[a.id, default: []], numbers[b.id, default: []])
        return x == y ? a.id < b.id : x.lexicographicallyPrecedes(y)
    }
    let sides = members.lazy.map { member in
        [
            numbers[member.id, default: []].map(String.init).joined(separator: ", "), markdown(member.valueText),
            markdownCode(member.id.description), markdown(cellPhrase(member)), evidenceLabel(member),
        ]
    }
    let claims = found.refinements.isEmpty ? [:] : found.claims
    let sentences =
        (found.hasDiscord ? [separation(found)] + found.reversals.map(reversalSentence) : [])
        + (found.hasDiscord ? [decidingSentence(found)].compactMap(\.self) : [])
        + narrowingSentences(found)
        + (found.hasDiscord ? missingEvidence(found, subject.quantity).map { "Missing: \($0)" } : [])
        + [setAsideSentence(found)].compactMap(\.self)
        + found.refinements.map { refinementSentence($0, claims) }
        + [estimateSentence(found)].compactMap(\.self) + poolSentences(subject.pools)
    let body = markdownPage([
        found.hasDiscord ? markdown(headline(found)) : nil,
        markdownTable(["side", "says", "claim", "tested", "evidence"], sides, noun: "claim", bytes: 3_000),
        markdownList(sentences.map(markdown), noun: "remark", bytes: 4_000),
    ])
    return markdownDetails("\(htmlText(title(subject))) (\(found.quantity))", String(body.dropLast())) ?? ""
}
