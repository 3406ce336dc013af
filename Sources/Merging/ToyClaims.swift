import Records

extension Merge {
    /// Returns the toy claims, sorted, for which there is no claim on the same quantity about a general model or about
    /// a target model of their bridges.
    package func unansweredToyClaims() -> [ClaimID] {
        summary.quantities.values.map(\.members).flatMap { members in
            members.filter { toy in
                guard toy.kind == .toy, toy.contrast == nil else { return false }
                let bridged = Set(
                    toy.claim.assumes.flatMap { state.assumptions[$0.value]?.bridge?.to ?? [] }.map(\.value))
                return !members.contains { other in
                    guard other.kind != .toy, case .values(let models)? = other.claim.tested[Condition.model] else {
                        return false
                    }
                    return other.kind == .general || !bridged.isDisjoint(with: models)
                }
            }
        }.map(\.id).sorted()
    }
}
