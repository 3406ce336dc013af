import Merging
import Records
import Words

/// One quantity of `conflicts` for eyes: the sides with their ranges, what separates them, and what is missing.
func disagreementText(_ found: Disagreement, _ pool: QuantityPool?, _ merge: Merge, style: TextStyle) -> String {
    let pooled = pool?.sentence.map { style.wrapped($0, indent: 4, first: 2) }
    return (disagreementLines(found, merge, style: style) + [pooled].compactMap(\.self)).joined(separator: "\n")
}

private func disagreementLines(_ found: Disagreement, _ merge: Merge, style: TextStyle) -> [String] {
    let quantity = merge.state.quantities[found.quantity]
    var lines = [style.bold(style.wrapped(quantity?.title ?? found.quantity, indent: 0))]
    lines.append(style.dim(style.wrapped("\(found.quantity), \(asked(found, merge))", indent: 2)))
    if found.hasDiscord {
        lines.append(style.wrapped(headline(found), indent: 2))
        lines.append("")
        lines += sideLines(found, quantity, style: style)
        lines.append("")
        lines.append(style.wrapped(separation(found), indent: 2))
        lines += decidingLines(found, style: style)
        lines += missing(found, merge).map { style.wrapped("Missing: \($0)", indent: 11, first: 2) }
    }
    for refinement in found.refinements.prefix(refinementLimit) {
        lines.append(style.wrapped(refinementSentence(refinement, merge), indent: 4, first: 2))
    }
    if found.refinements.count > refinementLimit {
        lines.append("  and \(counted(found.refinements.count - refinementLimit, "more chain")) of ever tighter ranges")
    }
    if !found.estimates.isEmpty {
        let pairs = shortList(found.estimates.map { "\($0.a) and \($0.b)" })
        lines.append(
            style.wrapped("Estimates whose 95 % intervals do not meet: \(listed(pairs)).", indent: 4, first: 2))
    }
    return lines
}

private func asked(_ found: Disagreement, _ merge: Merge) -> String {
    switch found.home {
    case nil: "no question asks this"
    case RecordPlace.rootQuestion?: "asked below the north star"
    case let home?: "asked by \(home)"
    }
}

private func headline(_ found: Disagreement) -> String {
    var parts: [String] = []
    if found.conflictCount > 0 {
        parts.append("CONFLICT: \(counted(found.conflictCount, "pair")) of claims that cannot both be true")
    }
    if !found.sets.isEmpty {
        let sets = shortList(found.sets.map { listed($0.map(\.description)) })
        parts.append("CONFLICT of more than two, which share no label: \(sets.joined(separator: "; "))")
    }
    if found.nearMissCount > 0 {
        parts.append("different parts: \(counted(found.nearMissCount, "pair")) of claims without a shared setting")
    }
    return parts.joined(separator: "; ")
}

private let barWidth = 24

/// The most chains of refinements that are told of one quantity.
private let refinementLimit = 12

/// The most claims on one quantity that are drawn.
private let drawnClaimLimit = 24

/// Each claim once, along the scale, after the numbers of the sides that it is on.
private func sideLines(_ found: Disagreement, _ quantity: Quantity?, style: TextStyle) -> [String] {
    let comparable = found.members.filter(\.isComparable)
    let scale = Scale(comparable.compactMap(\.interval), within: quantity?.range)
    var numbers: [ClaimID: [String]] = [:]
    for (number, side) in found.sides.enumerated() {
        for id in side { numbers[id, default: []].append(String(number + 1)) }
    }
    // Labels have no scale: there the sides themselves give the order.
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
        let sides = padded(sideNumbers(numbers[member.id, default: []]), 5)
        let bar = member.interval.flatMap { interval in scale.map { "\($0.bar(interval, width: barWidth))  " } } ?? ""
        lines.append("  \(style.cyan(sides)) \(bar)\(values.phrase)")
        lines.append(style.wrapped("\(member.id)  \(evidenceWord(member))", indent: 10, first: 8))
        lines.append(style.dim(style.wrapped(cellPhrase(member), indent: 10, first: 8)))
    }
    if members.count > drawnClaimLimit {
        lines.append("  and \(counted(members.count - drawnClaimLimit, "more claim")), told by --format json")
    }
    if found.isTruncated { lines.append("  and more sides or camps than are listed") }
    return lines
}

private func sideNumbers(_ numbers: [String]) -> String {
    numbers.count > 6 ? "\(numbers.prefix(5).joined(separator: ",")), …" : numbers.joined(separator: ",")
}

