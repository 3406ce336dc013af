import Records

/// A caveat against an assumption or a verifier, with a claim that supports the caveat. It concerns every claim that
/// rests on the assumption or the verifier.
package struct Undercut: Sendable {
    package var finding: String
    /// The number of the caveat in its finding, counted from 1.
    package var number: Int
    package var text: String
    package var shownBy: Member
    /// The assumption or the verifier.
    package var against: Caveat.Target
    /// The settings at which the caveat applies; nil if it applies everywhere.
    var settings: Box?
    /// The claims that rest on it, sorted.
    var targets: [Member]
}

extension Merge {
    /// Returns the undercuts, sorted by finding and number. Undercuts of findings that take no part in the merge are left
    /// out, and so are those that only a refuted claim or a witness supports.
    func undercuts() -> [Undercut] {
        var undercuts: [Undercut] = []
        for finding in ledger.findings where ledger.exclusionReasons[finding.slug] == nil {
            for place in finding.caveats.indices where finding.caveats[place].shownBy != nil {
                let caveat = finding.caveats[place]
                if case .claim = caveat.against { continue }
                guard let shownBy = caveat.shownBy.flatMap({ member(named: $0.value) }), !shownBy.isRefuted,
                    shownBy.claim.kind == .mostRuns
                else { continue }
                undercuts.append(
                    Undercut(
                        finding: finding.slug, number: place + 1, text: caveat.text, shownBy: shownBy,
                        against: caveat.against, settings: caveat.attackedSettings, targets: []))
            }
        }
        guard !undercuts.isEmpty else { return [] }
        for member in sortedByID(Array(members)) {
            for place in undercuts.indices where undercuts[place].concerns(member, state) {
                undercuts[place].targets.append(member)
            }
        }
        return undercuts.sorted { ($0.finding, $0.number) < ($1.finding, $1.number) }
    }
}

extension Undercut {
    /// The name of the assumption or the verifier, such as `assumption probe-is-faithful`.
    package var targetName: String { against.name }

    package func concerns(assumption: String) -> Bool {
        if case .assumption(let name) = against { name.value == assumption } else { false }
    }

    package func concerns(verifier: String) -> Bool {
        if case .verifier(let name) = against {
            verifier == name.value || verifier.hasPrefix(name.value + "/")
        } else {
            false
        }
    }

    /// Returns whether the undercut applies at all of some cells.
    func covers(_ cells: [Scope], _ state: LedgerState) -> Bool {
        guard let settings else { return true }
        let covers = Scope(settings, vocabulary: state.vocabulary)
        return cells.allSatisfy { cell in
            covers.sides.allSatisfy { side in
                cell.values(of: side.condition)?.allSatisfy(side.values.contains) ?? false
            }
        }
    }

    /// Returns whether a claim rests on the assumption or the verifier at some of the settings.
    fileprivate func concerns(_ member: Member, _ state: LedgerState) -> Bool {
        guard member !== shownBy else { return false }
        let rests =
            switch against {
            case .claim: false
            case .assumption(let name): member.rests(on: name.value)
            case .verifier: member.claim.verify.map { concerns(verifier: $0.value) } ?? false
            }
        return rests && (settings.map { member.scope.overlaps(Scope($0, vocabulary: state.vocabulary)) } ?? true)
    }
}
