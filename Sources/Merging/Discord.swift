import Evidence
import Records

/// Two claims on one quantity whose ranges do not meet.
package struct Pair: Sendable {
    /// Why they differ, as far as the records tell.
    package enum Class: String, Sendable, Codable {
        /// A recorded condition differs.
        case scope
        /// They rest on different assumptions.
        case assumption
        /// Something is unknown on one side: ask its author.
        case unrecorded
        /// Nothing differs.
        case contradiction
    }

    /// At a shared cell, which sides were verified there.
    package enum Grade: String, Sendable, Codable {
        case both, one, neither
    }

    package var a: ClaimID
    package var b: ClaimID
    /// Some cell is in both scopes and the assumptions can hold together; otherwise they touched different parts.
    package var isConflict: Bool
    package var kind: Class
    package var grade: Grade
    /// Conditions, attributes and `assume:` names without a common value, sorted.
    package var differs: [String]
}

/// Which claims on one quantity do not go together.
package struct Discord: Sendable {
    /// Sorted; the first `QuantitySummary.pairLimit` of them where there are more.
    package var pairs: [Pair] = []
    package var conflictCount = 0
    package var nearMissCount = 0
    /// Pairs in which nothing differs.
    var unexplainedCount = 0
    /// Minimal sets of three or more claims that share a cell and no label, sorted.
    package var sets: [[ClaimID]] = []
    var setsAreTruncated = false
    /// In what the claims of each pair and set differ: the smallest of these sets, which all must be met.
    var differences: [BitSet] = []
    /// More different differences than are searched exist.
    var differencesAreTruncated = false
    /// By index into the members of the comparison, ascending.
    var involved: [Int] = []
    /// For quantities whose pairs are not all listed.
    var comparison: Comparison

    var isTruncated: Bool { pairs.count < conflictCount + nearMissCount }
}

/// The most inclusion-minimal differences that explanations are sought for.
private let differenceLimit = 4_096

/// How often they are reduced to those before the search is given up.
private let reductionLimit = 16

/// nil where all claims on the quantity go together.
func findDiscord(_ summary: QuantitySummary, quantity: Quantity?, in state: LedgerState) -> Discord? {
    let hasLabels = summary.mayHoldInconsistentSets
    if let pairs = summary.pairs, pairs.isEmpty, !hasLabels { return nil }
    let comparison = Comparison(
        summary.members, hasManyPairs: summary.pairs == nil, quantity: quantity, in: state)
    var discord = Discord(comparison: comparison)
    var differences = DifferenceCollection()
    var involved = BitSet(capacity: comparison.members.count)
    func add(_ i: Int, _ j: Int) {
        let differs = comparison.differences(i, j)
        let isConflict = comparison.canMeet(i, j)
        discord.conflictCount += isConflict ? 1 : 0
        discord.nearMissCount += isConflict ? 0 : 1
        if differs.isEmpty { discord.unexplainedCount += 1 } else { differences.insert(differs) }
        involved.insert(i)
        involved.insert(j)
        if discord.pairs.count < QuantitySummary.pairLimit {
            discord.pairs.append(comparison.pair(i, j, differs: differs, isConflict: isConflict, in: state))
        }
    }
    /// Too many pairs to look at each: those of two kinds of settings are counted, and the first are listed.
    func add(byKind kinds: Comparison.Kinds) {
        var counts = [Int](repeating: 0, count: kinds.count * kinds.count)
        var listed = 0
        for i in comparison.members.indices {
            for j in comparison.members.indices.dropFirst(i + 1) where comparison.isDisjoint(i, j) {
                if listed < QuantitySummary.pairLimit {
                    add(i, j)
                    listed += 1
                } else {
                    counts[kinds.ofClaims[i] * kinds.count + kinds.ofClaims[j]] += 1
                    involved.insert(i)
                    involved.insert(j)
                }
            }
        }
        for a in 0..<kinds.count {
            for b in 0..<kinds.count where counts[a * kinds.count + b] > 0 {
                let count = counts[a * kinds.count + b]
                let (i, j) = (kinds.examples[a], kinds.examples[b])
                let differs = comparison.differences(i, j)
                if comparison.canMeet(i, j) { discord.conflictCount += count } else { discord.nearMissCount += count }
                if differs.isEmpty { discord.unexplainedCount += count } else { differences.insert(differs) }
            }
        }
    }
    if let pairs = summary.pairs {
        let position = Dictionary(uniqueKeysWithValues: comparison.members.enumerated().map { ($1.id, $0) })
        let indices = pairs.compactMap { pair -> (Int, Int)? in
            guard let i = position[pair.lower.id], let j = position[pair.upper.id] else { return nil }
            return (min(i, j), max(i, j))
        }
        for (i, j) in indices.sorted(by: <) { add(i, j) }
    } else if let kinds = comparison.kinds {
        add(byKind: kinds)
    } else {
        for i in comparison.members.indices {
            for j in comparison.members.indices.dropFirst(i + 1) where comparison.isDisjoint(i, j) { add(i, j) }
        }
    }
    let sets = hasLabels ? comparison.inconsistentSets() : LabelSets()
    for set in sets.sets {
        var union = BitSet(capacity: comparison.names.count)
        for i in set {
            involved.insert(i)
            for j in set where i < j { union = union.union(comparison.differences(i, j)) }
        }
        if !union.isEmpty { differences.insert(union) }
    }
    discord.sets = sets.sets.map { $0.map { comparison.members[$0].id } }
    discord.setsAreTruncated = sets.isTruncated
    guard !discord.pairs.isEmpty || !discord.sets.isEmpty else { return nil }
    (discord.differences, discord.differencesAreTruncated) = (differences.minimal(), differences.isTruncated)
    discord.involved = involved.elements
    return discord
}

