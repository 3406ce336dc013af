import Merging
import Records

/// The maximum numbers of claims of toys and of other models that are compared on one quantity.
private let (comparedToyLimit, comparedOtherLimit) = (40, 200)

/// The conditions that are not compared, because toy and general models always differ in them, or because relative
/// depth is compared instead.
private let unmatchedConditions: Set = [Condition.model, "layer"]

/// Whether the claims of toys and of other models on one quantity agree at the questions on which both take a side.
package enum PairMatch: Sendable {
    case sameSide, oppositeSides, mixed, noSide, noQuestion
    case onlyToys

    package var phrase: String {
        switch self {
        case .sameSide: "same side"
        case .oppositeSides: "opposite sides"
        case .mixed: "same side and opposite sides"
        case .noSide: "no question on which both take a side"
        case .noQuestion: "no question compares them"
        case .onlyToys: "only the toy was tested"
        }
    }
}

/// The claims of toys that rest on a bridge, and the claims of other models on the same quantity.
package struct PairRow: Sendable {
    package var quantity: String
    package var toys: [Member]
    /// The claims on general models and on the ends of the bridge; if there are none, those on other models.
    package var others: [Member]
    package var isOnGeneralModels: Bool
    package var match: PairMatch
    /// The conditions, apart from model and depth, in which the nearest claims differ; empty if they are equal.
    package var differences: [String]
    package var questions: [String]
}

/// Compares the claims of toys with those of other models, for the bridges between them.
package struct BridgeComparison: Sendable {
    /// The maximum number of quantities of a bridge.
    package static let quantityLimit = 20

    private let merge: Merge
    private let answers: [String: Answer]
    /// The leaves that ask about each quantity, in tree order.
    private let leaves: [String: [String]]
    private let membersByQuantity: [String: [Member]]
    private let membersByAssumption: [String: [Member]]

    package init(
        merge: Merge, answers: [String: Answer], leaves: [String: [String]], membersByQuantity: [String: [Member]],
        membersByAssumption: [String: [Member]]
    ) {
        (self.merge, self.answers, self.leaves) = (merge, answers, leaves)
        (self.membersByQuantity, self.membersByAssumption) = (membersByQuantity, membersByAssumption)
    }

    /// Compares for one bridge.
    init(_ merge: Merge, _ answers: [String: Answer], _ bridge: String) {
        let asked = answers.values.filter { $0.question.quantity != nil }.map(\.question)
        self.init(
            merge: merge, answers: answers,
            leaves: Dictionary(grouping: asked.sorted { $0.id < $1.id }) { $0.quantity?.value ?? "" }
                .mapValues { $0.map(\.id) },
            membersByQuantity: Dictionary(grouping: merge.members) { $0.claim.quantity.value },
            membersByAssumption: [
                bridge: merge.members.filter { $0.claim.assumes.contains { $0.value == bridge } }
            ])
    }

    /// Returns a row for each quantity, sorted by name.
    package func rows(of assumption: Assumption) -> [PairRow] {
        let ends = Set((assumption.bridge?.to ?? []).map(\.value))
        let toys = Dictionary(grouping: membersByAssumption[assumption.slug, default: []]) { $0.claim.quantity.value }
        return toys.sorted { $0.key < $1.key }.prefix(Self.quantityLimit).map { quantity, toys in
            let others = membersByQuantity[quantity, default: []].filter { $0.kind != .toy }
            let generals = others.filter { member in
                member.kind == .general || member.testedValues(of: Condition.model).contains(where: ends.contains)
            }
            return pairRow(quantity, toys, generals.isEmpty ? others : generals, isOnGeneralModels: !generals.isEmpty)
        }
    }

    private func pairRow(
        _ quantity: String, _ toys: [Member], _ others: [Member], isOnGeneralModels: Bool
    ) -> PairRow {
        let asked = leaves[quantity, default: []].compactMap { answers[$0] }
        let settings = toys.prefix(comparedToyLimit).map(Settings.init)
        let sides = asked.map { answer in
            let relevant = Set(answer.claims.map(\.member.id))
            func side(_ member: Member) -> Side {
                relevant.contains(member.id) ? merge.side(of: member, answer.question) : .silent
            }
            return (toys: toys.prefix(comparedToyLimit).map(side), others: others.map(side))
        }
        var compared: [(other: Member, differences: [String])] = []
        var nearest: (differences: [String], isSame: Set<Bool>)?
        for (place, other) in others.enumerated() {
            guard place < comparedOtherLimit else {
                compared.append((other, []))
                continue
            }
            let known = Settings(other)
            let differences = settings.map { $0.differences(from: known) }
            compared.append((other, differences.min { ($0.count, $0.joined()) < ($1.count, $1.joined()) } ?? []))
            for (toy, found) in differences.enumerated() {
                let isSame = sides.compactMap { side -> Bool? in
                    let (own, theirs) = (side.toys[toy], side.others[place])
                    return own == .silent || theirs == .silent ? nil : own == theirs
                }
                guard !isSame.isEmpty, found.count <= nearest?.differences.count ?? .max else { continue }
                if let known = nearest, known.differences.count == found.count {
                    nearest?.isSame = known.isSame.union(isSame)
                } else {
                    nearest = (found, Set(isSame))
                }
            }
        }
        // The claims in which the fewest conditions differ come first.
        let first = compared.prefix(comparedOtherLimit).sorted {
            ($0.differences.count, $0.other.id) < ($1.differences.count, $1.other.id)
        }
        let match: PairMatch =
            if others.isEmpty { .onlyToys } else if let nearest {
                nearest.isSame.count > 1 ? .mixed : nearest.isSame.contains(true) ? .sameSide : .oppositeSides
            } else { asked.isEmpty ? .noQuestion : .noSide }
        return PairRow(
            quantity: quantity, toys: toys,
            others: first.map(\.other) + compared.dropFirst(comparedOtherLimit).map(\.other),
            isOnGeneralModels: isOnGeneralModels, match: match,
            differences: nearest?.differences ?? first.first?.differences ?? [], questions: asked.map(\.question.id))
    }
}

/// The recorded settings of a claim, apart from model and depth.
private struct Settings {
    private let values: [String: Set<String>]

    init(_ member: Member) {
        let names = Set(member.claim.tested.sides.map(\.condition.value)).subtracting(unmatchedConditions)
        values = Dictionary(uniqueKeysWithValues: names.map { ($0, Set(member.testedValues(of: $0))) })
    }

    /// Returns the conditions without a common value, sorted.
    func differences(from other: Settings) -> [String] {
        Set(values.keys).union(other.values.keys).filter {
            values[$0, default: []].isDisjoint(with: other.values[$0, default: []])
        }.sorted()
    }
}
