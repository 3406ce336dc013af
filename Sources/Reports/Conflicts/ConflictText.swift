import Merging
import Records
import Words

/// Writes the totals, disputed runs, and the sides of each quantity with what separates them and which evidence is
/// missing. Constructs and superseded claims follow.
func conflictText(_ report: ConflictReport, style: TextStyle) -> String {
    var blocks = [style.wrapped(report.closing, indent: 0)]
    if !report.disputed.isEmpty {
        let items = report.disputed.flatMap(\.sentences).map { style.wrapped($0, indent: 4, first: 2) }
        blocks.append(([style.bold("Disputed runs")] + items).joined(separator: "\n"))
    }
    for group in report.groups {
        blocks.append(style.bold(style.wrapped("== \(group.heading)", indent: 3, first: 0)))
        blocks += group.shown.concurrentMap {
            style.cut(lines($0, style: style), to: style.lineLimit, indent: 2).joined(separator: "\n")
        }
        let folded = group.folded.map { style.wrapped(dependenceSentence($0), indent: 4, first: 2) }
        if !folded.isEmpty { blocks.append(folded.joined(separator: "\n")) }
    }
    if !report.uncompared.isEmpty {
        let items = report.uncompared.map { style.wrapped(uncomparedSentence($0), indent: 4, first: 2) }
        blocks.append(([style.bold(style.wrapped(uncomparedTitle, indent: 0))] + items).joined(separator: "\n"))
    }
    if !report.constructs.isEmpty {
        let title = style.bold(
            style.wrapped("One construct, different quantities: shown together, never compared", indent: 0))
        let constructs = report.constructs.flatMap { construct in
            ["  \(style.cyan(construct.name))"]
                + construct.quantities.map { constructText($0.name, $0.claims, style: style) }
        }
        blocks.append(([title] + constructs).joined(separator: "\n"))
    }
    if !report.superseded.isEmpty {
        let items = report.superseded.map { style.wrapped(supersededSentence($0), indent: 4, first: 2) }
        blocks.append(
            ([style.bold(style.wrapped("Superseded, and what still builds on it", indent: 0))] + items).joined(
                separator: "\n"))
    }
    return blocks.joined(separator: "\n\n") + "\n"
}

/// Writes one quantity. If there are too many lines, claims are left out first.
private func lines(_ subject: ConflictReport.Subject, style: TextStyle) -> [String] {
    let (found, quantity) = (subject.found, subject.quantity)
    var head = [style.bold(style.wrapped(quantity?.title ?? found.quantity, indent: 0))]
    let place = shorteningWords(of: "\(found.quantity), \(askedByPhrase(found))", to: style.width - 2)
    head.append(style.dim(style.wrapped(place, indent: 2)))
    var lines: [String] = []
    if found.hasDiscord {
        head += [style.wrapped(headline(found), indent: 2), ""]
        lines += ["", style.wrapped(separation(found), indent: 2)]
        let remarks =
            found.reversals.map(reversalSentence) + [decidingSentence(found)].compactMap(\.self)
            + narrowingSentences(found)
        lines += remarks.map {
            style.wrapped($0, indent: 4, first: 2)
        }
        lines += missingEvidence(found, quantity).map { style.wrapped("Missing: \($0)", indent: 11, first: 2) }
        lines += [setAsideSentence(found)].compactMap(\.self).map { style.wrapped($0, indent: 4, first: 2) }
    }
    let claims = found.refinements.isEmpty ? [:] : found.claims
    for refinement in found.refinements.prefix(refinementLimit) {
        lines.append(style.wrapped(refinementSentence(refinement, claims), indent: 4, first: 2))
    }
    if found.refinements.count > refinementLimit {
        lines.append("  and \(counted(found.refinements.count - refinementLimit, "more chain")) of nested ranges")
    }
    lines += ([estimateSentence(found)].compactMap(\.self) + poolSentences(subject.pools)).map {
        style.wrapped($0, indent: 4, first: 2)
    }
    guard found.hasDiscord else { return head + lines }
    let room = style.lineLimit.map { max(fewestSideLines, $0 - lineCount(head) - lineCount(lines)) }
    return head + style.cut(sideLines(found, quantity, style: style), to: room, indent: 2) + lines
}

/// The number of lines for the heading, one claim and the note on omitted claims.
private let fewestSideLines = 5

/// The width of the drawn ranges, which narrow terminals leave out.
private func barWidth(_ style: TextStyle) -> Int { style.width >= 72 ? 24 : style.width >= 57 ? 12 : 0 }

/// The maximum number of refinement chains shown per quantity.
private let refinementLimit = 12

/// The maximum number of claims shown per quantity.
private let drawnClaimLimit = 24

/// Writes each claim once, with the numbers of its sides. Ranges are in numeric order, and labels are sorted by side.
private func sideLines(_ found: Disagreement, _ quantity: Quantity?, style: TextStyle) -> [String] {
    let comparable = found.members.filter(\.canDisagree)
    let scale = Scale(comparable.compactMap(\.interval), within: quantity?.range)
    let numbers = found.sideNumbers.mapValues { $0.map(String.init) }
    // Labels have no numeric order.
    let members =
        scale != nil
        ? comparable
        : comparable.sorted { a, b in
            let (x, y) = (numbers[a.id, default: []], numbers[b.id, default: []])
            return x == y ? a.id < b.id : x.lexicographicallyPrecedes(y)
        }
    var lines = ["  \(style.dim("side"))"]
    for member in members.prefix(drawnClaimLimit) {
        guard let values = member.values else { continue }
        let sides = padded(shortNumbers(numbers[member.id, default: []]), 5)
        let width = barWidth(style)
        let bar =
            width == 0
            ? "" : member.interval.flatMap { interval in scale.map { "\($0.bar(interval, width: width))  " } } ?? ""
        let value = member.isEstimate ? member.valueText : values.phrase
        let place = 8 + bar.count
        lines.append(
            "  \(style.cyan(sides)) \(bar)\(style.wrapped(value, indent: 10, first: place).dropFirst(place))")
        lines.append(style.wrapped("\(member.id)  \(evidenceLabel(member))", indent: 10, first: 8))
        lines.append(style.dim(style.wrapped(cellPhrase(member), indent: 10, first: 8)))
    }
    if members.count > drawnClaimLimit {
        lines.append("  and \(counted(members.count - drawnClaimLimit, "more claim")) (see --format json)")
    }
    if found.isTruncated { lines.append("  and further sides or camps") }
    return lines
}

private func shortNumbers(_ numbers: [String]) -> String {
    numbers.count > 6 ? "\(numbers.prefix(5).joined(separator: ",")), …" : numbers.joined(separator: ",")
}

private func constructText(_ quantity: String, _ claims: [Member], style: TextStyle) -> String {
    var lines = [style.wrapped(quantity, indent: 6, first: 4)]
    for claim in claims.prefix(constructClaimLimit) {
        lines.append(style.dim(style.wrapped("\(claim.id)  \(claim.valueText)", indent: 8, first: 6)))
    }
    if claims.count > constructClaimLimit {
        lines.append(style.dim("      and \(counted(claims.count - constructClaimLimit, "more claim"))"))
    }
    return lines.joined(separator: "\n")
}

private let constructClaimLimit = 6

extension Member {
    /// The range to draw; nil for labels.
    var interval: Interval? {
        if case .interval(let interval)? = values { interval } else { nil }
    }
}
