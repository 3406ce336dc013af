import BigInt
import Checking
import Records

/// The share of the decidingCases that the other unresolved leaves can turn out in which a leaf decides: exact, in lowest terms.
package struct Importance: Hashable, Sendable, Comparable {
    package let numerator: BigUInt
    package let denominator: BigUInt

    /// `decidingCases` out of 3 to the power of `leafCount`.
    init(decidingCases: BigUInt, leafCount: Int) {
        var (rest, exponent) = (decidingCases, leafCount)
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

    /// To the nearest double.
    package var share: Double {
        // Long numbers lose their common tail.
        let excess = max(0, denominator.bitWidth - 900)
        return Double(numerator >> excess) / Double(denominator >> excess)
    }

    /// What is settled decides in none of the decidingCases.
    static let none = Importance(decidingCases: 0, leafCount: 0)

    package static func < (a: Importance, b: Importance) -> Bool {
        a.numerator * b.denominator < b.numerator * a.denominator
    }
}

/// The most leaves with several paths to the ancestor that are counted through: 3 to this power are the cases.
package let sharedLeafLimit = 10

/// How important each unresolved leaf below a question is for it, by the leaf's id.
///
/// Unresolved is an active leaf, reached through active parts, that is open or contested. It can turn out supported,
/// refuted, or stay as it is, and it decides where the ancestor does not stand the same after all three. All decidingCases count
/// equally (docs/semantics.md). `statuses` are those of leaves; one that is missing is open. nil where more than
/// `sharedLeafLimit` leaves have several paths to the ancestor: no approximation takes the place of the count. Parts of
/// `needs: all` and `any` are taken to say yes or no, as checking requires.
package func importances(
    of statuses: [String: QuestionStatus], questions: [String: Question], for ancestor: String
) -> [String: Importance]? {
    guard questions[ancestor] != nil else { return [:] }
    guard let tree = Subtree(ancestor, questions: questions, statuses: statuses) else { return nil }
    let shared = tree.nodes.indices.filter { tree.nodes[$0].role == .shared && tree.nodes[$0].isUnresolvedLeaf }
    guard shared.count <= sharedLeafLimit else { return nil }
    var count = DecisionCount(tree, shared: shared)
    let others = tree.nodes.count(where: \.isUnresolvedLeaf) - 1
    var importances: [String: Importance] = [:]
    // Leaves that decide equally often are many, and the numbers are long.
    var reduced: [BigUInt: Importance] = [:]
    for (index, node) in tree.nodes.enumerated() where node.isUnresolvedLeaf {
        let decidingCases =
            node.role == .shared
            ? count.decidingCountOfShared(index) : count.decidingCount(index, [.supported, .refuted, node.status])
        let importance = reduced[decidingCases] ?? Importance(decidingCases: decidingCases, leafCount: others)
        reduced[decidingCases] = importance
        importances[node.id] = importance
    }
    return importances
}

/// The active parts below one question, each before its own parts.
struct Subtree {
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
        var status: QuestionStatus
        var isLeaf: Bool
        /// The only one, but of a shared node.
        var parent: Int?
        var role = Role.pure

        var isUnresolvedLeaf: Bool { isLeaf && !status.isAnswer }
    }

    /// The ancestor first.
    var nodes: [Node] = []

    /// nil where a question is above itself.
    init?(_ ancestor: String, questions: [String: Question], statuses: [String: QuestionStatus]) {
        let parts = partsByQuestion(questions).mapValues { $0.filter { questions[$0]?.status == .active } }
        guard let order = Self.order(from: ancestor, parts) else { return nil }
        let numbers = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
        for id in order {
            guard let question = questions[id] else { return nil }
            nodes.append(
                Node(
                    id: id, needs: question.needs, parts: parts[id, default: []].compactMap { numbers[$0] },
                    status: statuses[id] ?? .open, isLeaf: question.isLeaf))
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
