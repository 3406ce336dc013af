import Evidence
import Merging
import Records
import Words

package func askedByPhrase(_ found: Disagreement) -> String {
    switch found.home {
    case nil: "no question asks this"
    case RecordPlace.rootQuestion?: "asked below the north star"
    case let home?: "asked by \(home)"
    }
}

package func headline(_ found: Disagreement) -> String {
    var parts: [String] = []
    // Unknown settings overlap all others, so it is not certain that these claims share a setting.
    let possible = found.conflicts.filter { $0.kind == .unrecorded }
    let certain = found.conflicts.filter { $0.kind != .unrecorded }
    if found.conflictCount > possible.count {
        let count = counted(found.conflictCount - possible.count, "pair")
        parts.append("Conflict: \(count) of claims that cannot both be true: \(pairList(certain))")
    }
    if !possible.isEmpty {
        parts.append(
            "possible conflict: \(counted(possible.count, "pair")) of claims with unknown settings: \(pairList(possible))"
        )
    }
    if !found.sets.isEmpty {
        parts.append("Conflict: \(setCount(found.sets, found)) that share no label: \(setList(found.sets))")
    }
    if found.nearMissCount > 0 {
        let reason = hidingReason(found).map { " (\($0))" } ?? ""
        parts.append(
            "different parts: \(counted(found.nearMissCount, "pair")) of claims without a shared setting\(reason)")
    }
    if !found.setsApart.isEmpty {
        parts.append(
            "different parts: \(setCount(found.setsApart, found)) that share neither label nor setting: \(setList(found.setsApart))"
        )
    }
    return parts.joined(separator: "; ")
}

/// Returns the number of sets with their size, such as `1 set of three claims`.
private func setCount(_ sets: [[ClaimID]], _ found: Disagreement) -> String {
    let size = Set(sets.map(\.count)) == [3] ? "three" : "three or more"
    let count = counted(sets.count, "set")
    return "\(found.setsAreTruncated ? "at least \(count)" : count) of \(size) claims"
}

private func pairList(_ pairs: [Pair]) -> String {
    shortList(pairs.map { "\($0.a) and \($0.b)" }).joined(separator: "; ")
}

private func setList(_ sets: [[ClaimID]]) -> String {
    shortList(sets.map { listed($0.map(\.description)) }).joined(separator: "; ")
}

private func hidingReason(_ found: Disagreement) -> String? {
    hidingReason(Set(found.pairs.flatMap(\.hiddenConditions)).sorted())
}

/// Returns the reason why averages share no setting with other claims, or nil if there are no averages.
func hidingReason(_ conditions: [String]) -> String? {
    conditions.isEmpty ? nil : "the average hides \(listed(conditions))"
}

package func reversalSentence(_ reversal: Reversal) -> String {
    let parts = listed(shortList(reversal.parts.map(\.description)))
    return reversal.turnsSign
        ? "The average over \(reversal.condition) turns the sign: \(reversal.average) has the opposite sign of its parts, \(parts)."
        : "The average over \(reversal.condition) is outside of its parts: \(reversal.average) disagrees in one direction with \(parts)."
}

extension ConflictReport.Subject {
    package var title: String { quantity?.title ?? found.quantity }

    /// What separates the sides.
    package var separationSentence: String { capitalised(separation(found)) }
}

