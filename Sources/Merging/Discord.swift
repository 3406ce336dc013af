import Evidence
import Records

/// Two claims on one quantity that cannot both be true at one setting.
package struct Pair: Sendable {
    /// The reason for the difference, as far as the records show it.
    package enum Class: String, Sendable, Codable {
        /// A recorded condition differs.
        case scope
        /// Their assumptions differ.
        case assumption
        /// Nothing recorded differs, but a condition of one claim is unknown. The claim's author may know this
        /// condition.
        case unrecorded
        /// Nothing differs, and all conditions are known.
        case contradiction
    }

    /// The number of claims that are verified at a shared cell.
    package enum Grade: String, Sendable, Codable {
        case both, one, neither
    }

    package var a: ClaimID
    package var b: ClaimID
    /// Whether some cell is in both scopes and the assumptions are compatible. If not, the claims are about different
    /// parts of the settings.
    package var isConflict: Bool
    /// Whether some cell is in both scopes, but the assumptions exclude each other.
    package var isSetAside: Bool
    package var kind: Class
    package var grade: Grade
    /// The conditions and attributes without a common value, the assumptions (with the prefix `assume:`) that only one
    /// claim makes, and the conditions (with the prefix `averaged:`) over which one claim is an average and the other is
    /// not. Sorted.
    package var differs: [String]
    /// The conditions over which one claim is an average, if this is why the claims share no setting. Sorted.
    package var hiddenConditions: [String]
}

/// The discordant claims on one quantity.
package struct Discord: Sendable {
    /// The discordant pairs, sorted. At most `QuantitySummary.pairLimit` pairs are listed.
    package var pairs: [Pair] = []
    package var conflictCount = 0
    package var nearMissCount = 0
    /// The number of pairs in which nothing differs.
    var unexplainedCount = 0
    /// The minimal sets of three or more claims that share no label, sorted: those that share a cell, which are in
    /// conflict, and those about different parts.
    package var sets: [[ClaimID]] = []
    package var setsApart: [[ClaimID]] = []
    var setsAreTruncated = false
    /// The listed pairs and sets.
    var groups: [DiscordantGroup] = []
    /// The ordered conditions, by index into the names of the comparison. Empty if not all pairs are listed.
    var ordered: [Int: OrderedCondition] = [:]
    /// The minimal sets of names in which a pair or set of claims differs. An explanation must contain a name from each
    /// of them.
    var differences: [BitSet] = []
    /// Whether differences are missing because there were too many.
    var differencesAreTruncated = false
    /// The discordant claims, as ascending indices into the members of the comparison.
    var involved: [Int] = []
    /// For each member, the number of claims in conflict with it. Empty if all pairs are listed.
    fileprivate var conflictCounts: [Int] = []
    var comparison: Comparison

    package var isTruncated: Bool { pairs.count < conflictCount + nearMissCount }

    /// Returns the claims that a conflict between recorded settings concerns although no listed pair names them.
    package func unlistedClaimsInConflict() -> [Member] {
        let listed = Set(pairs.filter { $0.isConflict && $0.kind != .unrecorded }.flatMap { [$0.a, $0.b] })
        return conflictCounts.indices.filter { i in
            conflictCounts[i] > 0 && !listed.contains(comparison.members[i].id)
                && comparison.members.indices.contains { j in
                    i != j && comparison.isConflict(i, j)
                        && (!comparison.differences(i, j).isEmpty
                            || !comparison.rows[i].hasUnknownConditions && !comparison.rows[j].hasUnknownConditions)
                }
        }.map { comparison.members[$0] }
    }

    /// Whether nothing differs in a listed conflict.
    package var hasUnexplainedConflict: Bool {
        let sets = Set(sets)
        return pairs.contains { $0.isConflict && $0.differs.isEmpty }
            || groups.contains { group in
                group.claims.count > 2 && group.differs.isEmpty
                    && sets.contains(group.claims.map { comparison.members[$0].id })
            }
    }

    /// Returns the other members of the listed conflicts of each member, by the member's index.
    func opponents() -> [BitSet] { rivals(where: \.isConflict) }

    /// Returns the other members of the listed pairs of each member, by the member's index.
    func rivals(where isWanted: (Pair) -> Bool) -> [BitSet] {
        let count = comparison.members.count
        var rivals = Array(repeating: BitSet(capacity: count), count: count)
        for pair in pairs where isWanted(pair) {
            guard let a = comparison.index(of: pair.a), let b = comparison.index(of: pair.b) else { continue }
            rivals[a].insert(b)
            rivals[b].insert(a)
        }
        return rivals
    }
}

