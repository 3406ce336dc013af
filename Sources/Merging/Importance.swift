import BigInt
import Checking
import Records

/// How much an unresolved leaf decides. The more important of two leaves decides more ancestors or, of equally many,
/// its nearest undecided ancestor more often.
package struct Importance: Hashable, Sendable, Comparable {
    /// The number of undecided questions above the leaf that some outcome of the leaf alone would answer.
    package fileprivate(set) var ancestors: Int
    /// The share of cases in which the leaf decides its nearest undecided ancestor, where a case is a combination of
    /// outcomes of the other unresolved leaves. The share is exact and in lowest terms.
    package let numerator: BigUInt
    package let denominator: BigUInt

    /// Creates the share `decidingCases` / 3ⁿ, where n is `leafCount`.
    init(ancestors: Int, decidingCases: BigUInt, leafCount: Int) {
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
        self.ancestors = ancestors
        numerator = rest
        denominator = rest.isZero ? 1 : BigUInt(3).power(exponent)
    }

    /// The share as a `Double`.
    package var share: Double {
        // The numerator and the denominator are shifted, because long numbers could exceed the range of `Double`.
        let excess = max(0, denominator.bitWidth - 900)
        return Double(numerator >> excess) / Double(denominator >> excess)
    }

    /// Whether the leaf decides nothing.
    package var isNone: Bool { ancestors == 0 && numerator.isZero }

    /// The importance of an answered leaf.
    static let none = Importance(ancestors: 0, decidingCases: 0, leafCount: 0)

    package static func < (a: Importance, b: Importance) -> Bool {
        if a.ancestors != b.ancestors { return a.ancestors < b.ancestors }
        // Equal denominators are common, and long numbers are slow to multiply.
        return a.denominator == b.denominator
            ? a.numerator < b.numerator : a.numerator * b.denominator < b.numerator * a.denominator
    }
}

/// The statuses of questions on which importance depends.
package struct QuestionStatuses {
    /// What each question asks about.
    var asks: (String) -> Question.Asks
    /// The status of each leaf for the models that are asked about.
    var ofLeaf: (String, Question.Asks) -> QuestionStatus

    package init(asks: @escaping (String) -> Question.Asks, ofLeaf: @escaping (String, Question.Asks) -> QuestionStatus)
    {
        self.asks = asks
        self.ofLeaf = ofLeaf
    }
}

/// Returns the importance of each unresolved leaf below a question, by leaf id.
///
/// A leaf is unresolved if it is active, can be reached through active parts, and is open or contested. It can become
/// supported, become refuted, or remain as it is. It decides a case if these three outcomes do not give the ancestor
/// the same status. All cases have equal weight (docs/semantics.md).
///
/// Ancestors are counted up to `ancestor`. The share is that of the nearest undecided ancestor or, if `isRelative` is
/// true, of `ancestor` itself. A leaf without an ancestor counts as its own ancestor.
package func importances(
    of statuses: QuestionStatuses, questions: [String: Question], for ancestor: String, isRelative: Bool
) -> [String: Importance] {
    let parts = partsByQuestion(questions).mapValues { $0.filter { questions[$0]?.status == .active } }
    var trees: [String: QuestionTree] = [:]
    var decided: [String: Int] = [:]
    var nearest: [String: String] = [:]
    var open = [ancestor]
    // Questions come before their parts, so the last undecided question above a leaf is the nearest one.
    while let id = open.popLast() {
        guard let question = questions[id] else { continue }
        open += parts[id, default: []].reversed()
        if question.isLeaf && id != ancestor { continue }
        let tree = QuestionTree(id, questions, parts, statuses)
        trees[id] = tree
        let isUndecided = !tree.nodes[0].status.isAnswer
        for leaf in tree.nodes.indices where tree.nodes[leaf].isUnresolvedLeaf {
            let name = tree.nodes[leaf].id
            if isRelative ? id == ancestor : isUndecided { nearest[name] = id }
            if isUndecided, tree.isDecided(by: leaf) { decided[name, default: 0] += 1 }
        }
    }
    var importances: [String: Importance] = [:]
    for (above, leaves) in Dictionary(grouping: nearest.keys, by: { nearest[$0] ?? ancestor }) {
        guard let tree = trees[above] else { continue }
        var count = DecisionCount(tree)
        let wanted = Set(leaves)
        let others = tree.nodes.count(where: \.isUnresolvedLeaf) - 1
        // Reduced fractions are reused, because many leaves decide equally often and the numbers are long.
        var reduced: [BigUInt: Importance] = [:]
        for (index, node) in tree.nodes.enumerated() where node.isUnresolvedLeaf && wanted.contains(node.id) {
            let cases = count.decidingCount(index, [.supported, .refuted, node.status])
            var importance = reduced[cases] ?? Importance(ancestors: 0, decidingCases: cases, leafCount: others)
            reduced[cases] = importance
            importance.ancestors = decided[node.id, default: 0]
            importances[node.id] = importance
        }
    }
    return importances
}
