/// Returns one cycle for every strongly connected group of names, sorted. Each cycle begins at its smallest name.
func cycles(in edges: [String: [String]]) -> [[String]] {
    cycles(among: edges.map { ($0.key, $0.value) })
}

/// Returns the cycles in a list of distinct names with their edges. Uses Tarjan's algorithm (1972) without recursion.
func cycles(among edges: [(name: String, others: [String])]) -> [[String]] {
    let names = edges.map(\.name)
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    // Targets that are not among the names have no outgoing edges, so they are in no cycle and can be ignored.
    let targets = edges.map { edge in edge.others.compactMap { numbers[$0] } }
    var index = [Int?](repeating: nil, count: names.count)
    var low = [Int](repeating: 0, count: names.count)
    var isOnStack = [Bool](repeating: false, count: names.count)
    var visitedCount = 0
    var stack: [Int] = []
    var cycles: [[String]] = []
    for root in names.indices where index[root] == nil {
        var work: [(node: Int, next: Int)] = [(root, 0)]
        while let (node, next) = work.last {
            if next == 0 {
                index[node] = visitedCount
                low[node] = visitedCount
                visitedCount += 1
                stack.append(node)
                isOnStack[node] = true
            }
            if next < targets[node].count {
                work[work.count - 1].next += 1
                let target = targets[node][next]
                if let found = index[target] {
                    if isOnStack[target] { low[node] = min(low[node], found) }
                } else {
                    work.append((target, 0))
                }
                continue
            }
            work.removeLast()
            if let parent = work.last?.node { low[parent] = min(low[parent], low[node]) }
            guard low[node] == index[node] else { continue }
            var component: Set<Int> = []
            while let member = stack.popLast() {
                isOnStack[member] = false
                component.insert(member)
                if member == node { break }
            }
            if component.count > 1 || targets[node].contains(node) {
                cycles.append(cycle(through: component, edges, numbers))
            }
        }
    }
    return cycles.sorted { $0[0] < $1[0] }
}

/// Returns a shortest path from the smallest member back to itself.
private func cycle(
    through component: Set<Int>, _ edges: [(name: String, others: [String])], _ numbers: [String: Int]
) -> [String] {
    guard let start = component.min(by: { edges[$0].name < edges[$1].name }) else { return [] }
    var previous: [Int: Int] = [:]
    var queue = [start]
    var head = 0
    while head < queue.count {
        let node = queue[head]
        head += 1
        for target in edges[node].others.compactMap({ numbers[$0] }) where component.contains(target) {
            if target == start {
                var path = [node]
                while let before = previous[path[0]] { path.insert(before, at: 0) }
                return path.map { edges[$0].name }
            }
            if previous[target] == nil {
                previous[target] = node
                queue.append(target)
            }
        }
    }
    return [edges[start].name]
}
