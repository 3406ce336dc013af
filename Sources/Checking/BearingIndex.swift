import Records

/// Which leaves of the question tree a claim bears on: same quantity, and its scope meets what the leaf covers.
package struct BearingIndex: Sendable {
    package private(set) var leavesByQuantity: [String: [(id: String, covers: Scope)]] = [:]

    package init(_ state: LedgerState) {
        for question in state.questions.values where question.status != .retired {
            guard let quantity = question.quantity?.value else { continue }
            leavesByQuantity[quantity, default: []].append(
                (question.id, Scope(question.covers, vocabulary: state.vocabulary)))
        }
        for quantity in leavesByQuantity.keys { leavesByQuantity[quantity]?.sort { $0.id < $1.id } }
    }

    /// Sorted ids.
    package func leaves(for claim: Claim, scope: Scope) -> [String] {
        leavesByQuantity[claim.quantity.value, default: []].filter { $0.covers.overlaps(scope) }.map(\.id)
    }

    func hasLeaf(for claim: Claim, _ vocabulary: Vocabulary) -> Bool {
        guard let leaves = leavesByQuantity[claim.quantity.value] else { return false }
        let scope = Scope(claim.scope, vocabulary: vocabulary)
        return leaves.contains { $0.covers.overlaps(scope) }
    }

}
