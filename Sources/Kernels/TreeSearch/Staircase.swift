/// Whether a network climbs from the goal by one node a block (Brinkmann et al. 2024, section 4): the parent would be read
/// after the first block, the grandparent after the second. What trains in seconds has no clean one; the margins tell how
/// far it is from that.
struct Staircase {
    /// How well each level is read: of the parent, of the grandparent and so on, by layer from 0 on.
    var accuracies: [[Double]]

    /// Of the trees that are looked at, so that neither the parent nor the grandparent is the root.
    static let leastDepth = 3
    static let levels: [PathNode] = [.parent, .grandparent, .greatGrandparent]

    /// Levels that a network can climb: what its last block adds is read by no other token.
    static func levels(layers: Int) -> ArraySlice<PathNode> { levels.prefix(layers - 1) }

    /// By how much more a level's accuracy rises in the block of its own number than in any other: above 0 where it is
    /// on the staircase.
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
