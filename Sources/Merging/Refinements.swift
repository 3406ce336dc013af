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
    /// Those that say no interval with anything in it have no code of their own.
    var codes: [(lower: Int, upper: Int)] = []
    var isCoded: [Bool] = []
    for member in members {
        if case .interval(let interval)? = member.values, !interval.isEmpty {
            codes.append(scale.codes(of: interval))
            isCoded.append(true)
        } else {
            codes.append((.min, .max))
            isCoded.append(false)
        }
    }
    return members.indices.map { inner in
        guard isCoded[inner] else { return members.indices.filter { isInside(members[inner], members[$0]) } }
        let mine = codes[inner]
        return members.indices.filter { outer in
            guard codes[outer].lower <= mine.lower && codes[outer].upper >= mine.upper else { return false }
            // Intervals lie in one another as their codes tell.
            return isCoded[outer]
                ? codes[outer] != mine && members[inner].scope.overlaps(members[outer].scope)
                : isInside(members[inner], members[outer])
        }
    }
}

private func isInside(_ inner: Member, _ outer: Member) -> Bool {
    guard let a = inner.values, let b = outer.values, a != b else { return false }
    return b.contains(a) && inner.scope.overlaps(outer.scope)
}
