import BigInt
import Records

/// How many ways lead where: by a part's standing in each of the cases that are looked at side by side.
private typealias Ways = [[QuestionStatus]: BigUInt]

/// Of no parts at all.
private let noParts: Ways = [[]: 1]

private func joined(_ a: [QuestionStatus], _ b: [QuestionStatus], _ needs: Question.Needs) -> [QuestionStatus] {
    if a.isEmpty { return b.map { combine([$0], needs) } }
    if b.isEmpty { return a.map { combine([$0], needs) } }
    return zip(a, b).map { combine([$0, $1], needs) }
}

private func joined(_ a: Ways, _ b: Ways, _ needs: Question.Needs) -> Ways {
    var ways: Ways = [:]
    for (x, m) in a { for (y, n) in b { ways[joined(x, y, needs), default: 0] += m * n } }
    return ways
}

/// For each of `parts`, what all the others come to.
private func othersJoined(_ parts: [Ways], _ needs: Question.Needs) -> [Ways] {
    var after = [noParts]
    for part in parts.dropFirst().reversed() { after.append(joined(part, after[after.count - 1], needs)) }
    var before = noParts
    return parts.enumerated().map { index, part in
        defer { before = joined(before, part, needs) }
        return joined(before, after[parts.count - 1 - index], needs)
    }
}

/// Counts in how many ways of the other leaves a leaf decides.
///
/// Upwards, every part gets the ways that lead to each of its standings; downwards, the ways of everything outside it in
/// which the ancestor does not stand the same after some turns of it. That is enough where one path leads up from each
/// leaf. Shared leaves are fixed to each of their turns: then every shared node is, and what is left is a tree.
struct DecisionCount {
    private let tree: TreeBelow
    private let shared: [Int]
    /// Trunk nodes with shared parts.
    private let gates: [Int]
    private let gateNumbers: [Int: Int]
    /// What the shared parts of each gate come to: all that the trunk sees of shared leaves.
    private var views: [[QuestionStatus]] = []
    /// The number of the view in each case: the turn of `shared[k]` is digit k of the case's number to the base of 3.
    private var viewByCase: [Int] = []

    /// Of pure nodes; of trunk nodes over their pure parts alone.
    private var waysUp: [Ways]
    /// Of the other pure parts of the same parent.
    private var waysBeside: [Ways]
    /// The first pure part of the same parent with the same ways: it decides as often.
    private var twin: [Int]
    /// By node and standings after the turns.
    private var deciding: [[Set<QuestionStatus>: BigUInt]]
    /// The same of what a trunk node's pure parts come to, over all cases of the shared leaves.
    private var decidingInTrunk: [Int: [Set<QuestionStatus>: BigUInt]] = [:]

    init(_ tree: TreeBelow, shared: [Int]) {
        self.tree = tree
        self.shared = shared
        let nodes = tree.nodes
        gates = nodes.indices.filter { index in
            nodes[index].role == .trunk && nodes[index].parts.contains { nodes[$0].role == .shared }
        }
        gateNumbers = Dictionary(uniqueKeysWithValues: zip(gates, gates.indices))
        waysUp = [Ways](repeating: noParts, count: nodes.count)
        waysBeside = waysUp
        twin = Array(nodes.indices)
        deciding = [[Set<QuestionStatus>: BigUInt]](repeating: [:], count: nodes.count)
        for index in nodes.indices.reversed() where nodes[index].role != .shared { goUp(index) }
        fixSharedLeaves()
        countInTrunk()
    }

    private mutating func goUp(_ index: Int) {
        let node = tree.nodes[index]
        guard !node.isLeaf else {
            let turns = node.isUnresolvedLeaf ? [.supported, .refuted, node.standing] : [node.standing]
            waysUp[index] = Dictionary(uniqueKeysWithValues: turns.map { ([$0], 1) })
            return
        }
        let parts = node.parts.filter { tree.nodes[$0].role == .pure }
        let beside = othersJoined(parts.map { waysUp[$0] }, node.needs)
        var first: [Ways: Int] = [:]
        for (part, ways) in zip(parts, beside) {
            waysBeside[part] = ways
            twin[part] = first[waysUp[part], default: part]
            first[waysUp[part]] = twin[part]
        }
        if let last = parts.last {
            waysUp[index] = joined(beside[parts.count - 1], waysUp[last], node.needs)
        } else if node.role == .pure {
            waysUp[index] = [[combine([], node.needs)]: 1]
        }
    }

