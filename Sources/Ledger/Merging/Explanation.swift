/// Conditions that, held fixed, make all findings agree: no disagreement is left within any block.
public struct Explanation: Sendable, Equatable {
    /// Sorted.
    public var conditions: [String]
    /// Into how many groups the conditions split the findings.
    public var blockCount: Int
    /// Puts every one of three or more findings alone: it names each, and explains nothing.
    public var identifies: Bool
}

/// Sets of more conditions than this are not searched for.
public let explanationSizeLimit = 4

/// All inclusion-minimal sets that meet every difference, up to the size limit: fewest conditions, then fewest blocks,
/// then name; those that only identify come last.
func findExplanations(_ differences: [[String]], among members: [Member]) -> [Explanation] {
    let distinct = Array(Set(differences)).sorted {
        ($0.count, $0.joined(separator: " ")) < ($1.count, $1.joined(separator: " "))
    }
    guard !distinct.isEmpty else { return [] }
    var hitting: Set<[String]> = []
    /// The first difference that is not met yet must be met by one of its members.
    func extend(_ chosen: [String]) {
        guard let open = distinct.first(where: { difference in !difference.contains(where: chosen.contains) }) else {
            hitting.insert(chosen.sorted())
            return
        }
        guard chosen.count < explanationSizeLimit else { return }
        for name in open { extend(chosen + [name]) }
    }
    extend([])
    let minimal = hitting.filter { set in
        !hitting.contains { $0.count < set.count && $0.allSatisfy(set.contains) }
    }
    let explanations = minimal.map { conditions in
        let blocks = Set(members.map { block(of: $0, conditions) }).count
        return Explanation(
            conditions: conditions, blockCount: blocks,
            identifies: members.count > 2 && blocks == members.count)
    }
    return explanations.sorted { a, b in
        if a.identifies != b.identifies { return b.identifies }
        if a.conditions.count != b.conditions.count { return a.conditions.count < b.conditions.count }
        if a.blockCount != b.blockCount { return a.blockCount < b.blockCount }
        return a.conditions.lexicographicallyPrecedes(b.conditions)
    }
}

/// Where a finding stands on the conditions of an explanation.
private func block(of member: Member, _ conditions: [String]) -> [[String]] {
    conditions.map { name in
        if name.hasPrefix(assumptionPrefix) {
            return member.assumptions.contains(String(name.dropFirst(assumptionPrefix.count))) ? ["assumed"] : []
        }
        return member.recorded.first { $0.name == name }?.values ?? ["unknown"]
    }
}

/// What is in every explanation.
func core(of explanations: [Explanation]) -> [String] {
    guard let first = explanations.first else { return [] }
    return first.conditions.filter { name in explanations.allSatisfy { $0.conditions.contains(name) } }
}
