import Records
import Words
import YAML

/// Compares two versions of a finding. `state` is the later state.
func findingChanges(from before: Finding, to after: Finding, in state: LedgerState) -> [BasisChange] {
    var changes: [BasisChange] = []
    func add(_ kind: BasisChange.Kind, _ change: String, _ mark: Mark, claim: ClaimID? = nil, caveat: String? = nil) {
        changes.append(
            BasisChange(
                kind: kind, name: claim?.description ?? after.slug, change: change, path: after.path, mark: mark,
                claim: claim, caveat: caveat, contributors: before.contributors))
    }
    for old in before.claims {
        guard let new = after.claims.first(where: { $0.id == old.id }) else {
            add(.claim, "it was removed", .fileStart, claim: old.id)
            continue
        }
        if new.digest != old.digest {
            add(.claim, "its \(listed(new.differences(from: old), "and")) changed", new.mark, claim: old.id)
        }
        if let growth = scopeGrowth(from: old, to: new, in: state) {
            add(.scope, growth, new.mark(of: "holds_for"), claim: old.id)
        }
    }
    let removed = before.contributors.filter { !after.contributors.contains($0) }
    let joined = after.contributors.filter { !before.contributors.contains($0) }
    if !removed.isEmpty {
        let change = "its contributors are \(listed(after.contributors)) instead of \(listed(before.contributors))"
        add(.contributors, change, after.mark(of: "contributors"))
    } else if !joined.isEmpty {
        add(.addedContributors, "\(listed(joined)) joined its contributors", after.mark(of: "contributors"))
    }
    for (caveat, isEdited) in lostCaveats(from: before, to: after) {
        let change = "its caveat \"\(beginning(caveat.text))\" was \(isEdited ? "edited" : "deleted")"
        add(.caveat, change, after.mark(of: "caveats"), caveat: caveat.text)
    }
    if before.retracted == nil, after.retracted != nil {
        add(.retraction, "it was retracted", after.mark(of: "retracted"))
    }
    let accepted = after.supersededBy.filter { new in !before.supersededBy.contains { $0.value == new.value } }
    if let first = accepted.first {
        add(.supersession, "it now says to be superseded by \(listed(accepted.map(\.value)))", first.mark)
    }
    if !before.isPlanned, after.isPlanned { add(.plan, "it was marked as planned", after.mark(of: "status")) }
    return changes
}

/// Returns the caveats that a finding no longer has, and whether another text replaces them.
private func lostCaveats(from before: Finding, to after: Finding) -> [(caveat: Caveat, isEdited: Bool)] {
    var new = after.caveats
    /// Removes one of the new caveats. Returns whether there was one.
    func take(where isWanted: (Caveat) -> Bool) -> Bool {
        new.firstIndex(where: isWanted).map { new.remove(at: $0) } != nil
    }
    let lost = before.caveats.filter { old in
        !take {
            $0.hasSameTarget(as: old) && $0.text == old.text && $0.attackedSettings == old.attackedSettings
        }
    }
    return lost.map { old in (old, take { $0.hasSameTarget(as: old) }) }
}

extension Caveat {
    fileprivate func hasSameTarget(as other: Caveat) -> Bool {
        against.name == other.against.name && shownBy?.value == other.shownBy?.value
    }
}

/// Returns the first words of a text.
private func beginning(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count <= 60 ? line : "\(line.prefix(59))…"
}

extension Claim {
    /// Returns the keys that are covered by the digest and whose values have changed.
    fileprivate func differences(from old: Claim) -> [String] {
        let pairs: [(String, Bool)] = [
            ("quantity", quantity.value == old.quantity.value),
            ("value", value?.value.canonicalText == old.value?.value.canonicalText),
            ("reliability", "\(reliability)" == "\(old.reliability)"), ("kind", kind == old.kind),
            ("tested", testedLines == old.testedLines),
            ("averaged_over", averagedOver.map(\.value) == old.averagedOver.map(\.value)),
            ("verify", verify?.value == old.verify?.value),
        ]
        return pairs.filter { !$0.1 }.map { "\"\($0.0)\"" }
    }
}

/// Describes how the scope of a claim grew beyond its former scope and its tested settings; nil if it did not.
private func scopeGrowth(from old: Claim, to new: Claim, in state: LedgerState) -> String? {
    guard new.holdsFor != old.holdsFor else { return nil }
    let vocabulary = state.vocabulary
    let scopes = [new.scope, old.scope, new.tested].map { Scope($0, vocabulary: vocabulary) }
    let quantity = state.quantities[new.quantity.value]
    let conditions = Set(scopes.flatMap { $0.sides.map(\.condition) })
        .union((quantity?.conditions ?? []).map(\.value)).union((quantity?.laterConditions ?? []).map(\.value))
    /// Returns the covered values of each condition. A condition without known values is left out.
    func values(_ scope: Scope) -> [String: Set<String>] {
        var values: [String: Set<String>] = [:]
        for condition in conditions {
            let covered = scope.values(of: condition).map { Set($0) } ?? vocabulary.values[condition, default: []]
            if !covered.isEmpty { values[condition] = covered }
        }
        return values
    }
    let (now, before, tested) = (values(scopes[0]), values(scopes[1]), values(scopes[2]))
    func isCovered(by other: [String: Set<String>]) -> Bool {
        now.allSatisfy { condition, values in other[condition].map(values.isSubset) ?? true }
    }
    guard !isCovered(by: before), !isCovered(by: tested) else { return nil }
    return "it holds for \(counted(settingCount(now), "setting")) instead of \(settingCount(before))"
}

/// Returns the number of settings in a box, at most `Int.max`.
private func settingCount(_ values: [String: Set<String>]) -> Int {
    values.values.reduce(1) { count, values in
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: values.count)
        return isTooLarge ? .max : product
    }
}
