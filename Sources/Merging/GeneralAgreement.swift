import Records

/// How a toy claim compares with the claims on general models.
package enum GeneralAgreement: String, Sendable {
    /// It is on the same side of every question that both answer.
    case agrees
    case differs
    /// No question has a side of both.
    case unknown = "untold"
}

extension Merge {
    /// Compares sides, not numbers, at the leaves that the general claims bear on, whatever the settings of the toy
    /// claim.
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
