/// A binary tree with randomly permuted node names and a goal leaf.
struct SearchTree {
    /// The edges in random order.
    let edges: [Edge]
    /// The nodes from the root to the goal, both included.
    let path: [Int]
    let shape: TreeShape

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

    /// - Parameter pathDepth: the depth of a path that is made first; nil for a random depth
    init(nodes: Int, _ growth: Growth, pathDepth: Int? = nil, _ draws: inout Draws) {
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
            pathNodes += pathDepth ?? 1 + draws.integer(below: nodes - 1)
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
        shape = TreeShape(parents, childrenFirst: names.reversed(), goal: path[path.count - 1])
        var edges = parents.enumerated().compactMap { child, parent in
            parent.map { Edge(parent: $0, child: child) }
        }
        draws.shuffle(&edges)
        self.edges = edges
    }

    /// Returns a tree of the same shape with new random names and a new random order of edges.
    func renamed(_ draws: inout Draws) -> Self { Self(renaming: self, &draws) }

    private init(renaming tree: Self, _ draws: inout Draws) {
        var names = Array(0...tree.edges.count)
        draws.shuffle(&names)
        var edges = tree.edges.map { Edge(parent: names[$0.parent], child: names[$0.child]) }
        draws.shuffle(&edges)
        self.edges = edges
        path = tree.path.map { names[$0] }
        shape = tree.shape
    }

    /// The tree with its names, independent of the order of its edges.
    var labelled: LabelledTree {
        var tree = LabelledTree(parents: UInt64(root) << (4 * root), goal: goal)
        for edge in edges { tree.parents |= UInt64(edge.parent) << (4 * edge.child) }
        return tree
    }

    /// The probability that a random walk down from the root takes the path.
    var chanceOfGuessing: Double {
        path.dropLast().reduce(1) { chance, node in chance / Double(edges.count { $0.parent == node }) }
    }
}

/// A tree of named nodes and its goal.
struct LabelledTree: Hashable {
    /// The parent of each node in four bits, the parent of node 0 last. The root counts as its own parent.
    var parents: UInt64
    var goal: Int
}
