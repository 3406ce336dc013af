import Records

/// The maximum number of sides or camps that are listed.
private let groupLimit = 256

/// The maximum number of distinct values or sets of opponents that are grouped.
private let groupedLimit = 2_048

/// Maximal sets of claims. `isTruncated` tells whether some of them are missing.
struct Groups {
    var groups: [[ClaimID]] = []
    var isTruncated = false
}

private struct GroupedValues: Hashable {
    /// The index of an estimate, which forms its own group.
    var estimate: Int?
    var values: ValueSet?
}

/// Finds the maximal sets of claims that can all be true at one setting: no two are discordant, or they share a label.
/// Ignores scopes.
func findSides(_ comparison: Comparison) -> Groups {
    let members = comparison.members
    let (cliques, isTruncated) = comparison.labels.isEmpty ? overlapping(comparison) : sharingALabel(comparison)
    let sides = cliques.map { clique in clique.map { members[$0] } }
    // Sides are sorted in numeric order, the order in which bars are drawn.
    let sorted = sides.map { side in (first: side.min(by: comesBefore), ids: side.map(\.id).sorted()) }.sorted { a, b in
        guard let x = a.first, let y = b.first, x.id != y.id else { return a.ids.lexicographicallyPrecedes(b.ids) }
        return comesBefore(x, y)
    }
    return Groups(groups: sorted.map(\.ids), isTruncated: isTruncated)
}

private func overlapping(_ comparison: Comparison) -> (cliques: [[Int]], isTruncated: Bool) {
    // Ranges with equal values are on the same sides.
    let members = comparison.members
    let byValues = Dictionary(grouping: members.indices) { index in
        GroupedValues(estimate: members[index].isEstimate ? index : nil, values: members[index].values)
    }
    let sets = byValues.values.map { $0 }.sorted { $0[0] < $1[0] }
    guard sets.count <= groupedLimit else { return ([], true) }
    let (cliques, isTruncated) = maximalCliques(count: sets.count, limit: groupLimit) { i, j in
        !comparison.isDiscordant(sets[i][0], sets[j][0])
    }
    return (cliques.map { clique in clique.flatMap { sets[$0] } }, isTruncated)
}

private func sharingALabel(_ comparison: Comparison) -> (cliques: [[Int]], isTruncated: Bool) {
    let (rows, count) = (comparison.rows, comparison.members.count)
    let sharing = comparison.labels.indices.map { label in
        BitSet(rows.indices.filter { rows[$0].labels.contains(label) }, capacity: count)
    }
    let sides = maximal(sharing.filter { !$0.isEmpty })
    return (sides.prefix(groupLimit).map(\.elements), sides.count > groupLimit)
}

/// Returns the distinct sets that are inside no other one, in their order.
private func maximal(_ sets: [BitSet]) -> [BitSet] {
    sets.enumerated().filter { place, set in
        !sets.enumerated().contains { other, larger in
            set.isSubset(of: larger) && (set != larger ? true : other < place)
        }
    }.map(\.element)
}

/// Finds the maximal sets of claims that contain no pair or set in conflict.
func findCamps(_ discord: Discord) -> Groups {
    guard !discord.isTruncated else { return Groups(isTruncated: true) }
    let comparison = discord.comparison
    let members = comparison.members.indices
    let opponents = discord.opponents()
    // Claims with the same opponents are always in the same camps.
    let groups = Dictionary(grouping: members, by: { opponents[$0] }).values.sorted { $0[0] < $1[0] }
    guard groups.count <= groupedLimit else { return Groups(isTruncated: true) }
    let (cliques, isTruncated) = maximalCliques(count: groups.count, limit: groupLimit) { i, j in
        !opponents[groups[i][0]].contains(groups[j][0])
    }
    let count = comparison.members.count
    let sets = discord.sets.map { BitSet($0.compactMap(comparison.index), capacity: count) }
    let (split, splitIsTruncated) = splitting(
        cliques.map { BitSet($0.flatMap { groups[$0] }, capacity: count) }, so: sets)
    let camps = split.map(\.elements).sorted { $0.lexicographicallyPrecedes($1) }
    return Groups(
        groups: camps.map { $0.map { comparison.members[$0].id } }, isTruncated: isTruncated || splitIsTruncated)
}

/// Returns the maximal subsets of the camps that contain none of the sets. From each set, a subset lacks at least one
/// claim.
private func splitting(_ camps: [BitSet], so sets: [BitSet]) -> (camps: [BitSet], isTruncated: Bool) {
    guard !sets.isEmpty else { return (camps, false) }
    var open = camps
    var visited = Set(camps)
    var consistent: [BitSet] = []
    while let camp = open.popLast() {
        guard let set = sets.first(where: { $0.isSubset(of: camp) }) else {
            consistent.append(camp)
            continue
        }
        guard visited.count <= 16 * groupLimit else { return ([], true) }
        for claim in set {
            var smaller = camp
            smaller.remove(claim)
            if visited.insert(smaller).inserted { open.append(smaller) }
        }
    }
    let found = maximal(consistent)
    return (Array(found.prefix(groupLimit)), found.count > groupLimit)
}

/// Finds at most `limit` maximal cliques of a graph on the vertices 0..<count (Bron and Kerbosch 1973, with pivoting).
func maximalCliques(
    count: Int, limit: Int, areAdjacent: (Int, Int) -> Bool
) -> (cliques: [[Int]], isTruncated: Bool) {
    var neighbours = [BitSet](repeating: BitSet(capacity: count), count: count)
    for i in 0..<count {
        for j in 0..<i where areAdjacent(i, j) {
            neighbours[i].insert(j)
            neighbours[j].insert(i)
        }
    }
    var cliques: [[Int]] = []
    var isTruncated = false
    func extend(_ clique: [Int], _ candidates: BitSet, _ excluded: BitSet) {
        guard !isTruncated else { return }
        if candidates.isEmpty && excluded.isEmpty {
            if cliques.count == limit { isTruncated = true } else { cliques.append(clique.sorted()) }
            return
        }
        // The pivot is the first vertex with the most neighbours among the candidates.
        var pivot: (vertex: Int, neighbours: Int)?
        for vertex in candidates.union(excluded) {
            let count = neighbours[vertex].intersectionCount(candidates)
            if pivot.map({ count > $0.neighbours }) ?? true { pivot = (vertex, count) }
        }
        var (candidates, excluded) = (candidates, excluded)
        let open = pivot.map { candidates.subtracting(neighbours[$0.vertex]) } ?? candidates
        for vertex in open {
            extend(
                clique + [vertex], candidates.intersection(neighbours[vertex]),
                excluded.intersection(neighbours[vertex]))
            candidates.remove(vertex)
            excluded.insert(vertex)
        }
    }
    if count > 0 { extend([], BitSet(filledTo: count), BitSet(capacity: count)) }
    return (cliques, isTruncated)
}
