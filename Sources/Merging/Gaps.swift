import Records

extension Merge {
    /// Claims that bear on no leaf of the question tree; sorted.
    package func unaskedClaims() -> [ClaimID] {
        members.filter { $0.leaves.isEmpty }.map(\.id).sorted()
    }

    /// Behaviours that no toy model reproduces; in tree order.
    ///
    /// A behaviour is an active question with active leaves right below it, other than the north star, or a leaf right
    /// below the north star. It has a toy model where one `abstracts` it, something below it, or something above it short
    /// of the north star, which is no single behaviour. Parts are those in the folder and those that say `also_under`.
    package func behavioursWithoutToy() -> [String] {
        let parts = partsByQuestion
        let root = RecordPlace.rootQuestion
        let active = reachable(from: [root], by: activeParts)
        let behaviours = active.filter { id in
            guard id != root, let question = state.questions[id] else { return false }
            return question.isLeaf
                ? parts[root, default: []].contains(id)
                : activeParts(of: id).contains { state.questions[$0]?.isLeaf ?? false }
        }
        let abstracted = Set(state.models.values.map(\.abstracts.value))
        let below = reachable(from: abstracted.subtracting([root])) { parts[$0, default: []] }
        let above = reachable(from: abstracted) { state.questions[$0].map(\.parents) ?? [] }
        return behaviours.subtracting(below).subtracting(above).sorted(by: treeOrder)
    }

    /// Everything that steps lead to, the starts included.
    private func reachable(from starts: some Sequence<String>, by step: (String) -> [String]) -> Set<String> {
        var found = Set(starts)
        var open = Array(found)
        while let id = open.popLast() {
            for next in step(id) where found.insert(next).inserted { open.append(next) }
        }
        return found
    }
}
