import Records

/// The agreement of a toy claim with the claims on general models.
package enum GeneralAgreement: String, Sendable {
    /// The toy claim and the general claims are on the same side of every question on which both take a side.
    case agrees
    case differs
    /// There is no question on which both take a side.
    case unknown = "untold"
}

extension Merge {
    /// Compares a toy claim with general claims at the leaves to which the general claims are relevant. Compares the
    /// sides, not the numbers, and ignores the settings of the toy claim.
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
