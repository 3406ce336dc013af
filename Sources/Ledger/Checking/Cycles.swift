/// Every group of names that reach each other, as one cycle in it, beginning at its smallest name (after Tarjan 1972, without recursion).
func cycles(in edges: [String: [String]]) -> [[String]] {
    var index: [String: Int] = [:]
    var low: [String: Int] = [:]
    var onStack: Set<String> = []
    var stack: [String] = []
    var cycles: [[String]] = []
    for root in edges.keys.sorted() where index[root] == nil {
        var work: [(node: String, next: Int)] = [(root, 0)]
        while let (node, next) = work.last {
            if next == 0 {
                index[node] = index.count
                low[node] = index[node]
                stack.append(node)
                onStack.insert(node)
            }
            let targets = edges[node, default: []]
            if next < targets.count {
                work[work.count - 1].next += 1
                let target = targets[next]
                if index[target] == nil {
                    work.append((target, 0))
                } else if onStack.contains(target) {
                    low[node] = min(low[node]!, index[target]!)
                }
                continue
            }
            work.removeLast()
            if let parent = work.last?.node { low[parent] = min(low[parent]!, low[node]!) }
            guard low[node] == index[node] else { continue }
            var component: Set<String> = []
            while let member = stack.popLast() {
                onStack.remove(member)
                component.insert(member)
                if member == node { break }
            }
            if component.count > 1 || targets.contains(node) { cycles.append(cycle(through: component, edges)) }
        }
    }
    return cycles
}

/// A shortest way from the smallest member back to itself.
private func cycle(through component: Set<String>, _ edges: [String: [String]]) -> [String] {
    guard let start = component.min() else { return [] }
    var previous: [String: String] = [:]
    var queue = [start]
    var head = 0
    while head < queue.count {
        let node = queue[head]
        head += 1
        for target in edges[node, default: []] where component.contains(target) {
            if target == start {
                var path = [node]
                while let before = previous[path[0]] { path.insert(before, at: 0) }
                return path
            }
            if previous[target] == nil {
                previous[target] = node
                queue.append(target)
            }
        }
    }
    return [start]
}
