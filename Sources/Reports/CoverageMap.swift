import Evidence
import Merging
import Records

/// What the ledger knows about each question on each model: the best evidence of the claims, and whether any of them is
/// in a conflict there.
package struct CoverageMap: Sendable {
    package enum ModelGroup: Sendable, Comparable {
        /// A reasoning model about which the north star asks.
        case general
        /// A toy model of this ledger.
        case toy
        /// Any other model.
        case other
        /// The model is unknown or does not apply.
        case unrecorded
    }

    package struct Column: Sendable {
        /// The model; nil for claims without one.
        package var model: String?
        package var title: String
        package var group: ModelGroup
        /// The number of claims on this model that are relevant to a question.
        package var claims: Int
    }

    package struct Cell: Sendable {
        package var claims: Set<ClaimID> = []
        package var level = EvidenceLevel.reported
        package var hasConflict = false

        package init() {}
    }

    /// The columns: general models, toy models, other models, and claims without a model; within each group by title.
    package let columns: [Column]
    /// The cells that have claims, by question and by the index of their column.
    package let cells: [String: [Int: Cell]]

    package init(_ merge: Merge, _ answers: [String: Answer], _ conflicts: ConflictIndex) {
        let state = merge.state
        var byModel: [String: [String?: Cell]] = [:]
        var claims: [String?: Set<ClaimID>] = [:]
        for answer in answers.values where answer.question.isLeaf {
            var row: [String?: Cell] = [:]
            for claim in answer.claims where claim.bridge == nil && claim.member.contrast == nil {
                let member = claim.member
                let tested = member.testedValues(of: Condition.model).filter { $0 != Condition.notApplicable }
                for model in tested.isEmpty ? [nil] : tested.map(Optional.some) {
                    row[model, default: Cell()].add(
                        member, isInConflict: conflicts.contains(member, at: model, of: Condition.model))
                }
            }
            for (model, cell) in row { claims[model, default: []].formUnion(cell.claims) }
            var above: String? = answer.question.id
            while let id = above {
                for (model, cell) in row { byModel[id, default: [:]][model, default: Cell()].add(cell) }
                above = answers[id]?.question.parent
            }
        }
        let columns = claims.map { model, ids in
            Column(
                model: model,
                title: model.map { state.vocabulary.value($0, of: Condition.model)?.title ?? $0 }
                    ?? "no model recorded",
                group: state.group(ofModel: model), claims: ids.count)
        }.sorted { a, b in
            (a.group, a.title, a.model ?? "") < (b.group, b.title, b.model ?? "")
        }
        let numbers = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.model, $0) })
        self.columns = columns
        cells = byModel.mapValues { row in
            Dictionary(uniqueKeysWithValues: row.compactMap { model, cell in numbers[model].map { ($0, cell) } })
        }
    }
}

extension CoverageMap.Cell {
    /// Adds the claims of another cell.
    package mutating func add(_ other: Self) {
        claims.formUnion(other.claims)
        level = max(level, other.level)
        hasConflict = hasConflict || other.hasConflict
    }

    fileprivate mutating func add(_ member: Member, isInConflict: Bool) {
        claims.insert(member.id)
        level = max(level, member.shownLevel)
        hasConflict = hasConflict || isInConflict
    }
}

extension Member {
    /// The degree to which runs decided the claim: for a refuted claim, the level of its complement.
    package var shownLevel: EvidenceLevel {
        guard isRefuted else { return evidence.evidence }
        return evidence.isIndependent ? .reRun : .ownRun
    }
}

extension LedgerState {
    package func group(ofModel model: String?) -> CoverageMap.ModelGroup {
        guard let model, model != Condition.notApplicable else { return .unrecorded }
        if vocabulary.isGeneral(model) { return .general }
        return models[model] == nil ? .other : .toy
    }
}

/// The claims that cannot be true together with another claim, without pairs that may only seem so because settings are
/// unknown.
package struct ConflictIndex: Sendable {
    /// The scopes of the other claims of each conflict, by quantity and claim: a difference of two claims has the id of
    /// the first one, but another quantity. nil if the others are not listed.
    private var opponents: [String: [ClaimID: [[Scope]?]]] = [:]

    package init(_ conflicts: ConflictReport, _ merge: Merge) {
        for found in conflicts.subjects.map(\.found) where found.hasConflict {
            let members = Dictionary(found.members.map { ($0.id, $0) }) { first, _ in first }
            let pairs = found.conflicts.filter { $0.kind != .unrecorded }.map { [$0.a, $0.b] }
            var claims: [ClaimID: [[Scope]?]] = [:]
            for group in pairs + found.sets {
                for id in group {
                    claims[id, default: []].append(group.filter { $0 != id }.compactMap { members[$0]?.scope })
                }
            }
            for member in merge.discords[found.quantity]?.unlistedClaimsInConflict() ?? [] {
                claims[member.id] = [nil]
            }
            opponents[found.quantity] = claims
        }
    }

    package func contains(_ member: Member) -> Bool { groups(of: member) != nil }

    /// Returns whether a claim is in a conflict at settings with a value of a condition. nil stands for no value.
    package func contains(_ member: Member, at value: String?, of condition: String) -> Bool {
        guard let groups = groups(of: member) else { return false }
        guard let value else { return true }
        return groups.contains { others in
            others.map { ($0 + [member.scope]).allSatisfy { $0.covers(value, of: condition) } } ?? true
        }
    }

    private func groups(of member: Member) -> [[Scope]?]? {
        opponents[member.claim.quantity.value]?[member.id]
    }
}

extension Scope {
    /// Whether some setting in the scope has a value of a condition, or the scope may have it.
    fileprivate func covers(_ value: String, of condition: String) -> Bool {
        sides.first { $0.condition == condition }.map { side in
            side.values.contains(value) || side.isAverage && side.values.isEmpty
        } ?? true
    }
}
