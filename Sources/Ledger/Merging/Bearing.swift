/// Which leaves of the question tree a claim bears on: same quantity, and its scope meets what the leaf covers.
struct BearingIndex: Sendable {
    private var leavesByQuantity: [String: [(id: String, covers: Scope)]] = [:]

    init(_ state: LedgerState) {
        for question in state.questions.values where question.status != .retired {
            guard let quantity = question.quantity?.value else { continue }
            leavesByQuantity[quantity, default: []].append(
                (question.id, Scope(question.covers, vocabulary: state.vocabulary)))
        }
        for quantity in leavesByQuantity.keys { leavesByQuantity[quantity]?.sort { $0.id < $1.id } }
    }

    /// Sorted ids.
    func leaves(for claim: Claim, scope: Scope) -> [String] {
        leavesByQuantity[claim.quantity.value, default: []].filter { $0.covers.overlaps(scope) }.map(\.id)
    }
}
