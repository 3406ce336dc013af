import Records

/// Finds the leaves to which a claim is relevant. These leaves ask about the claim's quantity, and their covered
/// settings overlap the claim's scope.
package struct BearingIndex: Sendable {
    private var leavesByQuantity: [String: Leaves] = [:]
    /// The quantities about whose differences a leaf asks.
    private var askedDifferences: Set<String> = []

    /// The leaves that ask about one quantity, sorted by id.
    package struct Leaves: Sendable {
        package private(set) var ids: [String] = []
        package private(set) var covers: [Scope] = []

        init() {}

        init(_ leaves: [(id: String, covers: Scope)]) {
            let leaves = leaves.sorted { $0.id < $1.id }
            (ids, covers) = (leaves.map(\.id), leaves.map(\.covers))
        }

        /// Returns the ids of leaves whose covered settings overlap a scope.
        package func overlapping(_ scope: Scope) -> [String] {
            // If all leaves overlap the scope, as is usual, the list need not be copied.
            if covers.allSatisfy({ $0.overlaps(scope) }) { return ids }
            return zip(ids, covers).filter { $1.overlaps(scope) }.map(\.0)
        }
    }

    package init(_ state: LedgerState) {
        var leaves: [String: [(id: String, covers: Scope)]] = [:]
        for question in state.questions.values where question.status != .retired {
            guard let quantity = question.quantity?.value else { continue }
            leaves[quantity, default: []].append((question.id, Scope(question.covers, vocabulary: state.vocabulary)))
        }
        leavesByQuantity = leaves.mapValues(Leaves.init)
        askedDifferences = Set(leaves.keys.compactMap { state.quantities[$0]?.differenceOf?.value })
    }

    package func leaves(of quantity: String) -> Leaves { leavesByQuantity[quantity] ?? Leaves() }

    func asksAboutDifferences(of quantity: String) -> Bool { askedDifferences.contains(quantity) }

    func hasLeaf(for claim: Claim, _ vocabulary: Vocabulary) -> Bool {
        guard let covers = leavesByQuantity[claim.quantity.value]?.covers else { return false }
        guard claim.averagedOver.isEmpty else {
            let scope = Scope(of: claim, vocabulary: vocabulary)
            return covers.contains { $0.overlaps(scope) }
        }
        return covers.contains { $0.overlaps(claim.scope, vocabulary) }
    }
}
