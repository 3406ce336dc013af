import Records

/// A construct with the quantities that measure it. These quantities are listed together but never compared.
package struct Construct: Sendable, Equatable {
    package var name: String
    package var quantities: [String]
    package var claims: [ClaimID]
}

extension Merge {
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
}
