public import BigInt

/// The share of the ways that the other unresolved leaves can turn out in which a leaf decides: exact, in lowest terms.
public struct Importance: Hashable, Sendable, Comparable {
    public let numerator: BigUInt
    public let denominator: BigUInt

    /// `ways` out of 3 to the power of `leafCount`.
    init(ways: BigUInt, leafCount: Int) {
        var (rest, exponent) = (ways, leafCount)
        // 3 is the only prime of the denominator; its powers are taken out from the largest down.
        var step = leafCount > 0 ? 1 << (Int.bitWidth - 1 - leafCount.leadingZeroBitCount) : 0
        while step > 0, !rest.isZero {
            let power = BigUInt(3).power(step)
            if step <= exponent, power <= rest {
                let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: power)
                if remainder.isZero { (rest, exponent) = (quotient, exponent - step) }
            }
            step /= 2
        }
        numerator = rest
        denominator = rest.isZero ? 1 : BigUInt(3).power(exponent)
    }

    public static func < (a: Importance, b: Importance) -> Bool {
        a.numerator * b.denominator < b.numerator * a.denominator
    }
}

/// The most leaves with several paths to the ancestor that are counted through: 3 to this power are the cases.
public let sharedLeafLimit = 10

/// How important each unresolved leaf below a question is for it, by the leaf's id.
///
/// Unresolved is an active leaf, reached through active parts, that is open or contested. It can turn out supported,
/// refuted, or stay as it is, and it decides where the ancestor does not stand the same after all three. All ways count
/// equally (section 6 of the design). `statuses` are those of leaves; one that is missing is open. nil where more than
/// `sharedLeafLimit` leaves have several paths to the ancestor: no approximation takes the place of the count. Parts of
/// `needs: all` and `any` are taken to say yes or no, as checking requires.
public func importances(
    of statuses: [String: Standing], questions: [String: Question], for ancestor: String
) -> [String: Importance]? {
    guard questions[ancestor] != nil else { return [:] }
    guard let tree = TreeBelow(ancestor, questions: questions, statuses: statuses) else { return nil }
    let shared = tree.nodes.indices.filter { tree.nodes[$0].role == .shared && tree.nodes[$0].isUnresolvedLeaf }
    guard shared.count <= sharedLeafLimit else { return nil }
    var count = DecisionCount(tree, shared: shared)
    let others = tree.nodes.count(where: \.isUnresolvedLeaf) - 1
    var importances: [String: Importance] = [:]
    // Leaves that decide equally often are many, and the numbers are long.
    var reduced: [BigUInt: Importance] = [:]
    for (index, node) in tree.nodes.enumerated() where node.isUnresolvedLeaf {
        let ways =
            node.role == .shared ? count.waysOfShared(index) : count.ways(index, [.supported, .refuted, node.standing])
        let importance = reduced[ways] ?? Importance(ways: ways, leafCount: others)
        reduced[ways] = importance
        importances[node.id] = importance
    }
    return importances
}

/// The active parts below one question, each before its own parts.
private struct TreeBelow {
    enum Role {
        /// One path leads up from each unresolved leaf below.
        case pure
        /// One path leads up from here, several from some leaf below.
        case trunk
        /// Several paths lead up, so they do from every leaf below.
        case shared
    }

    struct Node {
        var id: String
        var needs: Question.Needs
        var parts: [Int] = []
        /// Of a leaf.
        var standing: Standing
        var isLeaf: Bool
        /// The only one, but of a shared node.
        var parent: Int?
        var role = Role.pure

        var isUnresolvedLeaf: Bool { isLeaf && !standing.isAnswer }
    }

    /// The ancestor first.
    var nodes: [Node] = []

