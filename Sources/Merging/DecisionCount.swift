import BigInt
import Records

/// How many counts lead where: by a part's status in each of the cases that are looked at side by side.
private typealias OutcomeCounts = [[QuestionStatus]: BigUInt]

/// Of no parts at all.
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

/// For each of `parts`, what all the others come to.
private func othersJoined(_ parts: [OutcomeCounts], _ needs: Question.Needs) -> [OutcomeCounts] {
    var after = [emptyCounts]
    for part in parts.dropFirst().reversed() { after.append(joined(part, after[after.count - 1], needs)) }
    var before = emptyCounts
    return parts.enumerated().map { index, part in
        defer { before = joined(before, part, needs) }
        return joined(before, after[parts.count - 1 - index], needs)
    }
}

/// Counts in how many counts of the other leaves a leaf decides.
///
/// Upwards, every part gets the counts that lead to each of its statuses; downwards, the counts of everything outside it in
/// which the ancestor does not stand the same after some outcomes of it. That is enough where one path leads up from each
/// leaf. Shared leaves are fixed to each of their outcomes: then every shared node is, and what is left is a tree.
struct DecisionCount {
    private let tree: Subtree
    private let shared: [Int]
    /// Trunk nodes with shared parts.
    private let gates: [Int]
    private let gateNumbers: [Int: Int]
    /// What the shared parts of each gate come to: all that the trunk sees of shared leaves.
    private var sharedOutcomes: [[QuestionStatus]] = []
    /// The number of the view in each case: the turn of `shared[k]` is digit k of the case's number to the base of 3.
    private var sharedOutcomeOfCase: [Int] = []

    /// Of pure nodes; of trunk nodes over their pure parts alone.
    private var ownCounts: [OutcomeCounts]
    /// Of the other pure parts of the same parent.
    private var siblingCounts: [OutcomeCounts]
    /// The first pure part of the same parent with the same counts: it decides as often.
    private var twin: [Int]
    /// By node and statuses after the outcomes.
    private var decidingCounts: [[Set<QuestionStatus>: BigUInt]]
    /// The same of what a trunk node's pure parts come to, over all cases of the shared leaves.
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
        let beside = othersJoined(parts.map { ownCounts[$0] }, node.needs)
        var first: [OutcomeCounts: Int] = [:]
        for (part, counts) in zip(parts, beside) {
            siblingCounts[part] = counts
            twin[part] = first[ownCounts[part], default: part]
            first[ownCounts[part]] = twin[part]
        }
        if let last = parts.last {
            ownCounts[index] = joined(beside[parts.count - 1], ownCounts[last], node.needs)
        } else if node.role == .pure {
            ownCounts[index] = [[combine([], node.needs)]: 1]
        }
    }

    private mutating func fixSharedLeaves() {
        guard !shared.isEmpty else { return }
        let nodes = tree.nodes
        let inner = nodes.indices.reversed().filter { nodes[$0].role == .shared && !nodes[$0].isLeaf }
        // What is pure below a shared node has no unresolved leaf, so it stands in one way.
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

    /// Of each trunk node the counts in one view of the shared leaves, or in several side by side.
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

    /// Goes down the trunk once for each view of the shared leaves.
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
                    pass.beside[part] = joined(others, own, needs)
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

    /// In how many counts of everything outside a pure node the ancestor does not stand the same after these outcomes of it.
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

    /// The same of a leaf that is shared, for its three outcomes.
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

/// The trunk in one view of the shared leaves.
private struct TrunkPass {
    let tree: Subtree
    /// By trunk node: what all other parts of its parent come to.
    var beside: [Int: OutcomeCounts] = [:]
    /// By trunk node: what all its parts but the pure ones come to.
    var besidePure: [Int: OutcomeCounts] = [:]
    private var known: [Int: [Set<QuestionStatus>: BigUInt]] = [:]

    init(tree: Subtree) { self.tree = tree }

    /// In how many counts of all else the ancestor does not stand the same after these outcomes of what the pure parts come to.
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
        for (others, number) in beside[index] ?? emptyCounts {
            count += number * decidingCount(parent, after(outcomes, others, tree.nodes[parent].needs))
        }
        known[index, default: [:]][outcomes] = count
        return count
    }
}

/// Where a question stands after outcomes of one part, the others being as they are.
private func after(_ outcomes: Set<QuestionStatus>, _ others: [QuestionStatus], _ needs: Question.Needs) -> Set<
    QuestionStatus
> {
    Set(outcomes.map { joined([$0], others, needs)[0] })
}

/// Two or three of the counts that a question with these needs can stand.
private func possibleOutcomes(_ needs: Question.Needs) -> [Set<QuestionStatus>] {
    let statuses: [QuestionStatus] =
        switch needs {
        case .answers: [.contested, .open, .answered]
        case .all, .any: [.supported, .refuted, .contested, .open]
        }
    let pairs = statuses.indices.flatMap { i in (0..<i).map { Set([statuses[i], statuses[$0]]) } }
    let triples = statuses.indices.flatMap { i in
        pairs.filter { !$0.contains(statuses[i]) }.map { $0.union([statuses[i]]) }
    }
    return Array(Set(pairs + triples))
}
