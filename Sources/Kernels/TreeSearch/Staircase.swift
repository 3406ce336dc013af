/// Measures whether a network climbs from the goal by one node per block (Brinkmann et al. 2024, section 4). If it
/// does, the parent can be read after the first block, and the grandparent after the second. Networks that train in
/// seconds do not show a clean staircase; the margins measure how far they are from one.
struct Staircase {
    /// Probe accuracies by level (parent, grandparent, …) and layer, starting at layer 0.
    var accuracies: [[Double]]

    /// The least depth of the trees, so that neither the parent nor the grandparent is the root.
    static let leastDepth = 3
    static let levels: [PathNode] = [.parent, .grandparent, .greatGrandparent]

    /// Returns the levels that a network can climb. The last block adds no level, because its output reaches no other
    /// token.
    static func levels(layers: Int) -> ArraySlice<PathNode> { levels.prefix(layers - 1) }

    /// Returns the rise of a level's accuracy in the block with the same number, minus the largest rise of this
    /// accuracy in any other block. The margin is above 0 if the level is part of the staircase.
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
