import Records

/// A bitmap index of the claims in a comparison. It finds the claims that are compatible with a claim, or
/// indistinguishable from it, 64 at a time instead of one by one.
///
/// The number of a claim is its position in a given order.
struct BitmapIndex: Sendable {
    private let comparison: Comparison
    private let all: BitSet
    /// The claims by recorded value. Each name has a column. `covered` contains the claims by covered value, with a
    /// column for each condition of the scope.
    private var recorded: [Column]
    private var covered: [Column] = []
    private var withEmptyScope: BitSet
    /// The claims that make an assumption, by its index in `names`. `byAssumption` uses the assumption's number
    /// instead, so it includes bridges.
    private var byAssumptionName: [PositionSet]
    private var byAssumption: [PositionSet] = []
    private var byAssumptions: [BitSet: PositionSet] = [:]
    private var labels: Column

    /// `order` contains the index of every claim once.
    init(_ comparison: Comparison, _ order: [Int]) {
        self.comparison = comparison
        let count = order.count
        all = BitSet(filledTo: count)
        let column = Column(unspecified: all)
        recorded = Array(repeating: column, count: comparison.names.count)
        byAssumptionName = Array(repeating: PositionSet(), count: comparison.names.count)
        labels = column
        withEmptyScope = BitSet(capacity: count)
        for (place, row) in order.lazy.map({ comparison.rows[$0] }).enumerated() {
            for side in row.recorded { recorded[side.name].add(side.values, of: place, count) }
            for side in row.scope {
                while covered.count <= side.name { covered.append(column) }
                covered[side.name].add(side.values, of: place, count)
            }
            if row.hasEmptyScope { withEmptyScope.insert(place) }
            for name in row.assumptions { byAssumptionName[name].insert(place, count) }
            for assumption in row.assumed {
                while byAssumption.count <= assumption { byAssumption.append(PositionSet()) }
                byAssumption[assumption].insert(place, count)
            }
            byAssumptions[row.assumptions, default: PositionSet()].insert(place, count)
            labels.add(row.labels, of: place, count)
        }
    }

    /// Returns the claims that share a cell with a row and whose assumptions are compatible with the row's assumptions.
    func compatible(with row: Comparison.Row) -> BitSet {
        guard !row.hasEmptyScope else { return BitSet(capacity: all.count) }
        var found = all.subtracting(withEmptyScope)
        for side in row.scope { found.formIntersection(covered[side.name].compatible(with: side.values)) }
        for assumption in row.excluded where assumption < byAssumption.count {
            byAssumption[assumption].remove(from: &found)
        }
        return found
    }

    /// Returns the claims that no recorded condition or assumption distinguishes from a row.
    func indistinguishable(from row: Comparison.Row) -> BitSet {
        var found = BitSet(capacity: all.count)
        byAssumptions[row.assumptions]?.add(to: &found)
        for side in row.recorded { found.formIntersection(recorded[side.name].compatible(with: side.values)) }
        return found
    }

    /// Returns the claims that share no label with a row.
    func withoutLabels(of row: Comparison.Row) -> BitSet {
        all.subtracting(labels.compatible(with: row.labels))
    }

    /// Calls `body` with each distinct set of names in which the row differs from at least one of `others`. `isKnown`
    /// returns whether a set and its supersets can be skipped.
    func forEachDifference(
        _ row: Comparison.Row, from others: BitSet, isKnown: (BitSet) -> Bool, _ body: (BitSet) -> Void
    ) {
        let indistinguishable = Dictionary(
            row.recorded.map { ($0.name, recorded[$0.name].compatible(with: $0.values)) }, uniquingKeysWith: { $1 })
        func differing(_ others: BitSet, in name: Int) -> BitSet {
            guard comparison.isAssumption(name) else {
                return indistinguishable[name].map(others.subtracting) ?? BitSet(capacity: all.count)
            }
            var rest = others
            byAssumptionName[name].remove(from: &rest)
            return row.assumptions.contains(name) ? rest : others.subtracting(rest)
        }
        func search(_ others: BitSet, _ differences: BitSet, from first: Int) {
            guard !others.isEmpty, differences.isEmpty || !isKnown(differences) else { return }
            for name in comparison.names.indices.dropFirst(first) {
                let apart = differing(others, in: name)
                guard !apart.isEmpty else { continue }
                var more = differences
                more.insert(name)
                search(others.subtracting(apart), differences, from: name + 1)
                return search(apart, more, from: name + 1)
            }
            if !differences.isEmpty { body(differences) }
        }
        search(others, BitSet(capacity: comparison.names.count), from: 0)
    }
}

