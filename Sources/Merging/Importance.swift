import BigInt
import Checking
import Records

/// The importance of a leaf: the share of cases in which the leaf decides, where a case is a combination of outcomes of
/// the other unresolved leaves. The share is exact and in lowest terms.
package struct Importance: Hashable, Sendable, Comparable {
    package let numerator: BigUInt
    package let denominator: BigUInt

    /// Creates the fraction `decidingCases` / 3ⁿ, where n is `leafCount`.
    init(decidingCases: BigUInt, leafCount: Int) {
        var (rest, exponent) = (decidingCases, leafCount)
        // 3 is the only prime factor of the denominator. The numerator is divided by powers of 3, from the largest to
        // the smallest.
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

    /// The share as a `Double`.
    package var share: Double {
        // The numerator and the denominator are shifted, because long numbers could exceed the range of `Double`.
        let excess = max(0, denominator.bitWidth - 900)
        return Double(numerator >> excess) / Double(denominator >> excess)
    }

    /// The importance of an answered leaf: 0.
    static let none = Importance(decidingCases: 0, leafCount: 0)

    package static func < (a: Importance, b: Importance) -> Bool {
        a.numerator * b.denominator < b.numerator * a.denominator
    }
}

/// The maximum number of leaves with several paths to the ancestor. If there are n such leaves, they have 3ⁿ cases.
package let sharedLeafLimit = 10

/// Returns the importance of each unresolved leaf below a question for that question, by leaf id.
///
/// A leaf is unresolved if it is active, can be reached through active parts, and is open or contested. It can become
/// supported, become refuted, or remain as it is. It decides a case if these three outcomes do not give the ancestor
/// the same status. All cases have equal weight (docs/semantics.md). `statuses` contains the statuses of leaves. A leaf
/// that is missing there is open. Returns nil if more than `sharedLeafLimit` unresolved leaves have several paths to
/// the ancestor, because an exact count would take too long. The parts of questions that need `all` or `any` must
/// answer yes or no, as checking requires.
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
    // Reduced fractions are reused, because many leaves decide equally often and the numbers are long.
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

/// A question and the active parts below it. Each question comes before its own parts.
struct Subtree {
    enum Role {
        /// Each unresolved leaf below the node has only one path up to the ancestor.
        case pure
        /// The node has one path up to the ancestor, but some unresolved leaf below it has several.
        case trunk
        /// The node has several paths up to the ancestor, and so has every leaf below it.
        case shared
    }

    struct Node {
        var id: String
        var needs: Question.Needs
        var parts: [Int] = []
        /// The status of a leaf. Not used for other nodes.
        var status: QuestionStatus
        var isLeaf: Bool
        /// The only parent. For a shared node, one of its parents.
        var parent: Int?
        var role = Role.pure

        var isUnresolvedLeaf: Bool { isLeaf && !status.isAnswer }
    }

    /// The nodes, the ancestor first.
    var nodes: [Node] = []

    /// Returns nil if the questions form a cycle.
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

    /// Sorts the questions so that each comes before its parts. Returns nil if there is a cycle.
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
