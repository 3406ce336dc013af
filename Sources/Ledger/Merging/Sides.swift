/// The most sides or camps that are listed.
private let groupLimit = 256

/// Maximal sets of claims whose ranges pairwise meet, scopes ignored, and whether there are more than listed.
func findSides(_ members: [Member]) -> (sides: [[ClaimID]], isTruncated: Bool) {
    // Claims that say the same stand together everywhere, so only what is said needs grouping.
    let sayings = Dictionary(grouping: members.filter { $0.values != nil }, by: { $0.values! })
    let sets = sayings.keys.sorted { $0.canonicalText < $1.canonicalText }
    let (cliques, isTruncated) = maximalCliques(count: sets.count, limit: groupLimit) { i, j in
        !sets[i].isDisjoint(from: sets[j])
    }
    let sides = cliques.map { clique in clique.flatMap { sayings[sets[$0], default: []].map(\.id) }.sorted() }
    let position = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.id, $0) })
    // In the order of the scale, as the bars are drawn.
    return (
        sides.sorted { a, b in
            let (x, y) = (a.compactMap { position[$0] }.min() ?? 0, b.compactMap { position[$0] }.min() ?? 0)
            return x == y ? a.lexicographicallyPrecedes(b) : x < y
        }, isTruncated
    )
}

/// Maximal sets of claims without a conflict, and whether there are more than listed.
func findCamps(_ members: [Member], _ pairs: [Pair]) -> (camps: [[ClaimID]], isTruncated: Bool) {
    var opponents: [ClaimID: Set<ClaimID>] = [:]
    for pair in pairs where pair.isConflict {
        opponents[pair.a, default: []].insert(pair.b)
        opponents[pair.b, default: []].insert(pair.a)
    }
    let ids = members.map(\.id).sorted()
    // Claims with the same opponents are in the same camps.
    let groups = Dictionary(grouping: ids, by: { opponents[$0, default: []] }).values.sorted { $0[0] < $1[0] }
    let (cliques, isTruncated) = maximalCliques(count: groups.count, limit: groupLimit) { i, j in
        !opponents[groups[i][0], default: []].contains(groups[j][0])
    }
    let camps = cliques.map { $0.flatMap { groups[$0] }.sorted() }
    return (camps.sorted { $0.lexicographicallyPrecedes($1) }, isTruncated)
}

/// Maximal cliques of a graph on 0..<count (Bron and Kerbosch 1973 with pivoting), at most `limit` of them.
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
        // The first of those with the most neighbours among the candidates.
        var pivot: (vertex: Int, neighbours: Int)?
        for vertex in candidates.union(excluded).elements {
            let count = neighbours[vertex].intersectionCount(candidates)
            if pivot.map({ count > $0.neighbours }) ?? true { pivot = (vertex, count) }
        }
        var (candidates, excluded) = (candidates, excluded)
        let open = pivot.map { candidates.subtracting(neighbours[$0.vertex]) } ?? candidates
        for vertex in open.elements {
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
