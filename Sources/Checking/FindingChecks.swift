import Records
import Words
import YAML

func checkFindings(_ context: CheckContext, today: String) -> [Diagnostic] {
    context.findings
        .concurrentMap { finding in
            checkFinding(finding, context) + checkPlan(finding, today: today)
                + checkDate(finding.date, finding.mark(of: "date"), path: finding.path, today: today)
        }.flatMap(\.self)
}

/// Reports a date after today.
func checkDate(_ date: String, _ mark: Mark, path: String, today: String) -> [Diagnostic] {
    guard date > today.prefix(date.count) else { return [] }
    return [
        Diagnostic(
            .futureDate, path: path, mark: mark, message: "\"date\" is \(date), which is in the future",
            fix: "correct it; a plan has its date in `until`")
    ]
}

/// Checks a finding's claims, caveats and references to other findings.
func checkFinding(_ finding: Finding, _ context: CheckContext) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for claim in finding.claims { diagnostics += checkClaim(claim, path: finding.path, context) }
    diagnostics += checkSelfContradiction(finding, context)
    for place in finding.caveats.indices {
        // Access by index avoids a copy of the text.
        diagnostics += checkCaveat(
            against: finding.caveats[place].against, shownBy: finding.caveats[place].shownBy, path: finding.path,
            context)
        if let settings = finding.caveats[place].attackedSettings {
            diagnostics += checkKnownSettings(settings, of: "a caveat", path: finding.path, context)
        }
    }
    for names in [finding.buildsOn, finding.supersedes, finding.supersededBy, finding.sameAs] {
        for name in names { diagnostics += checkFindingName(name, of: finding, context) }
    }
    diagnostics += checkSupersededBy(finding, context)
    for resource in finding.resources { diagnostics += checkReference(resource, path: finding.path, context) }
    return diagnostics
}

/// Reports a lapsed plan. A plan reserves its task up to and including its date. The date `2025-03` reserves it until
/// the end of that month.
func checkPlan(_ finding: Finding, today: String) -> [Diagnostic] {
    guard let until = finding.plannedUntil, finding.retracted == nil, hasPassed(until.value, today: today) else {
        return []
    }
    return [
        Diagnostic(
            .lapsed, path: finding.path, mark: until.mark,
            message: "the plan lapsed after \(until.value), and others may take its task",
            fix: "record the result and remove `status` and `until`, or set a later date")
    ]
}

/// Returns whether a date, month or year has passed completely.
package func hasPassed(_ date: String, today: String) -> Bool { today.prefix(date.count) > date }

private func checkClaim(_ claim: Claim, path: String, _ context: CheckContext) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    diagnostics += checkTested(claim, path: path, context)
    diagnostics += checkLayers(claim, path: path, context)
    diagnostics += checkHoldsFor(claim, path: path, context)
    diagnostics += checkRelations(of: claim, path: path, context)
    for (index, assumption) in claim.assumes.enumerated() {
        diagnostics += checkAssumptionName(assumption, path: path, context)
        for other in claim.assumes[..<index] where context.state.areExclusive([assumption.value], [other.value]) {
            diagnostics.append(
                Diagnostic(
                    .selfContradiction, path: path, mark: assumption.mark,
                    message: "\"\(assumption.value)\" and \"\(other.value)\" exclude each other",
                    fix: "assume one of them"))
        }
    }
    if let quantity = context.state.quantities[claim.quantity.value] {
        diagnostics += checkConditions(claim, quantity, path: path, context)
        diagnostics += checkValues(claim, quantity, path: path)
        diagnostics += checkBreadth(claim, quantity, path: path, context)
    } else {
        diagnostics += checkQuantityName(claim.quantity, path: path, context)
    }
    if let reported = claim.reported {
        diagnostics += checkReported(reported, of: context.state.quantities[claim.quantity.value], path: path)
    }
    if let verify = claim.verify { diagnostics += checkVerify(verify, of: claim, path: path, context) }
    return diagnostics
}

private func checkTested(_ claim: Claim, path: String, _ context: CheckContext) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    // This test is quick, and nearly all sides pass it.
    for place in claim.tested.sides.indices
    where claim.tested.sides[place].isRange || !context.state.vocabulary.isKnownSelection(claim.tested, side: place) {
        let side = claim.tested.sides[place]
        let (condition, attribute) = Vocabulary.split(side.condition.value)
        if attribute != nil, context.state.vocabulary.conditions[condition] != nil {
            diagnostics.append(
                Diagnostic(
                    .unknownCondition, path: path, mark: side.condition.mark,
                    message: "\"tested\" must name values, and \"\(side.condition.value)\" is an attribute",
                    fix: "name the values of \"\(condition)\", and use attributes in `holds_for` only"))
        } else if side.isRange, context.state.vocabulary.conditions[condition]?.isNumber ?? false {
            diagnostics.append(
                Diagnostic(
                    .wrongType, path: path, mark: side.marks[0],
                    message: "\"tested\" must list the values of \"\(condition)\", which can be any number",
                    fix: "list the numbers at which it was measured, and name ranges in `holds_for` only"))
        } else {
            diagnostics += checkSide(side, path: path, context)
        }
    }
    return diagnostics
}

