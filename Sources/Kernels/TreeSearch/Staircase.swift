/// Measures whether a network climbs from the goal by one node per block (Brinkmann et al. 2024, section 4): the parent
/// would be readable after the first block, the grandparent after the second. Networks that train in seconds have no
/// clean staircase; the margins measure how far they are from one.
struct Staircase {
    /// Probe accuracies by level (parent, grandparent, …) and layer, starting at layer 0.
    var accuracies: [[Double]]

    /// The least depth of the trees, so that neither the parent nor the grandparent is the root.
    static let leastDepth = 3
    static let levels: [PathNode] = [.parent, .grandparent, .greatGrandparent]

    /// The levels that a network can climb; the output of its last block reaches no other token.
    static func levels(layers: Int) -> ArraySlice<PathNode> { levels.prefix(layers - 1) }

    /// The rise of a level's accuracy in the block of the same number minus the largest rise in any other block; above
    /// 0 if the level is on the staircase.
    func margin(level: Int) -> Double {
        let rises = zip(accuracies[level].dropFirst(), accuracies[level]).map { $0 - $1 }
        let others = rises.indices.filter { $0 != level }.map { rises[$0] }
        return rises[level] - (others.max() ?? 0)
    }

    var values: [String: Double] {
        let margins = accuracies.indices.map(margin)
        return [
            "staircase-margin": margins.min() ?? 0, "parent-margin": margins[0], "grandparent-margin": margins[1],
            "parent-lead": (accuracies[0][1] - accuracies[0][0]) - (accuracies[1][1] - accuracies[1][0]),
        ]
    }
}