/// The claims by their values of one condition.
private struct Column: Sendable {
    /// The claims that do not specify the condition.
    var unspecified: BitSet
    /// The claims with each value, by value.
    var positions: [PositionSet] = []

    init(unspecified: BitSet) {
        self.unspecified = unspecified
    }

    mutating func add(_ values: BitSet, of place: Int, _ count: Int) {
        unspecified.remove(place)
        for value in values {
            while positions.count <= value { positions.append(PositionSet()) }
            positions[value].insert(place, count)
        }
    }

    /// Returns the claims with one of the values and the claims that do not specify the condition.
    func compatible(with values: BitSet) -> BitSet {
        var found = unspecified
        for value in values where value < positions.count { positions[value].add(to: &found) }
        return found
    }
}

/// A set of positions. A small set is stored as a list, a larger one as a bit set.
private struct PositionSet: Sendable {
    private var few: [Int] = []
    private var many: BitSet?

    mutating func insert(_ place: Int, _ count: Int) {
        if many == nil, few.count >= 16 + count / 64 {
            many = BitSet(few, capacity: count)
            few = []
        }
        if many == nil { few.append(place) } else { many?.insert(place) }
    }

    func add(to set: inout BitSet) {
        if let many { set.formUnion(many) } else { for place in few { set.insert(place) } }
    }

    func remove(from set: inout BitSet) {
        if let many { set.subtract(many) } else { for place in few { set.remove(place) } }
    }
}

/// The numbers of discordant pairs of claims.
struct PairCounts {
    /// For each claim, the number of claims that are discordant with it, and how many of them are also compatible with
    /// it.
    var discordant: [Int]
    var inConflict: [Int]
    /// The numbers of all pairs, of pairs in conflict, and of pairs in which nothing differs. Each pair is counted
    /// once.
    var pairs = 0
    var conflicts = 0
    var unexplained = 0
}

extension Comparison {
    /// All properties of a row except the ends of its range. Claims with equal profiles are processed together.
    private struct Profile: Hashable {
        var recorded: [Row.Side]
        var scope: [Row.Side]
        var assumptions: BitSet
        var assumed: BitSet
        var labels: BitSet
        var hasEmptyScope: Bool
        /// The index of an estimate, which has a profile of its own.
        var estimate: Int?

        init(_ row: Row, estimate: Int?) {
            (recorded, scope, assumptions, assumed) = (row.recorded, row.scope, row.assumptions, row.assumed)
            (labels, hasEmptyScope, self.estimate) = (row.labels, row.hasEmptyScope, estimate)
        }
    }

    /// Counts all pairs without a visit to each of them. Calls `visit` with one claim of each profile and with claims
    /// that are discordant with some claim of this profile. Every pair is covered by the call for at least one of its
    /// claims.
    func pairCounts(_ visit: (_ claim: Int, _ others: BitSet, _ index: BitmapIndex) -> Void = { _, _, _ in })
        -> PairCounts
    {
        let zeros = [Int](repeating: 0, count: members.count)
        var counts = PairCounts(discordant: zeros, inConflict: zeros)
        let profiles = Dictionary(grouping: rows.indices) {
            Profile(rows[$0], estimate: members[$0].isEstimate ? $0 : nil)
        }.values.sorted { $0[0] < $1[0] }
        if labels.isEmpty {
            countBelow(profiles, &counts, visit)
            countAbove(profiles, &counts)
        } else {
            countByLabels(profiles, &counts, visit)
        }
        return counts
    }

    /// Counts the claims below each claim, and the pairs. If the claims are sorted by the upper ends of their spans, the
    /// claims with a span below that of a given claim are a prefix.
    private func countBelow(
        _ profiles: [[Int]], _ counts: inout PairCounts, _ visit: (Int, BitSet, BitmapIndex) -> Void
    ) {
        let order = rows.indices.sorted { (rows[$0].upper, $0) < (rows[$1].upper, $1) }
        let index = BitmapIndex(self, order)
        let near = NearbyClaims(members)
        for claims in profiles {
            let row = rows[claims[0]]
            let (compatible, indistinguishable) = (index.compatible(with: row), index.indistinguishable(from: row))
            // The claims below the highest claim of a profile include those below the others.
            var most: (end: Int, uncertain: [Int], count: Int) = (0, [], 0)
            for claim in claims {
                let end = order.partitioningIndex { rows[$0].upper >= rows[claim].lower }
                let uncertain = near.uncertain(claim, among: (0..<end).reversed()) { order[$0] }
                let below = end - uncertain.count
                counts.discordant[claim] += below
                counts.pairs += below
                let conflicts = compatible.count(below: end) - uncertain.count(where: compatible.contains)
                counts.inConflict[claim] += conflicts
                counts.conflicts += conflicts
                counts.unexplained +=
                    indistinguishable.count(below: end) - uncertain.count(where: indistinguishable.contains)
                if below > most.count { most = (end, uncertain, below) }
            }
            guard most.count > 0 else { continue }
            var others = BitSet(filledTo: most.end, capacity: rows.count)
            for place in most.uncertain { others.remove(place) }
            visit(claims[0], others, index)
        }
    }