/// Checks that `holds_for` contains all tested settings.
private func checkHoldsFor(_ claim: Claim, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard let holdsFor = claim.holdsFor else { return [] }
    var diagnostics: [Diagnostic] = []
    for side in claim.tested.sides {
        guard case .values(let values) = side.selection, values.contains(Condition.notApplicable),
            context.state.quantities[claim.quantity.value]?.hasCondition(side.condition.value) ?? false,
            !holdsFor.sides.contains(where: { Vocabulary.split($0.condition.value).condition == side.condition.value })
        else { continue }
        diagnostics.append(
            Diagnostic(
                .testedOutsideScope, path: path, mark: side.condition.mark,
                message: "\"tested\" has \(side.condition.value) \"\(Condition.notApplicable)\", which \"holds_for\" "
                    + "does not include",
                fix: "add `\(side.condition.value): \(Condition.notApplicable)` to `holds_for`"))
    }
    for side in holdsFor.sides {
        let mistakes = checkSide(side, path: path, context)
        diagnostics += mistakes
        let (condition, attribute) = Vocabulary.split(side.condition.value)
        guard mistakes.isEmpty, case .values(let allowed) = side.selection else { continue }
        guard let tested = claim.tested[condition] else {
            diagnostics.append(
                Diagnostic(
                    .testedOutsideScope, path: path, mark: side.condition.mark,
                    message: "\"holds_for\" restricts \"\(condition)\", which \"tested\" does not record",
                    fix: "add \"\(condition)\" to `tested`"))
            continue
        }
        guard case .values(let values) = tested else { continue }
        let inside =
            attribute.map { context.state.vocabulary.values(of: condition, having: $0, in: allowed) } ?? allowed
        let range = context.state.vocabulary.conditions[condition]?.isNumber ?? false ? side.range : nil
        for value in values
        where !inside.contains(value) && !(Number(value).map { range?.contains($0) ?? false } ?? false) {
            if let attribute, context.isUnreadable(attribute, of: condition, value) { continue }
            diagnostics.append(
                Diagnostic(
                    .testedOutsideScope, path: path, mark: side.condition.mark,
                    message: "\"tested\" has \(condition) \"\(value)\", which \"holds_for\" excludes",
                    fix: "widen `holds_for` or correct `tested`"))
        }
    }
    return diagnostics
}

private func checkConditions(
    _ claim: Claim, _ quantity: Quantity, path: String, _ context: CheckContext
) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    // If the quantity misspells a condition, the mistake is reported in the quantity's file only.
    for condition in quantity.conditions
    where !claim.tested.mentions(condition.value) && context.isCondition(condition.value) {
        diagnostics.append(
            Diagnostic(
                .missingCondition, path: path, mark: claim.mark,
                message: "\"\(quantity.slug)\" needs the condition \"\(condition.value)\" in \"tested\"",
                fix: "add it; write `\(condition.value): unknown` if the source does not state it"))
    }
    for condition in quantity.laterConditions where !claim.tested.mentions(condition.value) {
        diagnostics.append(
            Diagnostic(
                .laterCondition, path: path, mark: claim.mark,
                message:
                    "the condition \"\(condition.value)\" was added to \"\(quantity.slug)\" later and counts as unknown here",
                fix: "add it if the source states it"))
    }
    return diagnostics
}

private func checkValues(_ claim: Claim, _ quantity: Quantity, path: String) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if let value = claim.value {
        diagnostics += checkRange(value, of: quantity, "value", path: path)
        if let width = quantity.width, diagnostics.isEmpty,
            case .interval(let clipped) = value.value.intersection(quantity.range),
            let lower = clipped.lower, let upper = clipped.upper, upper.doubleValue - lower.doubleValue > width / 2
        {
            diagnostics.append(
                Diagnostic(
                    .wideRange, path: path, mark: value.mark,
                    message: "\(value.value.phrase) is more than half of the range of \"\(quantity.slug)\"",
                    fix: "narrow the range if the source allows"))
        }
    }
    if let reported = claim.reported, let number = reported.value {
        let point = Located(ValueSet.interval(Interval(lower: number, upper: number)), reported.mark)
        diagnostics += checkRange(point, of: quantity, "reported", path: path)
    } else if let reported = claim.reported, let interval = reported.interval,
        quantity.range.isDisjoint(from: .interval(interval))
    {
        diagnostics += checkRange(Located(.interval(interval), reported.mark), of: quantity, "interval", path: path)
    }
    return diagnostics
}

