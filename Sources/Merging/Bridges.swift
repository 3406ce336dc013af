import Records

/// The evidence at one leaf for or against a bridge, which states that toy results carry over to general models.
package struct BridgeStatus: Sendable, Equatable {
    package enum Status: String, Sendable, Codable {
        /// No claim on the bridge's target models or on general models takes a side.
        case untested
        /// Such claims are undecided, or take both sides.
        case contested
        case holds, fails
    }

    /// The name of the bridging assumption.
    package var assumption: String
    package var status: Status
    /// The claims that take a side: the toy claims that assume the bridge, and the claims on its target models or on
    /// general models.
    package var toys: [ClaimID]
    package var generals: [ClaimID]
    /// The toy claims whose side is opposite to the side of some claim in `generals`.
    var opposed: Set<ClaimID>
    /// The numbers of toy claims on each side.
    package var yes: Int
    package var no: Int
}

extension Merge {
    /// Returns the status of each bridge at a leaf, sorted by name. Compares the sides that claims take, not their
    /// numbers.
    func bridgeStatuses(of claims: [LeafClaim]) -> [BridgeStatus] {
        guard claims.contains(where: { $0.member.kind == .toy }) else { return [] }
        let live = claims.filter { $0.side != .silent && $0.effectiveStatus != .out }
        let active = live.filter { $0.member.kind == .toy && $0.effectiveStatus == .in }
        let names = Set(active.flatMap { $0.member.claim.assumes.map(\.value) })
            .filter { state.assumptions[$0]?.bridge != nil }
        return names.sorted().map { name in
            let ends = Set((state.assumptions[name]?.bridge?.to ?? []).map(\.value))
            let toys = active.filter { $0.member.rests(on: name) }
            let generals = live.filter { claim in
                claim.bridge == nil && !claim.member.rests(on: name) && !claim.member.hasUnknownSettings
                    && (claim.member.kind == .general || claim.member.isOn(ends))
            }
            let opposed = toys.filter { toy in generals.contains { $0.side != toy.side } }.map(\.member.id)
            let isContested =
                generals.contains(where: \.isPartlyUndecided) || Set(generals.map(\.side)).count > 1
            return BridgeStatus(
                assumption: name,
                status: generals.isEmpty ? .untested : isContested ? .contested : opposed.isEmpty ? .holds : .fails,
                toys: toys.map(\.member.id), generals: generals.map(\.member.id), opposed: Set(opposed),
                yes: toys.count { $0.side == .pro }, no: toys.count { $0.side == .con })
        }
    }
}

extension Member {
    /// Returns whether the claim was tested only on these models.
    fileprivate func isOn(_ models: Set<String>) -> Bool {
        guard case .values(let tested)? = claim.tested[Condition.model] else { return false }
        return models.isSuperset(of: tested)
    }
}