    private mutating func fixSharedLeaves() {
        guard !shared.isEmpty else { return }
        let nodes = tree.nodes
        let inner = nodes.indices.reversed().filter { nodes[$0].role == .shared && !nodes[$0].isLeaf }
        // What is pure below a shared node has no unresolved leaf, so it stands in one way.
        var standings = nodes.indices.map { waysUp[$0].keys.first?.first ?? nodes[$0].standing }
        let caseCount = shared.reduce(1) { count, _ in count * 3 }
        var numbers: [[QuestionStatus]: Int] = [:]
        for number in 0..<caseCount {
            var rest = number
            for leaf in shared {
                standings[leaf] = [.supported, .refuted, nodes[leaf].standing][rest % 3]
                rest /= 3
            }
            for node in inner { standings[node] = combine(nodes[node].parts.map { standings[$0] }, nodes[node].needs) }
            let view = gates.map { gate in
                combine(nodes[gate].parts.filter { nodes[$0].role == .shared }.map { standings[$0] }, nodes[gate].needs)
            }
            let known = numbers[view, default: views.count]
            if known == views.count {
                views.append(view)
                numbers[view] = known
            }
            viewByCase.append(known)
        }
    }

    /// Of each trunk node the ways in one view of the shared leaves, or in several side by side.
    private func trunkWays(_ seen: [[QuestionStatus]]) -> [Int: Ways] {
        var ways: [Int: Ways] = [:]
        for index in tree.nodes.indices.reversed() where tree.nodes[index].role == .trunk {
            let node = tree.nodes[index]
            let pure = Dictionary(
                uniqueKeysWithValues: waysUp[index].map { key, count in
                    (key.flatMap { [QuestionStatus](repeating: $0, count: seen.count) }, count)
                })
            ways[index] = node.parts.compactMap { ways[$0] }.reduce(
                joined(pure, sharedParts(of: index, seen), node.needs)
            ) {
                joined($0, $1, node.needs)
            }
        }
        return ways
    }

    private func sharedParts(of index: Int, _ seen: [[QuestionStatus]]) -> Ways {
        gateNumbers[index].map { gate in [seen.map { $0[gate] }: 1] } ?? noParts
    }

    /// Goes down the trunk once for each view of the shared leaves.
    private mutating func countInTrunk() {
        let nodes = tree.nodes
        let wanted = nodes.indices.filter { index in
            nodes[index].role == .trunk
                && nodes[index].parts.contains { nodes[$0].role == .pure && waysUp[$0].count > 1 }
        }
        guard !wanted.isEmpty else { return }
        let frequencies = Dictionary(viewByCase.map { ($0, 1) }, uniquingKeysWith: +)
        for (view, frequency) in frequencies {
            var pass = TrunkPass(tree: tree)
            let ways = trunkWays([views[view]])
            for index in nodes.indices where nodes[index].role == .trunk {
                let needs = nodes[index].needs
                let parts = nodes[index].parts.filter { nodes[$0].role == .trunk }
                let partWays = parts.compactMap { ways[$0] }
                let sharedWays = sharedParts(of: index, [views[view]])
                let own = joined(waysUp[index], sharedWays, needs)
                for (part, others) in zip(parts, othersJoined(partWays, needs)) {
                    pass.beside[part] = joined(others, own, needs)
                }
                pass.besidePure[index] = partWays.reduce(sharedWays) { joined($0, $1, needs) }
            }
            for index in wanted {
                for turns in possibleTurns(nodes[index].needs) {
                    decidingInTrunk[index, default: [:]][turns, default: 0] +=
                        pass.waysAfterPure(index, turns) * BigUInt(frequency)
                }
            }
        }
    }