/// Reports claims whose `holds_for` is empty or covers more cells than were tested. The report is a warning if
/// `holds_for` is empty or covers over ten times as many cells. In all other cases, it is a note.
private func checkBreadth(_ claim: Claim, _ quantity: Quantity, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard let holdsFor = claim.holdsFor, holdsFor.isComplete else { return [] }
    let mark = claim.mark(of: "holds_for")
    if holdsFor.sides.isEmpty {
        return [
            Diagnostic(
                .overBroad, path: path, mark: mark, message: "`holds_for: {}` claims all settings",
                fix: "name the tested conditions")
        ]
    }
    let scope = Scope(holdsFor, vocabulary: context.state.vocabulary)
    var (coveredCells, testedCells) = (1.0, 1.0)
    let beside = scope.sides.map(\.condition).filter { name in !quantity.conditions.contains { $0.value == name } }
    for condition in quantity.conditions.map(\.value) + beside {
        guard case .values(let values)? = claim.tested[condition] else { continue }
        func count(_ values: [String]) -> Int { values.count { $0 != Condition.notApplicable } }
        let (all, tested) = (context.state.vocabulary.values[condition]?.count ?? 0, count(values))
        guard tested > 0 else { continue }
        let covered = scope.values(of: condition).map(count) ?? all
        coveredCells *= Double(max(covered, 1))
        testedCells *= Double(tested)
    }
    guard coveredCells > testedCells else { return [] }
    func count(_ cells: Double) -> String { cells > 1e6 ? "over a million cells" : counted(Int(cells), "cell") }
    return [
        Diagnostic(
            coveredCells > 10 * testedCells ? .overBroad : .untestedExtension, path: path, mark: mark,
            message:
                "\"holds_for\" covers \(count(coveredCells)), and \(count(testedCells)) \(testedCells == 1 ? "was" : "were") tested",
            fix: "narrow it, or test more cells")
    ]
}

private func checkSelfContradiction(_ finding: Finding, _ context: CheckContext) -> [Diagnostic] {
    guard finding.claims.count > 1 else { return [] }
    let claims = finding.claims.filter {
        $0.kind == .mostRuns && $0.value != nil && !$0.quantity.isUnreadable && $0.scope.isComplete
    }
    guard claims.count > 1 else { return [] }
    func scope(_ claim: Claim) -> Scope { Scope(of: claim, vocabulary: context.state.vocabulary) }
    var diagnostics: [Diagnostic] = []
    for (i, claim) in claims.enumerated() {
        for j in 0..<i {
            let other = claims[j]
            guard claim.quantity.value == other.quantity.value, let value = claim.value?.value,
                let otherValue = other.value?.value, value.isDisjoint(from: otherValue),
                scope(claim).overlaps(scope(other)),
                !context.state.areExclusive(claim.assumes.map(\.value), other.assumes.map(\.value))
            else { continue }
            diagnostics.append(
                Diagnostic(
                    .selfContradiction, path: finding.path, mark: claim.mark,
                    message:
                        "claim \(claim.id.number) contradicts claim \(other.id.number) of the same finding: their settings overlap and their ranges do not",
                    fix: "separate their scopes, or correct a range"))
        }
    }
    return diagnostics
}

extension LedgerState {
    /// Returns whether some assumption in one list excludes an assumption in the other list.
    package func areExclusive(_ a: [String], _ b: [String]) -> Bool {
        a.contains { mine in b.contains { excludes(mine, $0) || excludes($0, mine) } }
    }

    private func excludes(_ a: String, _ b: String) -> Bool {
        assumptions[a]?.excludes.contains { $0.value == b } ?? false
    }
}

extension Diagnostic.Code {
    package static let unknownFinding = Self("unknown-finding", .error, "No finding has this name.")
    package static let unknownClaim = Self("unknown-claim", .error, "No claim has this name.")
    package static let missingCondition = Self(
        "missing-condition", .error, "A condition that the quantity requires is not recorded.")
    package static let testedOutsideScope = Self(
        "tested-outside-scope", .error, "A claim was tested outside the settings it holds for.")
    package static let selfContradiction = Self("self-contradiction", .error, "A finding contradicts itself.")
    package static let selfUndercut = Self(
        "self-undercut", .error, "A caveat is shown by a claim that rests on what the caveat attacks.")
    package static let oneSided = Self(
        "one-sided", .error, "A finding says that another supersedes it, and that one does not.")
    package static let overBroad = Self(
        "over-broad", .warning, "A claim holds for many more settings than were tested.")
    package static let untestedExtension = Self(
        "untested-extension", .note, "A claim holds for more settings than were tested.")
    package static let wideRange = Self("wide-range", .warning, "A range is so wide that it says little.")
    package static let impossibleShare = Self(
        "impossible-share", .warning, "No whole number of items gives this share.")
    package static let bestOfSeveral = Self(
        "best-of-several", .warning, "A number was selected as the best of several.")
    package static let secondHand = Self("second-hand", .warning, "A number is not from its primary source.")
    package static let laterCondition = Self(
        "later-condition", .note, "A condition was added later and counts as unknown.")
    package static let lapsed = Self("lapsed", .note, "A plan's date has passed.")

    package static let futureDate = Self("future-date", .warning, "A date is in the future.")

    package static let ofFindings = [
        unknownFinding, unknownClaim, missingCondition, testedOutsideScope, selfContradiction, selfUndercut, oneSided,
        overBroad,
        untestedExtension,
        wideRange, impossibleShare, bestOfSeveral, secondHand, laterCondition, lapsed, futureDate,
    ]
}