/// Writes sentences about the conditions that separate the sides.
package func separation(_ found: Disagreement) -> String {
    var sentences: [String] = []
    let real = found.explanations.filter { !$0.identifies }
    let naming = found.explanations.filter(\.identifies)
    if let first = real.first {
        let others = real.dropFirst().map(\.phrase)
        let verb =
            (first.conditions.count == 1 ? "alone separates" : "together separate")
            + (found.unexplainedCount == 0 && found.unexplainedSets.isEmpty
                ? " the sides" : " the pairs in which something differs")
        let also = others.isEmpty ? "" : "; so would \(listed(shortList(others), "or"))"
        sentences.append("\(first.phrase) \(verb)\(also)\(chance(found)).")
    }
    if let first = naming.first {
        let more = naming.count > 1 ? ", and \(counted(naming.count - 1, "more set"))" : ""
        let settings = "settings that differ in every finding (\(named(first.conditions))\(more))"
        sentences.append(
            real.isEmpty
                ? "No condition explains it: only \(settings) separate the sides."
                : "\(capitalised(settings)) also separate them, but explain nothing.")
    }
    if found.unexplainedCount > 0 || !found.unexplainedSets.isEmpty {
        let pairs = shortList(
            found.unexplained.map { "\($0.a) and \($0.b)" }
                + found.unexplainedSets.map { listed($0.map(\.description)) })
        let more = found.unexplainedCount - found.unexplained.count
        sentences.append(
            "Nothing recorded separates \(pairs.joined(separator: "; "))\(more > 0 ? "; and \(more) unlisted pairs" : "")."
        )
    }
    if found.explanationsAreTruncated {
        sentences.append("There are too many differences to search them all for explanations.")
    } else if found.explanations.isEmpty && found.unexplainedCount == 0 && found.unexplainedSets.isEmpty {
        sentences.append("No set of up to \(explanationSizeLimit) conditions separates the sides.")
    }
    return sentences.joined(separator: " ")
}

/// Returns the end of a sentence that compares the explanation with random shuffles.
private func chance(_ found: Disagreement) -> String {
    let findings = Set(found.members.lazy.filter(\.canDisagree).map(\.id.slug)).count
    guard findings >= shuffleFindingMinimum else {
        return "; with \(counted(findings, "finding")), too few to test against chance"
    }
    guard let shuffle = found.shuffle else { return "" }
    guard shuffle.total > 1 else { return "; no two findings can exchange their values, so chance was not tested" }
    let floor = shuffle.asGoodCount == shuffle.floorCount ? ", the fewest possible with these findings" : ""
    let groups = contributorGroupCount(found.members.filter(\.canDisagree))
    let linked =
        groups < findings
        ? ", counted as independent although \(counted(groups, "group")) of contributors recorded them" : ""
    return
        "; with \(counted(findings, "finding"))\(linked), chance would do as well in \(odds(shuffle.asGoodCount, of: shuffle.total))\(floor)"
}

/// Returns the number of groups of findings that no contributor links.
private func contributorGroupCount(_ members: [Member]) -> Int {
    // Each member begins as a group of its own. If a group was joined to another group, it holds the index of that
    // group.
    var groups = Array(members.indices)
    func root(_ member: Int) -> Int {
        var place = member
        while groups[place] != place { place = groups[place] }
        return place
    }
    var first: [String: Int] = [:]
    for (index, member) in members.enumerated() {
        for contributor in member.finding.contributors {
            if let other = first.updateValue(index, forKey: contributorKey(contributor)) {
                groups[root(other)] = root(index)
            }
        }
    }
    return groups.indices.count { groups[$0] == $0 }
}

/// Returns a part of the shuffles in words: `1 of 3 shuffles`, or `about 1 of 40 shuffles` if the total is large.
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