/// Where a claim was tested: `at density 0.3; model superposition-geometry`.
func cellPhrase(_ member: Member) -> String {
    let sides = member.claim.tested.phrases
    return sides.isEmpty ? "no setting recorded" : "at \(sides.joined(separator: "; "))"
}

/// What separates the sides, in plain sentences.
private func separation(_ found: Disagreement) -> String {
    var sentences: [String] = []
    let real = found.explanations.filter { !$0.identifies }
    let naming = found.explanations.filter(\.identifies)
    if let first = real.first {
        let others = real.dropFirst().map { named($0.conditions) }
        let verb =
            (first.conditions.count == 1 ? "alone separates" : "together separate")
            + (found.unexplainedCount == 0 ? " the sides" : " the pairs in which something differs")
        let also = others.isEmpty ? "" : "; so would \(listed(shortList(others), "or"))"
        sentences.append("\(named(first.conditions)) \(verb)\(also)\(chance(found)).")
    }
    if let first = naming.first {
        let start = real.isEmpty ? "Only sets that put every finding alone do" : "Some sets put every finding alone"
        let more = naming.count > 1 ? " and \(naming.count - 1) more" : ""
        sentences.append(
            "\(start), such as \(named(first.conditions))\(more): they name the findings and explain nothing.")
    }
    if found.unexplainedCount > 0 {
        let pairs = shortList(found.unexplained.map { "\($0.a) and \($0.b)" })
        let more = found.unexplainedCount - found.unexplained.count
        sentences.append(
            "Nothing recorded separates \(pairs.joined(separator: "; "))\(more > 0 ? "; and \(more) pairs that are not listed" : "")."
        )
    }
    if found.explanationsAreTruncated {
        sentences.append("There are more differences than were searched for explanations.")
    } else if found.explanations.isEmpty && found.unexplainedCount == 0 {
        sentences.append("No set of up to \(explanationSizeLimit) conditions separates the sides.")
    }
    return sentences.joined(separator: " ")
}

/// How often chance would explain as well, as the end of a sentence.
private func chance(_ found: Disagreement) -> String {
    let comparable = found.members.filter(\.canDisagree)
    guard comparable.count >= shuffleFindingMinimum else {
        return "; with \(findingCount(comparable)), too few to tell from chance"
    }
    guard let shuffle = found.shuffle else { return "" }
    let floor = shuffle.asGood == shuffle.floor ? ", as rarely as these can show" : ""
    return
        "; with \(findingCount(comparable)), chance would do as well in \(odds(shuffle.asGood, of: shuffle.total))\(floor)"
}

/// Several claims of one finding are no findings of their own.
private func findingCount(_ members: [Member]) -> String {
    counted(members.count, Set(members.map(\.id.slug)).count == members.count ? "finding" : "claim")
}

/// `1 of 3 shuffles`; `about 1 of 40 shuffles` where the shares are not so round.
private func odds(_ part: Int, of total: Int) -> String {
    if part == total { return "every shuffle" }
    var (a, b) = (part, total)
    while b != 0 { (a, b) = (b, a % b) }
    let (numerator, denominator) = (part / a, total / a)
    if denominator <= 24 { return "\(numerator) of \(denominator) shuffles" }
    return part * 2 > total
        ? "about \((part * 100 + total / 2) / total) of 100 shuffles"
        : "about 1 of \((total + part / 2) / part) shuffles"
}

/// The run that would decide, and what narrower claims would be left alone.
private func decidingLines(_ found: Disagreement, style: TextStyle) -> [String] {
    var lines: [String] = []
    if let run = found.decidingRun {
        let what =
            run.candidates == 1
            ? "it would test that explanation"
            : run.worst == 0
                ? "whatever comes out, none of the \(run.candidates) explanations still stands"
                : "whatever comes out, at most \(run.worst) of \(run.candidates) explanations still stands"
        let how = run.verifier.map { verifier in
            " \(verifier) can do it, \(duration(run.costSeconds ?? 0)) a run: arbor-ledger tasks run deciding-run:\(found.quantity)"
        }
        lines.append(style.wrapped("Deciding run: \(run.phrase); \(what).\(how ?? "")", indent: 4, first: 2))
    }
    for narrowing in found.narrowings.prefix(3) {
        lines.append(
            style.wrapped(
                "\(narrowing.claim) would meet none of \(listed(shortList(narrowing.attackers.map(\.description)))) if it held for \(narrowing.phrase) only.",
                indent: 4, first: 2))
    }
    return lines
}

