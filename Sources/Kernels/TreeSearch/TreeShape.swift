/// A binary tree with a marked goal leaf, without names and without an order of edges or siblings.
///
/// The code has an opening 1 and a closing 0 for each node, with the codes of the children in between, the largest
/// first. The goal is written as a node with three leaves; no other node has three children. A code starts with a 1, so
/// equal numbers have equal lengths. The code of 16 nodes has 38 bits.
struct TreeShape: Hashable {
    let code: UInt64

    private static let leaf: UInt64 = 0b10
    private static let goal: UInt64 = 0b1_10_10_10_0

    private init(code: UInt64) {
        self.code = code
    }

    /// - Parameters:
    ///   - parents: the parent of each node; nil for the root
    ///   - nodes: all nodes, each after its children
    init(_ parents: [Int?], childrenFirst nodes: some Sequence<Int>, goal: Int) {
        var children = [(UInt64, UInt64)](repeating: (0, 0), count: parents.count)
        var code: UInt64 = 0
        for node in nodes {
            code = node == goal ? Self.goal : Self.code(children[node].0, children[node].1)
            guard let parent = parents[node] else { continue }
            children[parent] = (code, children[parent].0)
        }
        // The root comes last.
        self.code = code
    }

    /// Returns the code of a node with up to two children; 0 stands for a missing child.
    private static func code(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let children = appending(min(first, second), to: max(first, second))
        return appending(children, to: 1) << 1
    }

    private static func appending(_ tail: UInt64, to head: UInt64) -> UInt64 {
        head << (UInt64.bitWidth - tail.leadingZeroBitCount) | tail
    }

    /// Returns every shape of a number of nodes, by the depth of the goal: shapes of depth d are at index d.
    static func all(nodes: Int) -> [[TreeShape]] {
        // The codes of trees without a goal, by number of nodes. A tree without nodes is written as 0.
        var plain: [[UInt64]] = [[0], [leaf]]
        for size in 2..<max(2, nodes) {
            plain.append(
                (0...((size - 1) / 2)).flatMap { small in
                    let large = size - 1 - small
                    return plain[small].indices.flatMap { index in
                        plain[large].prefix(small == large ? index + 1 : plain[large].count).map {
                            code($0, plain[small][index])
                        }
                    }
                })
        }
        // The codes of trees whose goal has a certain depth, by number of nodes.
        var marked: [[UInt64]] = [[], [goal]] + [[UInt64]](repeating: [], count: nodes - 1)
        var shapes: [[TreeShape]] = [[]]
        for _ in 1..<nodes {
            marked = marked.indices.map { size in
                (0..<max(0, size - 1)).flatMap { beside in
                    marked[size - 1 - beside].flatMap { below in plain[beside].map { code(below, $0) } }
                }
            }
            shapes.append(marked[nodes].map(TreeShape.init))
        }
        return shapes
    }

    /// The depths of the goal at which trees have more than one shape. A goal of the greatest depth is at the end of a
    /// line.
    static func depthsWithSeveral(nodes: Int) -> Range<Int> {
        // At depth 1, all nodes except the root and the goal are in the subtree of the goal's sibling. A subtree of one
        // or two nodes has only one shape.
        nodes < 5 ? 2..<max(2, nodes - 1) : 1..<(nodes - 1)
    }
}
