import Records

extension Merge {
    /// Toy claims for which no claim on the same quantity is on a general model or a target model of their bridges;
    /// sorted.
    package func unansweredToyClaims() -> [ClaimID] {
        summary.quantities.values.map(\.members).flatMap { members in
            members.filter { toy in
                guard toy.kind == .toy else { return false }
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
