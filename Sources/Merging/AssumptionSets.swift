import Checking
import Records

/// The most assumption sets that one answer lists.
private let assumptionSetLimit = 16

/// Sets of assumptions, each enough for an answer; sorted, none a subset of another.
package struct AssumptionSets: Sendable, Equatable {
    package var sets: [[String]] = []
    /// Whether sets beyond the limit were dropped.
    package var isCut = false

    package init(sets: [[String]] = [], isCut: Bool = false) {
        self.sets = sets
        self.isCut = isCut
    }
}

extension Merge {
    /// Minimal sets of assumptions, each enough for one claim on the winning side, or on either side where contested.
    func assumptions(of claims: [LeafClaim], for status: QuestionStatus) -> AssumptionSets {
        var sets: [[String]] = []
        for claim in claims {
            let wins =
                switch status {
                case .supported: claim.side == .pro && claim.effectiveStatus == .in
                case .refuted: claim.side == .con && claim.effectiveStatus == .in
                case .contested: claim.effectiveStatus != .out
                case .open, .answered: false
                }
            guard wins else { continue }
            let set = claim.member.claim.assumes.map(\.value).filter {
                !attackOutcome.supportedAssumptions.contains($0)
            }
            // The empty set is a subset of every other.
            if set.isEmpty { return AssumptionSets(sets: [[]]) }
            sets.append(set)
        }
        return minimal(sets)
    }

    /// Combines the sets of the parts. One supporting part is enough where `any` is supported, one refuting part where
    /// `all` is refuted; else every part contributes one of its sets.
    func combinedAssumptions(_ parts: [PartAnswer], _ needs: Question.Needs, _ status: QuestionStatus) -> AssumptionSets
    {
        let deciding: [PartAnswer]
        switch (needs, status) {
        case (_, .open): return AssumptionSets()
        case (.any, .supported), (.all, .refuted):
            let enough = parts.filter { $0.status == status }.map(\.assumptions)
            return minimal(enough.flatMap(\.sets), isCut: enough.contains(where: \.isCut))
        case (_, .contested): deciding = parts.filter { $0.status == .contested }
        case (.all, _), (.any, _), (.answers, _): deciding = parts
        }
        var together = AssumptionSets(sets: [[]])
        // A part whose sets are all inconsistent leaves no set for the whole.
        for part in deciding {
            together = minimal(
                together.sets.flatMap { set in part.assumptions.sets.map { set + $0 } },
                isCut: together.isCut || part.assumptions.isCut)
        }
        return together
    }

    /// Sorts the sets and drops supersets and inconsistent sets: with two assumptions that exclude each other, or with
    /// the assumptions of two verified claims that cannot both be true.
    private func minimal(_ sets: [[String]], isCut: Bool = false) -> AssumptionSets {
        let distinct = Set(sets.map { Set($0) }).filter { set in
            !state.areExclusive(Array(set), Array(set)) && !inconsistentAssumptions.contains { $0.isSubset(of: set) }
        }
        let smallest = distinct.filter { set in !distinct.contains { $0.isStrictSubset(of: set) } }
        let sorted = smallest.map { $0.sorted() }.sorted { a, b in
            a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
        }
        return AssumptionSets(
            sets: Array(sorted.prefix(assumptionSetLimit)), isCut: isCut || sorted.count > assumptionSetLimit)
    }

    /// The assumptions behind conflicts in which runs verified both claims; smallest sets first, none a subset of
    /// another (nogoods, de Kleer 1986).
    static func inconsistentAssumptions(_ discords: [String: Discord], _ state: LedgerState) -> [Set<String>] {
        let sets = discords.values.flatMap(\.pairs).filter { $0.isConflict && $0.grade == .both }.compactMap { pair in
            let claims = [pair.a, pair.b].compactMap(state.claim)
            let assumed = Set(claims.flatMap { $0.assumes.map(\.value) })
            return assumed.isEmpty ? nil : assumed
        }
        let sorted = Set(sets).sorted { a, b in
            a.count == b.count ? a.sorted().lexicographicallyPrecedes(b.sorted()) : a.count < b.count
        }
        var minimal: [Set<String>] = []
        for set in sorted where !minimal.contains(where: { $0.isSubset(of: set) }) { minimal.append(set) }
        return minimal
    }
}