/// What would have to be known or run for the disagreement to end.
func missing(_ found: Disagreement, _ merge: Merge) -> [String] {
    var missing: [String] = []
    if !found.hasConflict, found.decidingRun == nil, let first = found.explanations.first(where: { !$0.identifies }) {
        missing.append("one finding that looks at both sides, changing only \(named(first.conditions)).")
    }
    for pair in found.pairs where pair.kind == .unrecorded {
        let unknown = [pair.a, pair.b].compactMap { id -> String? in
            guard let claim = merge.state.claim(id), let quantity = merge.state.quantities[found.quantity] else {
                return nil
            }
            let names = quantity.conditions.map(\.value).filter { name in
                if case .values? = claim.tested[name] { return false }
                return true
            }
            return names.isEmpty ? nil : "the \(listed(names)) of \(id)"
        }
        let question = "\(listed(unknown)); ask the author."
        if !missing.contains(question) { missing.append(question) }
    }
    for pair in found.conflicts where pair.kind == .contradiction {
        missing.append("both verifiers on the same cell and seeds: \(pair.a) and \(pair.b).")
    }
    if !found.conflicts.isEmpty && found.conflicts.allSatisfy({ $0.grade == .neither }) {
        missing.append("a re-run: neither side was verified at a setting that both cover.")
    }
    return Array(missing.prefix(4))
}

private func refinementSentence(_ refinement: Refinement, _ merge: Merge) -> String {
    let steps = refinement.chain.map { id in
        "\(id) (\(merge.state.claim(id)?.value?.value.phrase ?? "estimate"))"
    }
    let tightest = merge.state.claim(refinement.tightest)?.value?.value.phrase ?? ""
    // The ends of a long chain are what matters.
    let shown = steps.count > 8 ? steps.prefix(4) + ["\(steps.count - 6) more"] + steps.suffix(2) : steps
    return "Ever tighter: \(shown.joined(separator: ", then ")). Where they overlap it is \(tightest)."
}

/// What is told of one quantity of a construct; `claims` are sorted.
func constructText(_ quantity: String, _ claims: [Member], style: TextStyle) -> String {
    var lines = [style.wrapped(quantity, indent: 6, first: 4)]
    for claim in claims.prefix(constructClaimLimit) {
        lines.append(style.dim(style.wrapped("\(claim.id)  \(sayingPhrase(claim))", indent: 8, first: 6)))
    }
    if claims.count > constructClaimLimit {
        lines.append(style.dim("      and \(counted(claims.count - constructClaimLimit, "more claim"))"))
    }
    return lines.joined(separator: "\n")
}

private let constructClaimLimit = 6

/// What a claim says, range or estimate.
func sayingPhrase(_ member: Member) -> String { member.claim.saying }

extension ConflictEnds {
    /// Blocks: constructs and what is superseded, where there are any, and the closing line.
    func text(style: TextStyle) -> [ArraySlice<UInt8>] {
        var blocks: [ArraySlice<UInt8>] = []
        if !constructs.isEmpty {
            let title = style.bold("One construct, different quantities: shown together, never compared")
            let told = constructs.flatMap { name, parts in
                [Array("  \(style.cyan(name))".utf8)[...]] + parts.map(\.content)
            }
            blocks.append(joined([Array(title.utf8)[...]] + told, separator: "\n")[...])
        }
        if !superseded.isEmpty { blocks.append(Array(supersededText(style: style).utf8)[...]) }
        return blocks + [Array(style.wrapped(closing, indent: 0).utf8)[...]]
    }

    private func supersededText(style: TextStyle) -> String {
        var lines = [style.bold("Superseded, and what still builds on it")]
        for item in superseded {
            let builders =
                item.buildsOn.isEmpty
                ? "nothing builds on it"
                : "\(listed(item.buildsOn)) still \(item.buildsOn.count == 1 ? "builds" : "build") on it"
            lines.append(style.wrapped("\(item.claim) by \(item.by): \(builders)", indent: 4, first: 2))
        }
        return lines.joined(separator: "\n")
    }

    private var closing: String {
        guard totals.disagreeing > 0 else { return "No two claims disagree." }
        let quantities = totals.disagreeing == 1 ? "1 quantity" : "\(totals.disagreeing) quantities"
        return
            "\(quantities) with disagreements: \(counted(totals.conflicts, "conflicting pair")), \(counted(totals.nearMisses, "pair")) that touched different parts."
    }
}

extension Member {
    /// The range that a bar can show.
    var interval: Interval? {
        if case .interval(let interval)? = values { interval } else { nil }
    }
}
