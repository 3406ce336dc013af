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
    let neighbours = (0..<count).map { i in Set((0..<count).filter { $0 != i && areAdjacent(i, $0) }) }
    var cliques: [[Int]] = []
    var isTruncated = false
    func extend(_ clique: [Int], _ candidates: Set<Int>, _ excluded: Set<Int>) {
        guard !isTruncated else { return }
        if candidates.isEmpty && excluded.isEmpty {
            if cliques.count == limit { isTruncated = true } else { cliques.append(clique.sorted()) }
            return
        }
        let pivot = candidates.union(excluded).sorted()
            .max { neighbours[$0].intersection(candidates).count < neighbours[$1].intersection(candidates).count }
        var (candidates, excluded) = (candidates, excluded)
        for vertex in candidates.subtracting(pivot.map { neighbours[$0] } ?? []).sorted() {
            extend(
                clique + [vertex], candidates.intersection(neighbours[vertex]),
                excluded.intersection(neighbours[vertex]))
            candidates.remove(vertex)
            excluded.insert(vertex)
        }
    }
    if count > 0 { extend([], Set(0..<count), []) }
    return (cliques, isTruncated)
}
