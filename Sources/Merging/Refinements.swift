import Records

/// The longest chain of ever narrower ranges down to each claim that nothing narrows further.
func findRefinements(_ members: [Member]) -> [Refinement] {
    // By id, so that ties between chains fall the same way in every order of files.
    let members = members.filter { $0.values != nil }.sorted { $0.id < $1.id }
    let containers = members.map { inner in
        members.indices.filter { isInside(inner, members[$0]) }
    }
    let isContainer = Set(containers.flatMap(\.self))
    var chains: [Int: [Int]] = [:]
    /// Containment is a strict order, so this ends.
    func longestChain(to index: Int) -> [Int] {
        if let chain = chains[index] { return chain }
        var longest: [Int] = []
        for container in containers[index] {
            let chain = longestChain(to: container)
            if chain.count > longest.count { longest = chain }
        }
        chains[index] = longest + [index]
        return longest + [index]
    }
    return members.indices.filter { !isContainer.contains($0) && !containers[$0].isEmpty }
        .map { Refinement(chain: longestChain(to: $0).map { members[$0].id }) }
}

private func isInside(_ inner: Member, _ outer: Member) -> Bool {
    guard let a = inner.values, let b = outer.values, a != b else { return false }
    return b.contains(a) && inner.scope.overlaps(outer.scope)
}