    /// nil where a question is above itself.
    init?(_ ancestor: String, questions: [String: Question], statuses: [String: Standing]) {
        let parts = partsByQuestion(questions).mapValues { $0.filter { questions[$0]?.status == .active } }
        guard let order = Self.order(from: ancestor, parts) else { return nil }
        let numbers = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
        for id in order {
            guard let question = questions[id] else { return nil }
            nodes.append(
                Node(
                    id: id, needs: question.needs, parts: parts[id, default: []].compactMap { numbers[$0] },
                    standing: statuses[id] ?? .open, isLeaf: question.isLeaf))
        }
        var isReachedTwice = [Bool](repeating: false, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for part in node.parts {
                if nodes[part].parent != nil || isReachedTwice[index] { isReachedTwice[part] = true }
                nodes[part].parent = index
            }
        }
        var hasUnresolved = nodes.map(\.isUnresolvedLeaf)
        for index in nodes.indices.reversed() {
            for part in nodes[index].parts where hasUnresolved[part] { hasUnresolved[index] = true }
            if hasUnresolved[index], isReachedTwice[index] {
                nodes[index].role = .shared
            } else if nodes[index].parts.contains(where: { nodes[$0].role != .pure }) {
                nodes[index].role = .trunk
            }
        }
    }

    /// Every question before its parts; nil where there is a cycle.
    private static func order(from ancestor: String, _ parts: [String: [String]]) -> [String]? {
        var isFinished: [String: Bool] = [ancestor: false]
        var stack: [(id: String, next: Int)] = [(ancestor, 0)]
        var finished: [String] = []
        while let (id, next) = stack.last {
            let below = parts[id, default: []]
            guard next < below.count else {
                isFinished[id] = true
                finished.append(id)
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            switch isFinished[below[next]] {
            case true?: break
            case false?: return nil
            case nil:
                isFinished[below[next]] = false
                stack.append((below[next], 0))
            }
        }
        return finished.reversed()
    }
}

/// How many ways lead where: by a part's standing in each of the cases that are looked at side by side.
private typealias Ways = [[Standing]: BigUInt]

/// Of no parts at all.
private let noParts: Ways = [[]: 1]

private func joined(_ a: [Standing], _ b: [Standing], _ needs: Question.Needs) -> [Standing] {
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
private struct DecisionCount {
    private let tree: TreeBelow
    private let shared: [Int]
    /// Shared parts of trunk nodes: all that the trunk sees of shared leaves.
    private let gates: [Int]
    /// How the gates stand, by case: the turn of `shared[k]` is digit k of the case's number to the base of 3.
    private var gateCases: [[Standing]] = []

    /// Of pure nodes; of trunk nodes over their pure parts alone.
    private var waysUp: [Ways]
    /// Of the other pure parts of the same parent.
    private var waysBeside: [Ways]
    /// The first pure part of the same parent with the same ways: it decides as often.
    private var twin: [Int]
    /// By node and standings after the turns.
    private var deciding: [[Set<Standing>: BigUInt]]
    /// The same of what a trunk node's pure parts come to, over all cases of the shared leaves.
    private var decidingInTrunk: [Int: [Set<Standing>: BigUInt]] = [:]

    init(_ tree: TreeBelow, shared: [Int]) {
        self.tree = tree
        self.shared = shared
        let nodes = tree.nodes
        gates = Set(nodes.filter { $0.role == .trunk }.flatMap(\.parts).filter { nodes[$0].role == .shared }).sorted()
        waysUp = [Ways](repeating: noParts, count: nodes.count)
        waysBeside = waysUp
        twin = Array(nodes.indices)
        deciding = [[Set<Standing>: BigUInt]](repeating: [:], count: nodes.count)
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
        for number in 0..<caseCount {
            var rest = number
            for leaf in shared {
                standings[leaf] = [.supported, .refuted, nodes[leaf].standing][rest % 3]
                rest /= 3
            }
            for node in inner { standings[node] = combine(nodes[node].parts.map { standings[$0] }, nodes[node].needs) }
            gateCases.append(gates.map { standings[$0] })
        }
    }

    /// Of each trunk part the ways while gates stand so, several cases side by side.
    private func trunkWays(_ gateStandings: [[Standing]]) -> [Int: Ways] {
        let caseCount = gateStandings.first?.count ?? 1
        var ways: [Int: Ways] = [:]
        for (gate, standings) in zip(gates, gateStandings) { ways[gate] = [standings: 1] }
        for index in tree.nodes.indices.reversed() where tree.nodes[index].role == .trunk {
            let node = tree.nodes[index]
            let pure = Dictionary(
                uniqueKeysWithValues: waysUp[index].map { key, count in
                    (key.flatMap { [Standing](repeating: $0, count: caseCount) }, count)
                })
            ways[index] = node.parts.compactMap { ways[$0] }.reduce(pure) { joined($0, $1, node.needs) }
        }
        return ways
    }

    /// Goes down the trunk once for each way that the gates can stand.
    private mutating func countInTrunk() {
        let nodes = tree.nodes
        let trunk = nodes.indices.filter { nodes[$0].role == .trunk }
        let wanted = trunk.filter { nodes[$0].parts.contains { nodes[$0].role == .pure && waysUp[$0].count > 1 } }
        guard !wanted.isEmpty else { return }
        let frequencies = Dictionary(gateCases.map { ($0, 1) }, uniquingKeysWith: +)
        for (gateStandings, frequency) in frequencies {
            let waysUpTrunk = trunkWays(gateStandings.map { [$0] })
            var beside: [Int: Ways] = [:]
            var above: [Int: Ways] = [:]
            for index in trunk {
                let node = nodes[index]
                let parts = node.parts.filter { nodes[$0].role != .pure }
                let others = othersJoined(parts.compactMap { waysUpTrunk[$0] }, node.needs)
                for (part, other) in zip(parts, others) where nodes[part].role == .trunk {
                    beside[part] = joined(other, waysUp[index], node.needs)
                }
                if let last = parts.last, let lastWays = waysUpTrunk[last] {
                    above[index] = joined(others[parts.count - 1], lastWays, node.needs)
                }
            }
            var known: [Int: [Set<Standing>: BigUInt]] = [:]
            func ways(_ index: Int, _ turns: Set<Standing>) -> BigUInt {
                guard turns.count > 1 else { return 0 }
                guard let parent = nodes[index].parent else { return 1 }
                if let count = known[index]?[turns] { return count }
                let count = (beside[index] ?? noParts).reduce(BigUInt(0)) {
                    $0 + $1.value * ways(parent, after(turns, $1.key, nodes[parent].needs))
                }
                known[index, default: [:]][turns] = count
                return count
            }
            for index in wanted {
                for turns in possibleTurns(nodes[index].needs) {
                    let count = (above[index] ?? noParts).reduce(BigUInt(0)) {
                        $0 + $1.value * ways(index, after(turns, $1.key, nodes[index].needs))
                    }
                    decidingInTrunk[index, default: [:]][turns, default: 0] += count * BigUInt(frequency)
                }
            }
        }
    }

    /// In how many ways of everything outside a pure node the ancestor does not stand the same after these turns of it.
    mutating func ways(_ index: Int, _ turns: Set<Standing>) -> BigUInt {
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
        var frequencies: [[[Standing]]: Int] = [:]
        for number in gateCases.indices where number / stride % 3 == 0 {
            let turns = [gateCases[number], gateCases[number + stride], gateCases[number + 2 * stride]]
            guard turns[0] != turns[1] || turns[1] != turns[2] else { continue }
            frequencies[turns, default: 0] += 1
        }
        return frequencies.reduce(BigUInt(0)) { sum, entry in
            let (turns, frequency) = entry
            let ways = trunkWays(gates.indices.map { gate in turns.map { $0[gate] } })[0] ?? [:]
            let deciding = ways.reduce(BigUInt(0)) { $0 + (Set($1.key).count > 1 ? $1.value : 0) }
            return sum + deciding * BigUInt(frequency)
        }
    }
}

/// Where a question stands after turns of one part, the others being as they are.
private func after(_ turns: Set<Standing>, _ others: [Standing], _ needs: Question.Needs) -> Set<Standing> {
    Set(turns.map { joined([$0], others, needs)[0] })
}

/// Two or three of the ways that a question with these needs can stand.
private func possibleTurns(_ needs: Question.Needs) -> [Set<Standing>] {
    let standings: [Standing] =
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
