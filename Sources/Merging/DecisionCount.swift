import BigInt
import Records

/// The number of cases, by outcome. A key contains the status of a part in each of the scenarios that are evaluated
/// together.
private typealias OutcomeCounts = [[QuestionStatus]: BigUInt]

/// The counts of an empty list of parts.
private let emptyCounts: OutcomeCounts = [[]: 1]

private func joined(_ a: [QuestionStatus], _ b: [QuestionStatus], _ needs: Question.Needs) -> [QuestionStatus] {
    if a.isEmpty { return b.map { combine([$0], needs) } }
    if b.isEmpty { return a.map { combine([$0], needs) } }
    return zip(a, b).map { combine([$0, $1], needs) }
}

private func joined(_ a: OutcomeCounts, _ b: OutcomeCounts, _ needs: Question.Needs) -> OutcomeCounts {
    var counts: OutcomeCounts = [:]
    for (x, m) in a { for (y, n) in b { counts[joined(x, y, needs), default: 0] += m * n } }
    return counts
}

/// Returns the combined counts of all other parts for each of `parts`.
private func othersJoined(_ parts: [OutcomeCounts], _ needs: Question.Needs) -> [OutcomeCounts] {
    var after = [emptyCounts]
    for part in parts.dropFirst().reversed() { after.append(joined(part, after[after.count - 1], needs)) }
    var before = emptyCounts
    return parts.enumerated().map { index, part in
        defer { before = joined(before, part, needs) }
        return joined(before, after[parts.count - 1 - index], needs)
    }
}

/// Counts the cases of the other leaves in which a leaf decides the ancestor's status.
///
/// An upward pass computes the number of cases for each status of a part. A downward pass computes the number of cases
/// outside a part in which the part's outcomes change the ancestor's status. These passes are sufficient if there is
/// only one path from each leaf up to the ancestor. Leaves with several paths are fixed to each of their outcomes in
/// turn, so that the other leaves form a tree.
struct DecisionCount {
    private let tree: Subtree
    private let shared: [Int]
    /// The trunk nodes that have shared parts.
    private let gates: [Int]
    private let gateNumbers: [Int: Int]
    /// The distinct combinations of statuses that the shared parts have together at each gate. The trunk depends on the
    /// shared leaves only through these statuses.
    private var sharedOutcomes: [[QuestionStatus]] = []
    /// The index into `sharedOutcomes` for each case of the shared leaves. Digit k of the case number in base 3 is the
    /// outcome of `shared[k]`.
    private var sharedOutcomeOfCase: [Int] = []

    /// The counts of each pure node and, for a trunk node, the combined counts of its pure parts.
    private var ownCounts: [OutcomeCounts]
    /// For each node, the combined counts of its parent's other pure parts.
    private var siblingCounts: [OutcomeCounts]
    /// For each node, its parent's first pure part with the same counts. This part decides equally often.
    private var twin: [Int]
    /// For each pure node and each set of its outcomes, the number of cases outside the node in which these outcomes
    /// change the ancestor's status.
    private var decidingCounts: [[Set<QuestionStatus>: BigUInt]]
    /// The number of cases in which outcomes of a trunk node's pure parts change the ancestor's status, summed over all
    /// cases of the shared leaves. Keys are the trunk node and the set of outcomes.
    private var decidingCountsInTrunk: [Int: [Set<QuestionStatus>: BigUInt]] = [:]

    init(_ tree: Subtree, shared: [Int]) {
        self.tree = tree
        self.shared = shared
        let nodes = tree.nodes
        gates = nodes.indices.filter { index in
            nodes[index].role == .trunk && nodes[index].parts.contains { nodes[$0].role == .shared }
        }
        gateNumbers = Dictionary(uniqueKeysWithValues: zip(gates, gates.indices))
        ownCounts = [OutcomeCounts](repeating: emptyCounts, count: nodes.count)
        siblingCounts = ownCounts
        twin = Array(nodes.indices)
        decidingCounts = [[Set<QuestionStatus>: BigUInt]](repeating: [:], count: nodes.count)
        for index in nodes.indices.reversed() where nodes[index].role != .shared { countUpwards(index) }
        fixSharedLeaves()
        countInTrunk()
    }