/// Lists the evidence that could end the disagreement.
package func missingEvidence(_ found: Disagreement, _ quantity: Quantity?) -> [String] {
    let claims = found.claims
    var missing: [String] = []
    if !found.hasConflict, found.decidingRun == nil,
        let first = found.explanations.first(where: { !$0.identifies && !$0.namesAverage })
    {
        missing.append("one finding that tests both sides and changes only \(named(first.conditions)).")
    }
    for pair in found.pairs where pair.kind == .unrecorded {
        let unknown = [pair.a, pair.b].compactMap { id -> String? in
            guard let claim = claims[id], let quantity else { return nil }
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
        missing.append(
            found.canRerun(pair)
                ? "runs of both verifiers on the same cell and seeds: \(pair.a) and \(pair.b)."
                : "what \(pair.a) and \(pair.b) did differently; ask the authors.")
    }
    if !found.conflicts.isEmpty && found.conflicts.allSatisfy({ $0.grade == .neither }) {
        missing.append("a re-run: neither side was verified at a setting that both cover.")
    }
    return Array(missing.prefix(4))
}

package func refinementSentence(_ refinement: Refinement, _ claims: [ClaimID: Claim]) -> String {
    let steps = refinement.chain.map { id in
        "\(id) (\(claims[id]?.value?.value.phrase ?? "estimate"))"
    }
    let tightest = claims[refinement.tightest]?.value?.value.phrase ?? ""
    // A long chain is shortened in its middle, because its ends matter most.
    let shown = steps.count > 8 ? steps.prefix(4) + ["\(steps.count - 6) more"] + steps.suffix(2) : steps
    return "Nested ranges: \(shown.joined(separator: ", then ")). Where they overlap the range is \(tightest)."
}

/// Returns a sentence about the deciding run and what it would show, or nil if no such run is known.
package func decidingSentence(_ found: Disagreement) -> String? {
    guard let run = found.decidingRun else { return nil }
    let what =
        run.candidates == 1
        ? "it would test that explanation"
        : run.worst == 0
            ? "any outcome leaves none of the \(run.candidates) explanations"
            : "any outcome leaves at most \(run.worst) of \(run.candidates) explanations"
    let how = run.verifier.map { verifier in
        " \(verifier) can do it, \(duration(run.costSeconds ?? 0)) a run: arbor-ledger tasks run deciding-run:\(found.quantity)"
    }
    return "Deciding run: \(run.phrase); \(what).\(how ?? " It cannot be run here.")"
}

/// Suggests narrower versions of claims that would avoid the conflicts.
package func narrowingSentences(_ found: Disagreement) -> [String] {
    found.narrowings.prefix(3).map { narrowing in
        "\(narrowing.claim) would avoid \(listed(shortList(narrowing.attackers.map(\.description)))) if it held only for \(narrowing.phrase)."
    }
}

package func estimateSentence(_ found: Disagreement) -> String? {
    guard !found.estimates.isEmpty else { return nil }
    let pairs = shortList(found.estimates.map { "\($0.a) and \($0.b)" })
    return "Suggestive: these estimates differ at 95 %, but not at 99.5 %: \(pairs.joined(separator: "; "))."
}

/// Returns a line about claims of one study that disagree: what they depend on.
func dependenceSentence(_ subject: ConflictReport.Subject) -> String {
    let found = subject.found
    let claims = Set(found.pairs.flatMap { [$0.a, $0.b] } + found.setsApart.flatMap(\.self)).sorted()
    let findings = Set(claims.map(\.slug)).sorted()
    let onWhat = found.explanations.filter { $0.conditions.count == found.explanations[0].conditions.count }
    let dependence =
        onWhat.isEmpty
        ? "depends on nothing that separates all claims" : "depends on \(listed(shortList(onWhat.map(\.phrase)), "or"))"
    let hidden = hidingReason(found).map { ["T\($0.dropFirst())."] } ?? []
    let run = found.decidingRun.map { ["A deciding run would \($0.phrase)."] } ?? []
    let remarks = (hidden + found.reversals.map(reversalSentence) + run).map { " \($0)" }.joined()
    return
        "\(found.quantity): \(dependence) in \(listed(shortList(findings))) (\(counted(claims.count, "claim")), \(counted(found.nearMissCount, "pair"))).\(remarks)"
}

/// Lists the pairs that are no conflict only because their assumptions exclude each other.
package func setAsideSentence(_ found: Disagreement) -> String? {
    let pairs = found.pairs.filter(\.isSetAside)
    return pairs.isEmpty ? nil : "Set aside, because their assumptions exclude each other: \(pairList(pairs))."
}

let uncomparedTitle = "Not compared: the uncertainty of a number is not known"

/// Names claims that point to different sides of a question but are in no disagreement.
func uncomparedSentence(_ found: Uncompared) -> String {
    let first = found.pairs.prefix(found.count > 5 ? 4 : 5).map { "\($0.a) and \($0.b)" }
    let more = found.count > first.count ? ["\(found.count - first.count) more"] : []
    let points = found.count == 1 ? "1 pair of claims points" : "\(found.count) pairs of claims point"
    let question = found.question == RecordPlace.rootQuestion ? "the north star" : found.question
    return
        "\(question): \(points) to different sides (\((first + more).joined(separator: "; "))); add `se`, `sd`, `interval`, or `n` with `count: true`."
}

func supersededSentence(_ item: Superseded) -> String {
    let builders =
        item.buildsOn.isEmpty
        ? "nothing builds on it"
        : "\(listed(item.buildsOn)) still \(item.buildsOn.count == 1 ? "builds" : "build") on it"
    let reversal = item.isReversed ? "reversed; " : ""
    guard let obstacle = item.obstacle else { return "\(item.claim) by \(item.by): \(reversal)\(builders)" }
    return "\(item.by) claims to supersede \(item.claim), which stays: \(reversal)\(obstacle)"
}

extension ConflictReport {
    /// The number of pairs of estimates that would differ by chance if none of them differed in truth.
    private var chanceRemark: String {
        guard comparedEstimates > 0 else { return "" }
        // Both tails of the strict confidence together have a probability of 5/1000.
        let expected = comparedEstimates < 2_000 ? Number("\(5 * comparedEstimates)e-3")?.text : nil
        let pairs = comparedEstimates == 1 ? "1 compared pair" : "\(comparedEstimates) compared pairs"
        return " Of \(pairs) of estimates, about \(expected ?? "\(comparedEstimates / 200)") would differ by chance."
    }

    var closing: String {
        let remark = chanceRemark + (isSaltUnchecked ? " " + uncheckedSalts : "")
        guard totals.disagreeing > 0 else { return "No two claims disagree." + remark }
        let quantities = totals.disagreeing == 1 ? "1 quantity" : "\(totals.disagreeing) quantities"
        let sets = [
            totals.sets > 0 ? "\(counted(totals.sets, "conflicting set")) of three or more claims" : nil,
            totals.setsApart > 0 ? "\(counted(totals.setsApart, "set")) of three or more about different parts" : nil,
        ]
        let counts =
            [
                counted(totals.conflicts, "conflicting pair"),
                "\(counted(totals.nearMisses, "pair")) about different parts",
            ] + sets.compactMap(\.self)
        return "\(quantities) with disagreements: \(counts.joined(separator: ", "))." + remark
    }
}

extension Disagreement {
    package var claims: [ClaimID: Claim] { Dictionary(members.map { ($0.id, $0.claim) }) { first, _ in first } }

    /// The numbers of each claim's sides, counted from 1.
    package var sideNumbers: [ClaimID: [Int]] {
        var numbers: [ClaimID: [Int]] = [:]
        for (index, side) in sides.enumerated() { for id in side { numbers[id, default: []].append(index + 1) } }
        return numbers
    }
}

extension ConflictReport.DisputedClaim {
    /// A sentence for each cell whose runs contradict each other, and one that says how to settle this.
    package var sentences: [String] {
        cells.flatMap { cell in
            [(cell.main, ""), (cell.control, "control, ")].compactMap { verdict, control -> String? in
                guard let verdict, verdict.verdict == .split || verdict.isTied else { return nil }
                let place = cell.cell.isEmpty ? "" : "at \(settingsPhrase(cell.cell)), "
                let sequences = (verdict.verdict == .split ? verdict.deciding : verdict.sequences.filter(\.isTied))
                    .map(sequenceText)
                let remedy =
                    "\(verdict.verdict == .split ? "Two listed runners" : "A listed runner") who made none of these runs can settle it with `arbor-ledger verify \(id)`."
                return verdict.verdict == .split
                    ? "\(id): \(place)\(control)runs of equal grade disagree: \(sequences.joined(separator: "; ")). \(remedy)"
                    : "\(id): \(place)\(control)as many runners deny a run as confirm it: \(sequences.joined(separator: "; ")). \(remedy)"
            }
        }
    }
}
