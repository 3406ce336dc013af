import Records

/// Finds the claims whose range is inside the range of another claim and that no other claim narrows further. Returns
/// the longest chain of nested ranges that ends at each of them.
///
/// `members` are sorted by id, so that the choice between chains of equal length does not depend on the order of files.
func findRefinements(_ members: [Member]) -> [Refinement] {
    let members = members.filter { $0.values != nil }
    let containers = findContainers(members)
    let isContainer = Set(containers.flatMap(\.self))
    var chains: [Int: [Int]] = [:]
    /// Returns the longest chain that ends at a claim. The recursion ends because containment is a strict order.
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

/// For each claim, returns the indices of the claims with a wider range and an overlapping scope.
private func findContainers(_ members: [Member]) -> [[Int]] {
    let scale = ScaleCodes(members.lazy.map(\.values))
    /// The codes of each interval. Empty intervals and labels have none.
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
            // If both intervals have codes, a comparison of the codes is sufficient.
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
