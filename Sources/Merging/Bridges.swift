import Records

/// Whether a toy result carries over to general models, as far as one leaf tells.
package struct BridgeStatus: Sendable, Equatable {
    package enum Status: String, Sendable, Codable {
        /// No claim on the models that it leads to takes a side.
        case untested
        case holds, fails
    }

    /// The assumption that is the bridge.
    package var assumption: String
    package var status: Status
    /// Toy claims that rest on it and take a side, and claims on the models that it leads to which do.
    package var toys: [ClaimID]
    package var generals: [ClaimID]
    /// Toy claims that some general claim takes the other side of.
    var opposed: Set<ClaimID>
}

extension Merge {
    /// How the bridges fare at a leaf, by name: held against each other are sides, not numbers.
    func bridgeStatuses(of claims: [LeafClaim]) -> [BridgeStatus] {
        guard claims.contains(where: { $0.member.kind == .toy }) else { return [] }
        let voices = claims.filter { $0.side != .silent && $0.effectiveStatus == .in }
        let names = Set(
            voices.filter { $0.member.kind == .toy }.flatMap { $0.member.claim.assumes.map(\.value) }
        ).filter { state.assumptions[$0]?.bridge != nil }
        return names.sorted().map { name in
            let ends = Set((state.assumptions[name]?.bridge?.to ?? []).map(\.value))
            let toys = voices.filter { $0.member.kind == .toy && $0.member.rests(on: name) }
            let generals = voices.filter { voice in
                voice.bridge == nil && !voice.member.rests(on: name)
                    && (voice.member.kind == .general || voice.member.isOn(ends))
            }
            let opposed = toys.filter { toy in generals.contains { $0.side != toy.side } }.map(\.member.id)
            return BridgeStatus(
                assumption: name, status: generals.isEmpty ? .untested : opposed.isEmpty ? .holds : .fails,
                toys: toys.map(\.member.id), generals: generals.map(\.member.id), opposed: Set(opposed))
        }
    }
}

extension Member {
    /// Whether it was tested on these models alone.
    fileprivate func isOn(_ models: Set<String>) -> Bool {
        guard case .values(let tested)? = claim.tested[Condition.model] else { return false }
        return models.isSuperset(of: tested)
    }
}
