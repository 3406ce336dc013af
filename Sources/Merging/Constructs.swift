import Records

/// A construct with the quantities that measure it. These quantities are listed together but never compared.
package struct Construct: Sendable, Equatable {
    package var name: String
    package var quantities: [String]
    package var claims: [ClaimID]
}

/// A claim of a superseded finding, with the findings that still build on the superseded one.
package struct Superseded: Sendable, Equatable {
    package var by: String
    package var claim: ClaimID
    package var buildsOn: [String]

    package init(by: String, claim: ClaimID, buildsOn: [String]) {
        self.by = by
        self.claim = claim
        self.buildsOn = buildsOn
    }
}

extension Merge {
    /// Returns, by the slug of a finding, the active findings that build on it, sorted.
    private func dependents() -> [String: [String]] {
        var dependents: [String: Set<String>] = [:]
        for finding in state.findings.values where finding.isActive {
            for base in finding.buildsOn where base.value != finding.slug {
                dependents[base.value, default: []].insert(finding.slug)
            }
        }
        return dependents.mapValues { $0.sorted() }
    }

    /// Returns the constructs that have claims on more than one quantity, sorted by name.
    package func constructs() -> [Construct] {
        let quantities = state.quantities.values.filter { summary.quantities[$0.slug] != nil }
        let byName = Dictionary(grouping: quantities.filter { $0.construct != nil }, by: { $0.construct! })
        return byName.filter { $0.value.count > 1 }.map { name, quantities in
            let slugs = quantities.map(\.slug).sorted()
            return Construct(
                name: name, quantities: slugs, claims: slugs.flatMap { members(of: $0).map(\.id).sorted() })
        }.sorted { $0.name < $1.name }
    }

    /// Returns the superseded claims, sorted by id.
    package func superseded() -> [Superseded] {
        let findings = state.findings.values
        let dependents = dependents()
        var superseded: [Superseded] = []
        for finding in findings where finding.isActive {
            for old in finding.supersedes {
                let builders = dependents[old.value, default: []].filter { $0 != finding.slug }
                for claim in state.findings[old.value]?.claims ?? [] {
                    superseded.append(Superseded(by: finding.slug, claim: claim.id, buildsOn: builders))
                }
            }
        }
        return superseded.sorted { ($0.claim, $0.by) < ($1.claim, $1.by) }
    }
}
