import Records

extension Merge {
    /// Returns the claims that are relevant to no leaf of the question tree, neither by themselves nor as an arm of a
    /// contrast, sorted.
    package func unaskedClaims() -> [ClaimID] {
        let arms = Set(
            summary.quantities.values.flatMap(\.members).compactMap(\.contrast).flatMap {
                [$0.minuend.id, $0.subtrahend.id]
            })
        return members.filter { $0.leaves.isEmpty && !arms.contains($0.id) }.map(\.id).sorted()
    }

    /// Returns the claims that runs refuted although the merge leaves them out, because their finding is retracted or
    /// they are superseded, sorted.
    package func withdrawnRefutedClaims() -> [ClaimID] {
        let retracted = ledger.findings.filter { $0.retracted != nil }.flatMap { $0.claims.map(\.id) }
        return Set(retracted + successors.keys).filter { evidence[$0].verdict == .refuted }.sorted()
    }

    /// Returns the behaviours that no toy model reproduces, in tree order.
    ///
    /// A behaviour is an active leaf directly below the north star, or another active question below it that has an
    /// active leaf as a part. A toy model covers a behaviour if it `abstracts` the behaviour itself, a question below
    /// it, or a question between it and the north star.
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
        let abstracted = Set(state.models.values.filter(\.weights.isEmpty).map(\.abstracts.value))
        let below = reachable(from: abstracted.subtracting([root])) { parts[$0, default: []] }
        let above = reachable(from: abstracted) { [Question.parent(of: $0)].compactMap(\.self) }
        return behaviours.subtracting(below).subtracting(above).sorted(by: treeOrder)
    }

    /// Returns everything that can be reached from the starts by repeated steps, including the starts.
    private func reachable(from starts: some Sequence<String>, by step: (String) -> [String]) -> Set<String> {
        var found = Set(starts)
        var open = Array(found)
        while let id = open.popLast() {
            for next in step(id) where found.insert(next).inserted { open.append(next) }
        }
        return found
    }
}