extension QuantitySummary {
    /// Sets of labels can be inconsistent though each two of them meet; not where some label is in all.
    fileprivate var mayHoldInconsistentSets: Bool {
        let sets = members.filter(\.canDisagree).compactMap { member -> [String]? in
            if case .labels(let labels)? = member.values { labels } else { nil }
        }
        guard sets.count > 2 else { return false }
        return sets.dropFirst().reduce(Set(sets[0])) { $0.intersection($1) }.isEmpty
    }
}

/// Different differences, kept small: those that hold another one are met when that one is.
private struct DifferenceCollection {
    private var distinct: Set<BitSet> = []
    private(set) var isTruncated = false
    private var reductions = 0

    mutating func insert(_ difference: BitSet) {
        guard !isTruncated, distinct.insert(difference).inserted, distinct.count > 4 * differenceLimit else { return }
        distinct = Set(minimal())
        reductions += 1
        isTruncated = distinct.count > differenceLimit || reductions == reductionLimit
    }

    func minimal() -> [BitSet] {
        let sorted = distinct.sorted { a, b in
            a.count == b.count ? a.elements.lexicographicallyPrecedes(b.elements) : a.count < b.count
        }
        var minimal: [BitSet] = []
        for difference in sorted where !minimal.contains(where: { $0.isSubset(of: difference) }) {
            minimal.append(difference)
        }
        return minimal
    }
}

extension Comparison {
    fileprivate func pair(_ i: Int, _ j: Int, differs: BitSet, isConflict: Bool, in state: LedgerState) -> Pair {
        let (a, b) = (members[i], members[j])
        let kind: Pair.Class =
            if differs.elements.contains(where: { !isAssumption($0) }) { .scope } else if !differs.isEmpty {
                .assumption
            } else if rows[i].leavesSomethingUnknown || rows[j].leavesSomethingUnknown { .unrecorded } else {
                .contradiction
            }
        let verified = [a.level(within: b.scope, in: state), b.level(within: a.scope, in: state)]
            .count { $0 > .reported }
        return Pair(
            a: a.id, b: b.id, isConflict: isConflict, kind: kind,
            grade: verified == 2 ? .both : verified == 1 ? .one : .neither, differs: names(differs))
    }
}

extension Member {
    /// Its level at the cells that it shares with a scope: elsewhere than where it was run, a claim counts as reported.
    func level(within scope: Scope, in state: LedgerState) -> Level {
        guard evidence.verdict == .verified else { return .reported }
        return Scope(claim.tested, vocabulary: state.vocabulary).overlaps(scope) ? evidence.level : .reported
    }
}
