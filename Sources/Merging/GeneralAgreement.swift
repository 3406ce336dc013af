import Records

/// How a claim on a toy model stands to the claims on general models.
package enum GeneralAgreement: String, Sendable {
    /// It takes their side of every question that both answer.
    case agrees
    case differs
    /// No question has a side of both.
    case unknown = "untold"
}

extension Merge {
    /// Held against each other are sides, not numbers, at the leaves that the general claims bear on: what a toy shows of
    /// a question, whatever setting it shows it at.
    package func generalAgreement(of member: Member) -> GeneralAgreement {
        var isCompared = false
        for general in members(of: member.claim.quantity.value) where general.kind == .general {
            for leaf in general.leaves.compactMap({ state.questions[$0] }) {
                let (own, other) = (side(of: member, leaf), side(of: general, leaf))
                guard own != .silent, other != .silent else { continue }
                guard own == other else { return .differs }
                isCompared = true
            }
        }
        return isCompared ? .agrees : .unknown
    }
}
