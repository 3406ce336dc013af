import Records

/// A question and the active parts below it. Each question comes before its own parts.
struct QuestionTree {
    struct Node {
        var id: String
        var needs: Question.Needs
        var parent: Int?
        var parts: [Int] = []
        var status: QuestionStatus
        var isLeaf: Bool

        var isUnresolvedLeaf: Bool { isLeaf && !status.isAnswer }
    }

    /// The nodes, the ancestor first.
    private(set) var nodes: [Node] = []
    /// For each node, the number of its parts with each status.
    private var partCounts: [[QuestionStatus: Int]] = []

    /// `parts` are the active parts of each question. A question about general models does not count the parts about
    /// special-purpose models; the reverse is true too.
    init(
        _ ancestor: String, _ questions: [String: Question], _ parts: [String: [String]], _ statuses: QuestionStatuses
    ) {
        var open = [(id: ancestor, parent: Int?.none, asks: statuses.asks(ancestor))]
        while let (id, parent, asks) = open.popLast() {
            guard let question = questions[id] else { continue }
            let index = nodes.count
            nodes.append(
                Node(
                    id: id, needs: question.needs, parent: parent,
                    status: question.isLeaf ? statuses.ofLeaf(id, asks) : .open, isLeaf: question.isLeaf))
            if let parent { nodes[parent].parts.append(index) }
            guard !question.isLeaf else { continue }
            for part in parts[id, default: []].reversed() {
                let own = statuses.asks(part)
                if asks == .either || own == .either || own == asks {
                    open.append((part, index, asks == .either ? own : asks))
                }
            }
        }
        partCounts = nodes.map { _ in [:] }
        for index in nodes.indices.reversed() {
            if !nodes[index].isLeaf { nodes[index].status = combine(Array(partCounts[index].keys), nodes[index].needs) }
            if let parent = nodes[index].parent { partCounts[parent][nodes[index].status, default: 0] += 1 }
        }
    }

    /// Returns whether some outcome of a leaf answers the ancestor if everything else stays as it is.
    func isDecided(by leaf: Int) -> Bool {
        [QuestionStatus.supported, .refuted].contains { outcome in
            var (index, old, new) = (leaf, nodes[leaf].status, outcome)
            while let parent = nodes[index].parent {
                guard old != new else { return false }
                var counts = partCounts[parent]
                counts[old, default: 0] -= 1
                counts[new, default: 0] += 1
                index = parent
                old = nodes[parent].status
                new = combine(counts.filter { $0.value > 0 }.map(\.key), nodes[parent].needs)
            }
            return !old.isAnswer && new.isAnswer
        }
    }
}
