/// The tokens of a tree and its path: the edges, the goal marker, the goal, the root, and the nodes after the root.
///
/// Tokens: the edge from a to b is a · nodes + b, a node is nodes² + its name, and the last token is the marker.
struct TreeFormat {
    let nodes: Int

    var marker: UInt16 { UInt16(nodes * nodes + nodes) }
    var vocabulary: Int { Int(marker) + 1 }
    /// The index of the first token after the root.
    var pathStart: Int { nodes + 2 }
    /// The maximum number of input tokens. The goal at the end of the longest path is not an input.
    var context: Int { pathStart + nodes - 2 }

    func token(node: Int) -> UInt16 { UInt16(nodes * nodes + node) }

    func tokens(of tree: SearchTree) -> [UInt16] {
        tree.edges.map { UInt16($0.parent * nodes + $0.child) }
            + [marker, token(node: tree.goal)] + tree.path.map(token)
    }
}