/// The maximum number of inclusion-minimal differences that are searched for explanations.
private let differenceLimit = 4_096

/// The maximum number of reductions to minimal differences before the search stops.
private let reductionLimit = 16

private func isNumber(_ quantity: Quantity?) -> Bool {
    if case .interval? = quantity?.range { true } else { false }
}

/// Finds the discordant claims on a quantity. Returns nil if there are none.
func findDiscord(_ summary: QuantitySummary, quantity: Quantity?, in state: LedgerState) -> Discord? {
    let hasLabels = !isNumber(quantity) && summary.mayHoldInconsistentSets
    if let pairs = summary.pairs, pairs.isEmpty, !hasLabels { return nil }
    let comparison = Comparison(summary.membersByID.filter(\.canDisagree), quantity: quantity, in: state)
    var discord = Discord(comparison: comparison)
    var differences = DifferenceCollection()
    var involved = BitSet(capacity: comparison.members.count)
    func list(_ i: Int, _ j: Int) -> (differs: BitSet, isConflict: Bool) {
        let (differs, isConflict) = (comparison.differences(i, j), comparison.areCompatible(i, j))
        discord.pairs.append(comparison.pair(i, j, differs: differs, isConflict: isConflict, in: state))
        discord.groups.append(DiscordantGroup(claims: [i, j], differs: differs))
        return (differs, isConflict)
    }
    if let pairs = summary.pairs {
        let indices = pairs.compactMap { pair -> (Int, Int)? in
            guard let i = comparison.index(of: pair.lower.id), let j = comparison.index(of: pair.upper.id) else {
                return nil
            }
            return (min(i, j), max(i, j))
        }
        for (i, j) in indices.sorted(by: <) {
            let (differs, isConflict) = list(i, j)
            discord.conflictCount += isConflict ? 1 : 0
            discord.nearMissCount += isConflict ? 0 : 1
            if differs.isEmpty { discord.unexplainedCount += 1 } else { differences.insert(differs) }
            involved.insert(i)
            involved.insert(j)
        }
    } else {
        let counts = comparison.pairCounts { claim, others, index in
            index.forEachDifference(comparison.rows[claim], from: others, isKnown: { differences.covers($0) }) {
                differences.insert($0)
            }
        }
        discord.conflictCount = counts.conflicts
        discord.nearMissCount = counts.pairs - counts.conflicts
        discord.unexplainedCount = counts.unexplained
        discord.conflictCounts = counts.inConflict
        for i in counts.discordant.indices where counts.discordant[i] > 0 { involved.insert(i) }
        forEachPair(comparison, among: involved) { i, j in
            _ = list(i, j)
            return discord.pairs.count < QuantitySummary.pairLimit
        }
    }
    let (conflicts, apart) = hasLabels ? comparison.inconsistentSets() : (LabelSets(), LabelSets())
    for set in conflicts.sets + apart.sets {
        var union = BitSet(capacity: comparison.names.count)
        for i in set {
            involved.insert(i)
            for j in set where i < j { union = union.union(comparison.differences(i, j)) }
        }
        if !union.isEmpty { differences.insert(union) }
        discord.groups.append(DiscordantGroup(claims: set, differs: union))
    }
    discord.sets = conflicts.sets.map { $0.map { comparison.members[$0].id } }
    discord.setsApart = apart.sets.map { $0.map { comparison.members[$0].id } }
    discord.setsAreTruncated = conflicts.isTruncated || apart.isTruncated
    guard !discord.groups.isEmpty || discord.setsAreTruncated else { return nil }
    if !discord.isTruncated { discord.readOrder(in: state) }
    (discord.differences, discord.differencesAreTruncated) = (differences.minimal(), differences.isTruncated)
    discord.involved = involved.elements
    return discord
}