    private mutating func countUpwards(_ index: Int) {
        let node = tree.nodes[index]
        guard !node.isLeaf else {
            let outcomes = node.isUnresolvedLeaf ? [.supported, .refuted, node.status] : [node.status]
            ownCounts[index] = Dictionary(uniqueKeysWithValues: outcomes.map { ([$0], 1) })
            return
        }
        let parts = node.parts.filter { tree.nodes[$0].role == .pure }
        let siblings = othersJoined(parts.map { ownCounts[$0] }, node.needs)
        var first: [OutcomeCounts: Int] = [:]
        for (part, counts) in zip(parts, siblings) {
            siblingCounts[part] = counts
            twin[part] = first[ownCounts[part], default: part]
            first[ownCounts[part]] = twin[part]
        }
        if let last = parts.last {
            ownCounts[index] = joined(siblings[parts.count - 1], ownCounts[last], node.needs)
        } else if node.role == .pure {
            ownCounts[index] = [[combine([], node.needs)]: 1]
        }
    }

    private mutating func fixSharedLeaves() {
        guard !shared.isEmpty else { return }
        let nodes = tree.nodes
        let inner = nodes.indices.reversed().filter { nodes[$0].role == .shared && !nodes[$0].isLeaf }
        // Pure parts of a shared node contain no unresolved leaf, so they have a single status.
        var statuses = nodes.indices.map { ownCounts[$0].keys.first?.first ?? nodes[$0].status }
        let caseCount = shared.reduce(1) { count, _ in count * 3 }
        var numbers: [[QuestionStatus]: Int] = [:]
        for number in 0..<caseCount {
            var rest = number
            for leaf in shared {
                statuses[leaf] = [.supported, .refuted, nodes[leaf].status][rest % 3]
                rest /= 3
            }
            for node in inner { statuses[node] = combine(nodes[node].parts.map { statuses[$0] }, nodes[node].needs) }
            let view = gates.map { gate in
                combine(nodes[gate].parts.filter { nodes[$0].role == .shared }.map { statuses[$0] }, nodes[gate].needs)
            }
            let known = numbers[view, default: sharedOutcomes.count]
            if known == sharedOutcomes.count {
                sharedOutcomes.append(view)
                numbers[view] = known
            }
            sharedOutcomeOfCase.append(known)
        }
    }

    /// Returns the counts of each trunk node for several outcomes of the shared leaves, which are evaluated together.
    private func trunkCounts(_ seen: [[QuestionStatus]]) -> [Int: OutcomeCounts] {
        var counts: [Int: OutcomeCounts] = [:]
        for index in tree.nodes.indices.reversed() where tree.nodes[index].role == .trunk {
            let node = tree.nodes[index]
            let pure = Dictionary(
                uniqueKeysWithValues: ownCounts[index].map { key, count in
                    (key.flatMap { [QuestionStatus](repeating: $0, count: seen.count) }, count)
                })
            counts[index] = node.parts.compactMap { counts[$0] }.reduce(
                joined(pure, sharedParts(of: index, seen), node.needs)
            ) {
                joined($0, $1, node.needs)
            }
        }
        return counts
    }

    private func sharedParts(of index: Int, _ seen: [[QuestionStatus]]) -> OutcomeCounts {
        gateNumbers[index].map { gate in [seen.map { $0[gate] }: 1] } ?? emptyCounts
    }

    /// Computes `decidingCountsInTrunk`. Traverses the trunk once for each distinct outcome of the shared leaves.
    private mutating func countInTrunk() {
        let nodes = tree.nodes
        let wanted = nodes.indices.filter { index in
            nodes[index].role == .trunk
                && nodes[index].parts.contains { nodes[$0].role == .pure && ownCounts[$0].count > 1 }
        }
        guard !wanted.isEmpty else { return }
        let frequencies = Dictionary(sharedOutcomeOfCase.map { ($0, 1) }, uniquingKeysWith: +)
        for (view, frequency) in frequencies {
            var pass = TrunkPass(tree: tree)
            let counts = trunkCounts([sharedOutcomes[view]])
            for index in nodes.indices where nodes[index].role == .trunk {
                let needs = nodes[index].needs
                let parts = nodes[index].parts.filter { nodes[$0].role == .trunk }
                let partCounts = parts.compactMap { counts[$0] }
                let sharedCounts = sharedParts(of: index, [sharedOutcomes[view]])
                let own = joined(ownCounts[index], sharedCounts, needs)
                for (part, others) in zip(parts, othersJoined(partCounts, needs)) {
                    pass.siblings[part] = joined(others, own, needs)
                }
                pass.besidePure[index] = partCounts.reduce(sharedCounts) { joined($0, $1, needs) }
            }
            for index in wanted {
                for outcomes in possibleOutcomes(nodes[index].needs) {
                    decidingCountsInTrunk[index, default: [:]][outcomes, default: 0] +=
                        pass.decidingCountAfterPure(index, outcomes) * BigUInt(frequency)
                }
            }
        }
    }

