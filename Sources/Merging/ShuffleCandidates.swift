/// The maximum numbers of sets that compete with the best explanation, and of sets that are examined for this.
private let candidateLimit = 4_096
private let subsetLimit = 16_384

/// What each name separates, as a set of claims for each claim.
struct Relations {
    typealias Relation = [BitSet]

    /// For each name, the claims that differ in it.
    let differing: [Relation]
    /// The claims that differ in no name.
    let indistinct: Relation

    init(_ comparison: Comparison) {
        let indices = comparison.members.indices
        let none = indices.map { _ in BitSet(capacity: indices.count) }
        var differing = comparison.names.map { _ in none }
        var indistinct = none
        for i in indices {
            for j in indices.dropFirst(i + 1) {
                let differences = comparison.differences(i, j)
                for name in differences {
                    differing[name][i].insert(j)
                    differing[name][j].insert(i)
                }
                guard differences.isEmpty else { continue }
                indistinct[i].insert(j)
                indistinct[j].insert(i)
            }
        }
        (self.differing, self.indistinct) = (differing, indistinct)
    }

    /// Returns what a set of names separates.
    func separated(by names: some Sequence<Int>) -> Relation {
        names.reduce(indistinct.map { _ in BitSet(capacity: indistinct.count) }, joined)
    }

    /// Returns what a set of names and a further name separate.
    func joined(_ relation: Relation, _ name: Int) -> Relation {
        var relation = relation
        for claim in relation.indices { relation[claim].formUnion(differing[name][claim]) }
        return relation
    }

    /// Returns a number for each claim that depends on values, settings and differences, but on no name.
    func nameless(_ comparison: Comparison) -> [Int] {
        func ranks<Key: Hashable>(_ keys: [Key], _ areInOrder: (Key, Key) -> Bool) -> [Int] {
            let distinct = Set(keys).sorted(by: areInOrder)
            let rank = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
            return keys.map { rank[$0] ?? 0 }
        }
        let own = zip(comparison.members, comparison.rows).map { member, row in
            ["\(row.lower) \(row.upper) \(row.labels.elements) \(row.assumptions.count)"] + member.namelessSettings
        }
        let first = ranks(own) { $0.lexicographicallyPrecedes($1) }
        let around = first.indices.map { i in
            [first[i]]
                + first.indices.map { j in
                    first[j] * (differing.count + 1) + differing.count { $0[i].contains(j) }
                }.sorted()
        }
        return ranks(around) { $0.lexicographicallyPrecedes($1) }
    }
}

extension Discord {
    /// Returns what each set of names separates that is as simple as an explanation: with fewer names, or with the same
    /// number of names and no more blocks. Ordered conditions can be read as thresholds. Returns nil if there are too
    /// many.
    func candidates(as best: Explanation, _ relations: Relations) -> Set<Relations.Relation>? {
        let all = Array(comparison.members.indices)
        let blocks = Blocks(comparison, all)
        let size = best.conditions.count
        let limit = min(candidateLimit, relationLimit / all.count)
        let mostBlocks = reading(
            of: BitSet(best.conditions.compactMap(comparison.names.firstIndex), capacity: comparison.names.count),
            blocks, all
        ).blockCount
        let names = distinctNames(relations, blocks)
        guard subsetCount(of: names.count, upTo: size) <= subsetLimit else { return nil }
        var found: Set<Relations.Relation> = []
        func extend(
            _ chosen: [Int], _ separated: Relations.Relation, _ groups: Blocks.Groups, from first: Int
        ) {
            guard found.count <= limit else { return }
            // Smaller sets separate less, so only the largest ones below the full size are needed.
            if chosen.count == min(size - 1, names.count) { found.insert(separated) }
            guard chosen.count < size else {
                if groups.count <= mostBlocks {
                    found.insert(separated)
                } else {
                    addThresholds(chosen, blocks, mostBlocks: mostBlocks, relations, to: &found, limit: limit)
                }
                return
            }
            for place in names.indices.dropFirst(first) {
                let name = names[place]
                extend(
                    chosen + [name], relations.joined(separated, name), blocks.split(groups, by: name), from: place + 1)
            }
        }
        extend([], relations.separated(by: []), blocks.whole, from: 0)
        return found.count <= limit ? found : nil
    }

    /// Adds what a set of names separates if one of its ordered conditions is read as a threshold.
    private func addThresholds(
        _ chosen: [Int], _ blocks: Blocks, mostBlocks: Int, _ relations: Relations,
        to found: inout Set<Relations.Relation>, limit: Int
    ) {
        let all = Array(comparison.members.indices)
        for name in chosen {
            guard let order = ordered[name] else { continue }
            let others = chosen.filter { $0 != name }
            let thresholds = 0..<order.values.count - 1
            let counts = order.blockCounts(thresholds, others.reduce(blocks.whole) { blocks.split($0, by: $1) }, all)
            let rest = relations.separated(by: others)
            for (threshold, count) in zip(thresholds, counts) where count <= mostBlocks && found.count <= limit {
                let parts = all.map { order.part(of: $0, after: threshold) }
                let lower = BitSet(all.filter { parts[$0] == .lower }, capacity: all.count)
                let upper = BitSet(all.filter { parts[$0] == .upper }, capacity: all.count)
                found.insert(
                    all.map { claim in
                        switch parts[claim] {
                        case .lower: rest[claim].union(upper)
                        case .upper: rest[claim].union(lower)
                        case .neither: rest[claim]
                        }
                    })
            }
        }
    }

    /// Returns the names that separate something, without those that separate and split the same as another name.
    private func distinctNames(_ relations: Relations, _ blocks: Blocks) -> [Int] {
        struct Effect: Hashable {
            var relation: Relations.Relation
            var blocks: Blocks.Groups
            var places: [ClosedRange<Int>?]?
        }
        var seen: Set<Effect> = []
        return comparison.names.indices.filter { name in
            let relation = relations.differing[name]
            return relation.contains { !$0.isEmpty }
                && seen.insert(
                    Effect(
                        relation: relation, blocks: blocks.split(blocks.whole, by: name), places: ordered[name]?.places)
                ).inserted
        }
    }
}

/// Returns the number of subsets with at most `size` of `count` elements, including the empty set. The result is
/// inexact above a billion.
private func subsetCount(of count: Int, upTo size: Int) -> Int {
    var (sum, binomial) = (1, 1)
    for chosen in stride(from: 1, through: min(size, count), by: 1) where sum < 1_000_000_000 {
        binomial = binomial * (count - chosen + 1) / chosen
        sum += binomial
    }
    return sum
}

extension Member {
    /// The tested values of each condition, sorted, without the names of the conditions.
    var namelessSettings: [String] {
        claim.tested.sides.map { testedValues(of: $0.condition.value).joined(separator: ",") }.sorted()
    }
}