    /// Counts the claims above each claim. If the claims are sorted by the lower ends of their spans, those with a span
    /// above that of a given claim are a suffix.
    private func countAbove(_ profiles: [[Int]], _ counts: inout PairCounts) {
        let order = rows.indices.sorted { (rows[$0].lower, $0) < (rows[$1].lower, $1) }
        let index = BitmapIndex(self, order)
        let near = NearbyClaims(members)
        for claims in profiles {
            let compatible = index.compatible(with: rows[claims[0]])
            let compatibleCount = compatible.count
            for claim in claims {
                let first = order.partitioningIndex { rows[$0].lower > rows[claim].upper }
                let uncertain = near.uncertain(claim, among: first..<rows.count) { order[$0] }
                counts.discordant[claim] += rows.count - first - uncertain.count
                counts.inConflict[claim] +=
                    compatibleCount - compatible.count(below: first) - uncertain.count(where: compatible.contains)
            }
        }
    }

    private func countByLabels(
        _ profiles: [[Int]], _ counts: inout PairCounts, _ visit: (Int, BitSet, BitmapIndex) -> Void
    ) {
        let index = BitmapIndex(self, Array(rows.indices))
        for claims in profiles {
            let row = rows[claims[0]]
            let others = index.withoutLabels(of: row)
            let (compatible, indistinguishable) = (
                others.intersection(index.compatible(with: row)),
                others.intersection(index.indistinguishable(from: row))
            )
            let (discordantCount, compatibleCount) = (others.count, compatible.count)
            for claim in claims {
                counts.discordant[claim] = discordantCount
                counts.inConflict[claim] = compatibleCount
                // Each pair is counted for the later of its claims.
                counts.pairs += others.count(below: claim)
                counts.conflicts += compatible.count(below: claim)
                counts.unexplained += indistinguishable.count(below: claim)
            }
            if discordantCount > 0 { visit(claims[0], others, index) }
        }
    }
}

/// Finds the claims whose spans are disjoint from that of a claim although the two are not discordant. Only pairs that
/// include an estimate can be like this, and their spans are close.
private struct NearbyClaims {
    private let members: [Member]
    private let extents: [Extent]
    /// The largest distance of the spans of two claims that are not discordant from the values that one of them allows.
    /// Nil if there are no estimates.
    private let reach: Double?

    init(_ members: [Member]) {
        self.members = members
        guard members.contains(where: \.isEstimate) else {
            (extents, reach) = ([], nil)
            return
        }
        extents = members.map { Extent($0) }
        let estimates = members.lazy.compactMap(\.estimate)
        let widest = estimates.map { max($0.strict.upper - $0.strict.value, $0.strict.value - $0.strict.lower) }.max()
        // A span leaves out 1 - 1/√2 of each half of the interval.
        reach = 0.3 * (widest ?? 0) + (estimates.map(\.margin).max() ?? 0)
    }

    /// Returns the positions of these claims among `positions`, whose distance from the claim increases. `claimAt`
    /// returns the claim at a position.
    func uncertain(_ claim: Int, among positions: some Sequence<Int>, _ claimAt: (Int) -> Int) -> [Int] {
        guard let reach else { return [] }
        let mine = extents[claim].allowed
        let lowest = mine.lowerBound - reach - 1e-9 * mine.lowerBound.magnitude
        let highest = mine.upperBound + reach + 1e-9 * mine.upperBound.magnitude
        var found: [Int] = []
        for position in positions {
            let other = claimAt(position)
            let span = extents[other].span
            guard span.upperBound >= lowest, span.lowerBound <= highest else { break }
            let isDiscordant =
                extents[claim].exceedsUncertainty(from: extents[other])
                ?? members[claim].exceedsUncertainty(from: members[other])
            if !isDiscordant { found.append(position) }
        }
        return found
    }
}
