import Records

/// The longest chain of ever narrower ranges down to each claim that nothing narrows further.
///
/// `members` are sorted by id, so that ties between chains fall the same way in every order of files.
func findRefinements(_ members: [Member]) -> [Refinement] {
    let members = members.filter { $0.values != nil }
    let containers = findContainers(members)
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

/// For each claim, the others with a wider range that some setting is common with, as places.
private func findContainers(_ members: [Member]) -> [[Int]] {
    let scale = ScaleCodes(members)
    let codes = members.map { member -> (lower: Int, upper: Int)? in
        guard case .interval(let interval)? = member.values, !interval.isEmpty else { return nil }
        return scale.codes(of: interval)
    }
    return members.indices.map { inner in
        members.indices.filter { outer in
            // Numbers lie in one another as their codes tell.
            guard let mine = codes[inner], let theirs = codes[outer] else {
                return isInside(members[inner], members[outer])
            }
            return theirs.lower <= mine.lower && theirs.upper >= mine.upper && theirs != mine
                && members[inner].scope.overlaps(members[outer].scope)
        }
    }
}

private func isInside(_ inner: Member, _ outer: Member) -> Bool {
    guard let a = inner.values, let b = outer.values, a != b else { return false }
    return b.contains(a) && inner.scope.overlaps(outer.scope)
}