    /// In how many ways of everything outside a pure node the ancestor does not stand the same after these turns of it.
    mutating func ways(_ index: Int, _ turns: Set<QuestionStatus>) -> BigUInt {
        guard turns.count > 1 else { return 0 }
        guard let parent = tree.nodes[index].parent else { return 1 }
        let twin = twin[index]
        if let count = deciding[twin][turns] { return count }
        let needs = tree.nodes[parent].needs
        var count = BigUInt(0)
        for (others, number) in waysBeside[twin] {
            let turnsAbove = after(turns, others, needs)
            if tree.nodes[parent].role == .trunk {
                count += number * (decidingInTrunk[parent]?[turnsAbove] ?? 0)
            } else {
                count += number * ways(parent, turnsAbove)
            }
        }
        deciding[twin][turns] = count
        return count
    }

    /// The same of a leaf that is shared, for its three turns.
    func waysOfShared(_ leaf: Int) -> BigUInt {
        guard let digit = shared.firstIndex(of: leaf) else { return 0 }
        let stride = (0..<digit).reduce(1) { count, _ in count * 3 }
        var frequencies: [[Int]: Int] = [:]
        for number in viewByCase.indices where number / stride % 3 == 0 {
            let turns = (0..<3).map { viewByCase[number + $0 * stride] }
            if Set(turns).count > 1 { frequencies[turns, default: 0] += 1 }
        }
        return frequencies.reduce(BigUInt(0)) { sum, entry in
            let (turns, frequency) = entry
            let ways = trunkWays(turns.map { views[$0] })[0] ?? [:]
            let deciding = ways.reduce(BigUInt(0)) { $0 + (Set($1.key).count > 1 ? $1.value : 0) }
            return sum + deciding * BigUInt(frequency)
        }
    }
}

/// The trunk in one view of the shared leaves.
private struct TrunkPass {
    let tree: TreeBelow
    /// By trunk node: what all other parts of its parent come to.
    var beside: [Int: Ways] = [:]
    /// By trunk node: what all its parts but the pure ones come to.
    var besidePure: [Int: Ways] = [:]
    private var known: [Int: [Set<QuestionStatus>: BigUInt]] = [:]

    init(tree: TreeBelow) { self.tree = tree }

    /// In how many ways of all else the ancestor does not stand the same after these turns of what the pure parts come to.
    mutating func waysAfterPure(_ index: Int, _ turns: Set<QuestionStatus>) -> BigUInt {
        var count = BigUInt(0)
        for (others, number) in besidePure[index] ?? noParts {
            count += number * ways(index, after(turns, others, tree.nodes[index].needs))
        }
        return count
    }

    private mutating func ways(_ index: Int, _ turns: Set<QuestionStatus>) -> BigUInt {
        guard turns.count > 1 else { return 0 }
        guard let parent = tree.nodes[index].parent else { return 1 }
        if let count = known[index]?[turns] { return count }
        var count = BigUInt(0)
        for (others, number) in beside[index] ?? noParts {
            count += number * ways(parent, after(turns, others, tree.nodes[parent].needs))
        }
        known[index, default: [:]][turns] = count
        return count
    }
}

/// Where a question stands after turns of one part, the others being as they are.
private func after(_ turns: Set<QuestionStatus>, _ others: [QuestionStatus], _ needs: Question.Needs) -> Set<
    QuestionStatus
> {
    Set(turns.map { joined([$0], others, needs)[0] })
}

/// Two or three of the ways that a question with these needs can stand.
private func possibleTurns(_ needs: Question.Needs) -> [Set<QuestionStatus>] {
    let standings: [QuestionStatus] =
        switch needs {
        case .answers: [.contested, .open, .answered]
        case .all, .any: [.supported, .refuted, .contested, .open]
        }
    let pairs = standings.indices.flatMap { i in (0..<i).map { Set([standings[i], standings[$0]]) } }
    let triples = standings.indices.flatMap { i in
        pairs.filter { !$0.contains(standings[i]) }.map { $0.union([standings[i]]) }
    }
    return Array(Set(pairs + triples))
}
