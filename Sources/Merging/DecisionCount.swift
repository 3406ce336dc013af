import BigInt
import Records

/// The number of cases for each status.
private typealias OutcomeCounts = [QuestionStatus: BigUInt]

private func joined(_ a: OutcomeCounts?, _ b: OutcomeCounts, _ needs: Question.Needs) -> OutcomeCounts {
    var counts: OutcomeCounts = [:]
    guard let a else {
        for (status, n) in b { counts[combine([status], needs), default: 0] += n }
        return counts
    }
    for (x, m) in a { for (y, n) in b { counts[combine([x, y], needs), default: 0] += m * n } }
    return counts
}

/// Returns the combined counts of all other parts for each of `parts`; nil if there is no other part.
private func othersJoined(_ parts: [OutcomeCounts], _ needs: Question.Needs) -> [OutcomeCounts?] {
    var after: [OutcomeCounts?] = [nil]
    for part in parts.dropFirst().reversed() { after.append(joined(after[after.count - 1], part, needs)) }
    var before: OutcomeCounts?
    return parts.enumerated().map { index, part in
        defer { before = joined(before, part, needs) }
        return after[parts.count - 1 - index].map { joined(before, $0, needs) } ?? before
    }
}

/// Counts the cases of the other leaves in which a leaf decides the ancestor's status.
///
/// An upward pass computes the number of cases for each status of a part. A downward pass computes the number of cases
/// outside a part in which the part's outcomes change the ancestor's status.
struct DecisionCount {
    private let tree: QuestionTree
    /// For each node, the combined counts of its parent's other parts; nil if there are none.
    private var siblingCounts: [OutcomeCounts?]
    /// For each node, its parent's first part with the same counts. Both parts decide equally often.
    private var twin: [Int]
    /// For each node and each set of its outcomes, the number of cases outside the node in which these outcomes change
    /// the ancestor's status.
    private var decidingCounts: [[Set<QuestionStatus>: BigUInt]]

    init(_ tree: QuestionTree) {
        self.tree = tree
        let nodes = tree.nodes
        siblingCounts = nodes.map { _ in nil }
        twin = Array(nodes.indices)
        decidingCounts = nodes.map { _ in [:] }
        var counts: [OutcomeCounts] = nodes.map { [$0.status: 1] }
        for (index, node) in nodes.enumerated().reversed() {
            guard !node.isLeaf else {
                if node.isUnresolvedLeaf {
                    counts[index] = Dictionary(
                        [.supported, .refuted, node.status].map { ($0, 1) }, uniquingKeysWith: +)
                }
                continue
            }
            let parts = node.parts.map { counts[$0] }
            let siblings = othersJoined(parts, node.needs)
            var first: [OutcomeCounts: Int] = [:]
            for (place, part) in node.parts.enumerated() {
                siblingCounts[part] = siblings[place]
                twin[part] = first[parts[place], default: part]
                first[parts[place]] = twin[part]
            }
            if let last = parts.last {
                counts[index] = joined(siblings[parts.count - 1], last, node.needs)
            }
        }
    }

    /// Returns the number of cases outside a node in which these outcomes of the node change the ancestor's status.
    mutating func decidingCount(_ index: Int, _ outcomes: Set<QuestionStatus>) -> BigUInt {
        guard outcomes.count > 1 else { return 0 }
        guard let parent = tree.nodes[index].parent else { return 1 }
        let twin = twin[index]
        if let count = decidingCounts[twin][outcomes] { return count }
        let needs = tree.nodes[parent].needs
        var count = BigUInt(0)
        if let siblings = siblingCounts[twin] {
            for (others, number) in siblings {
                count += number * decidingCount(parent, Set(outcomes.map { combine([$0, others], needs) }))
            }
        } else {
            count = decidingCount(parent, Set(outcomes.map { combine([$0], needs) }))
        }
        decidingCounts[twin][outcomes] = count
        return count
    }
}
