/// A binary tree with randomly permuted node names and a goal leaf.
struct SearchTree {
    /// The edges in random order.
    let edges: [Edge]
    /// The nodes from the root to the goal, both included.
    let path: [Int]

    struct Edge: Equatable {
        var parent: Int
        var child: Int
    }

    /// The procedure that grows the tree and chooses the goal.
    enum Growth: String, CaseIterable {
        /// Each node is attached to a random earlier node with fewer than two children; the goal is a random leaf.
        case freely
        /// First, a path of random length is made, with the goal at its end. Then the other nodes are attached as
        /// above, but not below the goal (Brinkmann et al.).
        case pathFirst = "path-first"
    }

    /// The number of edges from the root to the goal.
    var depth: Int { path.count - 1 }
    var root: Int { path[0] }
    var goal: Int { path[depth] }

    init(nodes: Int, _ growth: Growth, _ draws: inout Draws) {
        var names = Array(0..<nodes)
        draws.shuffle(&names)
        var parents = [Int?](repeating: nil, count: nodes)
        var childCounts = [Int](repeating: 0, count: nodes)
        func hang(_ child: Int, below parent: Int) {
            parents[child] = parent
            childCounts[parent] += 1
        }
        var pathNodes = 1
        if growth == .pathFirst {
            pathNodes += 1 + draws.integer(below: nodes - 1)
            for node in 1..<pathNodes { hang(names[node], below: names[node - 1]) }
        }
        let end = growth == .pathFirst ? names[pathNodes - 1] : nil
        for node in pathNodes..<max(pathNodes, nodes) {
            let open = names[..<node].filter { childCounts[$0] < 2 && $0 != end }
            hang(names[node], below: open[draws.integer(below: open.count)])
        }
        let leaves = names.filter { childCounts[$0] == 0 }
        var path = [end ?? leaves[draws.integer(below: leaves.count)]]
        while let parent = parents[path[0]] { path.insert(parent, at: 0) }
        self.path = path
        var edges = parents.enumerated().compactMap { child, parent in
            parent.map { Edge(parent: $0, child: child) }
        }
        draws.shuffle(&edges)
        self.edges = edges
    }

    /// The probability that a random walk down from the root takes the path.
    var chanceOfGuessing: Double {
        path.dropLast().reduce(1) { chance, node in chance / Double(edges.count { $0.parent == node }) }
    }
}