    /// Returns the number of cases outside a pure node in which these outcomes of the node change the ancestor's
    /// status.
    mutating func decidingCount(_ index: Int, _ outcomes: Set<QuestionStatus>) -> BigUInt {
        guard outcomes.count > 1 else { return 0 }
        guard let parent = tree.nodes[index].parent else { return 1 }
        let twin = twin[index]
        if let count = decidingCounts[twin][outcomes] { return count }
        let needs = tree.nodes[parent].needs
        var count = BigUInt(0)
        for (others, number) in siblingCounts[twin] {
            let outcomesAbove = after(outcomes, others, needs)
            if tree.nodes[parent].role == .trunk {
                count += number * (decidingCountsInTrunk[parent]?[outcomesAbove] ?? 0)
            } else {
                count += number * decidingCount(parent, outcomesAbove)
            }
        }
        decidingCounts[twin][outcomes] = count
        return count
    }

    /// Returns the number of cases of the other leaves in which the three outcomes of a shared leaf change the
    /// ancestor's status.
    func decidingCountOfShared(_ leaf: Int) -> BigUInt {
        guard let digit = shared.firstIndex(of: leaf) else { return 0 }
        let stride = (0..<digit).reduce(1) { count, _ in count * 3 }
        var frequencies: [[Int]: Int] = [:]
        for number in sharedOutcomeOfCase.indices where number / stride % 3 == 0 {
            let outcomes = (0..<3).map { sharedOutcomeOfCase[number + $0 * stride] }
            if Set(outcomes).count > 1 { frequencies[outcomes, default: 0] += 1 }
        }
        return frequencies.reduce(BigUInt(0)) { sum, entry in
            let (outcomes, frequency) = entry
            let counts = trunkCounts(outcomes.map { sharedOutcomes[$0] })[0] ?? [:]
            let decidingCounts = counts.reduce(BigUInt(0)) { $0 + (Set($1.key).count > 1 ? $1.value : 0) }
            return sum + decidingCounts * BigUInt(frequency)
        }
    }
}

/// The computation in the trunk for one outcome of the shared leaves.
private struct TrunkPass {
    let tree: Subtree
    /// For each trunk node, the combined counts of its parent's other parts.
    var siblings: [Int: OutcomeCounts] = [:]
    /// For each trunk node, the combined counts of its parts that are not pure.
    var besidePure: [Int: OutcomeCounts] = [:]
    private var known: [Int: [Set<QuestionStatus>: BigUInt]] = [:]

    init(tree: Subtree) { self.tree = tree }

    /// Returns the number of cases in which these outcomes of the pure parts change the ancestor's status.
    mutating func decidingCountAfterPure(_ index: Int, _ outcomes: Set<QuestionStatus>) -> BigUInt {
        var count = BigUInt(0)
        for (others, number) in besidePure[index] ?? emptyCounts {
            count += number * decidingCount(index, after(outcomes, others, tree.nodes[index].needs))
        }
        return count
    }

    private mutating func decidingCount(_ index: Int, _ outcomes: Set<QuestionStatus>) -> BigUInt {
        guard outcomes.count > 1 else { return 0 }
        guard let parent = tree.nodes[index].parent else { return 1 }
        if let count = known[index]?[outcomes] { return count }
        var count = BigUInt(0)
        for (others, number) in siblings[index] ?? emptyCounts {
            count += number * decidingCount(parent, after(outcomes, others, tree.nodes[parent].needs))
        }
        known[index, default: [:]][outcomes] = count
        return count
    }
}

/// Returns the statuses of a question for these outcomes of one part. The statuses of the other parts are fixed.
private func after(_ outcomes: Set<QuestionStatus>, _ others: [QuestionStatus], _ needs: Question.Needs) -> Set<
    QuestionStatus
> {
    Set(outcomes.map { joined([$0], others, needs)[0] })
}

/// Returns all sets of two or three statuses that a question with these needs can have.
private func possibleOutcomes(_ needs: Question.Needs) -> [Set<QuestionStatus>] {
    let statuses: [QuestionStatus] =
        switch needs {
        case .answers: [.contested, .open, .answered]
        case .all, .any: [.supported, .refuted, .contested, .depends, .open]
        }
    let pairs = statuses.indices.flatMap { i in (0..<i).map { Set([statuses[i], statuses[$0]]) } }
    let triples = statuses.indices.flatMap { i in
        pairs.filter { !$0.contains(statuses[i]) }.map { $0.union([statuses[i]]) }
    }
    return Array(Set(pairs + triples))
}