extension Discord {
    /// Creates the differences to explain if both the claims for yes and the claims for no at a leaf are right. Lists
    /// no pairs. Returns nil if nothing separates two of them.
    init?(between pro: [Member], and con: [Member], quantity: Quantity?, in state: LedgerState) {
        self.init(comparison: Comparison(pro + con, quantity: quantity, in: state))
        var differences = DifferenceCollection()
        for i in pro.compactMap({ comparison.index(of: $0.id) }) {
            for j in con.compactMap({ comparison.index(of: $0.id) }) {
                let differs = comparison.differences(i, j)
                guard !differs.isEmpty else { return nil }
                groups.append(DiscordantGroup(claims: [i, j], differs: differs))
                differences.insert(differs)
            }
        }
        readOrder(in: state)
        (self.differences, differencesAreTruncated) = (differences.minimal(), differences.isTruncated)
        involved = Array(comparison.members.indices)
    }

    fileprivate mutating func readOrder(in state: LedgerState) {
        for (place, name) in comparison.names.enumerated() {
            ordered[place] = OrderedCondition(name, comparison.members, state.vocabulary)
        }
    }
}

/// Calls `body` with the indices of each two discordant claims, in order, until it returns false.
private func forEachPair(_ comparison: Comparison, among claims: BitSet, _ body: (Int, Int) -> Bool) {
    for i in claims {
        for j in comparison.members.indices.dropFirst(i + 1) where comparison.isDiscordant(i, j) {
            guard body(i, j) else { return }
        }
    }
}

extension QuantitySummary {
    /// Whether there are three or more label sets and no label is in all of them. Only then can a set of claims be
    /// inconsistent although no two of them are.
    fileprivate var mayHoldInconsistentSets: Bool {
        let sets = members.lazy.compactMap { member -> [String]? in
            if case .labels(let labels)? = member.values, member.canDisagree { labels } else { nil }
        }
        guard let first = sets.first, sets.dropFirst(2).first != nil else { return false }
        return sets.dropFirst().reduce(first) { common, labels in common.filter(labels.contains) }.isEmpty
    }
}

/// Distinct differences, none of which contains another. An explanation that contains a name from the smaller set also
/// contains a name from the larger one.
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

    /// Returns whether a difference is redundant.
    func covers(_ difference: BitSet) -> Bool {
        isTruncated || distinct.contains { $0.isSubset(of: difference) }
    }

    func minimal() -> [BitSet] {
        let sorted = distinct.sorted { a, b in
            a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
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
            if differs.contains(where: { !isAssumption($0) }) { .scope } else if !differs.isEmpty {
                .assumption
            } else if rows[i].hasUnknownConditions || rows[j].hasUnknownConditions { .unrecorded } else {
                .contradiction
            }
        let verified = [a.isVerified(within: b.scope, in: state), b.isVerified(within: a.scope, in: state)]
            .count(where: \.self)
        return Pair(
            a: a.id, b: b.id, isConflict: isConflict,
            isSetAside: !rows[i].excluded.isDisjoint(with: rows[j].assumed) && a.scope.overlaps(b.scope), kind: kind,
            grade: verified == 2 ? .both : verified == 1 ? .one : .neither, differs: names(differs),
            hiddenConditions: a.scope.conditionsHiddenByAverages(from: b.scope))
    }
}

extension Member {
    /// Returns whether runs verified the claim at cells that it shares with a scope.
    func isVerified(within scope: Scope, in state: LedgerState) -> Bool {
        evidence.verdict == .verified && !evidence.isUninformative
            && Scope(claim.tested, vocabulary: state.vocabulary).overlaps(scope)
    }
}
