import Checking
import Records

/// The maximum number of assumption sets in one answer.
private let assumptionSetLimit = 16

/// Sets of assumptions, each of which is sufficient for an answer. They are sorted, and none is a subset of another.
package struct AssumptionSets: Sendable, Equatable {
    package var sets: [[String]] = []
    /// Whether sets were dropped because of the limit.
    package var isCut = false

    package init(sets: [[String]] = [], isCut: Bool = false) {
        self.sets = sets
        self.isCut = isCut
    }
}

extension Merge {
    /// Returns minimal sets of assumptions. Each is sufficient for one claim on the winning side or, if the question is
    /// contested, for one claim on either side.
    func assumptions(of claims: [LeafClaim], for status: QuestionStatus) -> AssumptionSets {
        var sets: [[String]] = []
        // If the claims for an answer only attack one another, each of them may survive.
        let best = Dictionary(claims.map { ($0.side, $0.effectiveStatus) }, uniquingKeysWith: max)
        func isBest(_ claim: LeafClaim, for side: Side) -> Bool {
            claim.side == side && claim.effectiveStatus != .out && claim.effectiveStatus == best[side]
        }
        for claim in claims {
            let wins =
                switch status {
                case .supported: isBest(claim, for: .pro)
                case .refuted: isBest(claim, for: .con)
                case .depends: claim.effectiveStatus == .in
                case .contested: claim.effectiveStatus != .out
                case .open, .answered: false
                }
            guard wins else { continue }
            // Bridges are left out, because they matter only for the models to which they lead, and no claim counts
            // there because of a bridge.
            let set = claim.member.assumptions.filter { !attackOutcome.supportedAssumptions.contains($0) }
            // The empty set is a subset of every other set.
            if set.isEmpty { return AssumptionSets(sets: [[]]) }
            sets.append(set)
        }
        return minimal(sets)
    }

    /// Combines the assumption sets of the parts. A supported part is sufficient for a supported question that needs
    /// `any`. A refuted part is sufficient for a refuted question that needs `all`. If the question is contested, every
    /// contested part contributes one of its sets. In all other cases, every part contributes one.
    func combinedAssumptions(_ parts: [PartAnswer], _ needs: Question.Needs, _ status: QuestionStatus) -> AssumptionSets
    {
        let deciding: [PartAnswer]
        switch (needs, status) {
        case (_, .open): return AssumptionSets()
        case (.any, .supported), (.all, .refuted):
            let enough = parts.filter { $0.status == status }.map(\.assumptions)
            return minimal(enough.flatMap(\.sets), isCut: enough.contains(where: \.isCut))
        case (_, .contested), (.all, .depends), (.any, .depends): deciding = parts.filter { $0.status == status }
        case (.all, _), (.any, _), (.answers, _): deciding = parts
        }
        var together = AssumptionSets(sets: [[]])
        // If all sets of a part are inconsistent, the combination has no set.
        for part in deciding {
            together = minimal(
                together.sets.flatMap { set in part.assumptions.sets.map { set + $0 } },
                isCut: together.isCut || part.assumptions.isCut)
        }
        return together
    }

    /// Sorts the sets, and drops supersets of other sets and inconsistent sets. A set is inconsistent if it contains
    /// two assumptions that exclude each other, or all assumptions of two verified claims that cannot both be true.
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

    /// Returns the assumptions of each pair of claims that conflict although runs verified both (nogoods, de Kleer
    /// 1986). The smallest sets come first, and none is a subset of another.
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
