import Merging
import Records

/// What a disagreement is, in the order in which readers should look at it.
package enum Standing: String, Comparable, CaseIterable {
    /// A conflict in which nothing recorded differs.
    case contradiction
    case conflict
    /// Different contributors made claims about different parts.
    case differentParts = "different-parts"
    /// Nothing recorded differs, but settings are unknown.
    case unrecorded
    /// The same contributors made claims about different parts, in several studies.
    case ownParts = "own-parts"
    /// All disagreeing claims come from one study: from one finding, or from one toy model.
    case dependence
    /// No claims disagree: ranges are nested, or estimates differ slightly.
    case agreement

    package static func < (a: Standing, b: Standing) -> Bool { a.place < b.place }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The heading in reports.
    package var heading: String {
        switch self {
        case .contradiction: "Contradictions: nothing recorded differs"
        case .conflict: "Conflicts"
        case .differentParts: "Different parts, by different contributors"
        case .unrecorded: "Questions to authors: settings are unknown"
        case .ownParts: "Different parts, by the same contributors"
        case .dependence: "Dependences that one study measured itself"
        case .agreement: "Agreements"
        }
    }
}

extension Standing {
    init(_ found: Disagreement, toyModels: [String: ToyModel]) {
        let members = Dictionary(found.members.map { ($0.id, $0) }) { first, _ in first }
        let conflicts = found.conflicts.filter { $0.kind != .unrecorded }
        let conflictingSets = Set(found.sets)
        let apart = found.nearMisses.map { [$0.a, $0.b] } + found.setsApart
        let studies = apart.map { $0.compactMap { members[$0] } }.filter { !isOneStudy($0, toyModels) }
        if conflicts.contains(where: { $0.kind == .contradiction })
            || found.unexplainedSets.contains(where: conflictingSets.contains)
        {
            self = .contradiction
        } else if !conflicts.isEmpty || !found.sets.isEmpty {
            self = .conflict
        } else if studies.contains(where: haveDifferentContributors) {
            self = .differentParts
        } else if found.conflictCount > 0 {
            self = .unrecorded
        } else if !studies.isEmpty {
            self = .ownParts
        } else {
            self = apart.isEmpty ? .agreement : .dependence
        }
    }
}

/// Returns whether all claims come from one finding, or from one toy model.
private func isOneStudy(_ members: [Member], _ toyModels: [String: ToyModel]) -> Bool {
    if Set(members.map(\.id.slug)).count == 1 { return true }
    let models = Set(members.map { $0.testedValues(of: Condition.model) })
    return models.count == 1 && models.first.map { $0.count == 1 && toyModels[$0[0]] != nil } ?? false
}

/// Returns whether two of the claims have no contributor in common.
private func haveDifferentContributors(_ members: [Member]) -> Bool {
    let contributors = members.map { member in
        Set(member.finding.contributors.map(contributorKey))
    }
    return contributors.contains { one in contributors.contains { one.isDisjoint(with: $0) } }
}
