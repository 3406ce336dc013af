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

/// The most steps of one search; what is left out then is said.
private let searchLimit = 500_000

/// What separates the sides of a disagreement.
struct Explanations: Sendable {
    var all: [Explanation] = []
    var isTruncated = false
}

extension Discord {
    /// All inclusion-minimal sets that meet every difference, up to the size limit: fewest conditions, then fewest blocks,
    /// then name; those that only identify come last.
    func explanations() -> Explanations {
        guard !differences.isEmpty, !differencesAreTruncated else {
            return Explanations(isTruncated: differencesAreTruncated)
        }
        let (sets, isTruncated) = minimalHittingSets(of: differences, capacity: comparison.names.count)
        let blocks = Blocks(comparison, involved)
        let explanations = sets.map { set in
            let count = blocks.count(set.elements)
            return Explanation(
                conditions: comparison.names(set), blockCount: count,
                identifies: involved.count > 2 && count == involved.count)
        }
        return Explanations(
            all: explanations.sorted { a, b in
                if a.identifies != b.identifies { return b.identifies }
                if a.conditions.count != b.conditions.count { return a.conditions.count < b.conditions.count }
                if a.blockCount != b.blockCount { return a.blockCount < b.blockCount }
                return a.conditions.lexicographicallyPrecedes(b.conditions)
            }, isTruncated: isTruncated)
    }
}

/// Inclusion-minimal sets of up to `explanationSizeLimit` elements that meet every one of `differences`, sorted by size
/// and elements; whether the search was cut short.
func minimalHittingSets(of differences: [BitSet], capacity: Int) -> (sets: [BitSet], isTruncated: Bool) {
    var hitting: Set<BitSet> = []
    var visited: Set<BitSet> = []
    var steps = 0
    /// The first difference that is not met yet must be met by one of its members.
    func extend(_ chosen: BitSet, size: Int) {
        steps += 1
        guard steps <= searchLimit, visited.insert(chosen).inserted else { return }
        guard let open = differences.first(where: { $0.isDisjoint(with: chosen) }) else {
            hitting.insert(chosen)
            return
        }
        guard size < explanationSizeLimit else { return }
        for name in open.elements {
            var next = chosen
            next.insert(name)
            extend(next, size: size + 1)
        }
    }
    extend(BitSet(capacity: capacity), size: 0)
    let sorted = hitting.sorted { a, b in
        a.count == b.count ? a.elements.lexicographicallyPrecedes(b.elements) : a.count < b.count
    }
    var minimal: [BitSet] = []
    for set in sorted where !minimal.contains(where: { $0.isSubset(of: set) }) { minimal.append(set) }
    return (minimal, steps > searchLimit)
}

/// Into which groups sets of names split some of the claims.
struct Blocks {
    private let codes: [[Int]]

    init(_ comparison: Comparison, _ members: [Int]) {
        codes = comparison.names.indices.map { name in
            let all = comparison.blocks(of: name)
            return members.map { all[$0] }
        }
    }

    func count(_ names: [Int]) -> Int { Set(numbered(names)).count }

    /// Of each claim the number of its group, in the order of their first claims.
    func numbered(_ names: [Int]) -> [Int] {
        guard let length = codes.first?.count else { return [] }
        var numbers: [[Int]: Int] = [:]
        return (0..<length).map { member in
            let group = names.map { codes[$0][member] }
            let number = numbers[group] ?? numbers.count
            numbers[group] = number
            return number
        }
    }
}

/// What is in every explanation.
func core(of explanations: [Explanation]) -> [String] {
    guard let first = explanations.first else { return [] }
    return first.conditions.filter { name in explanations.allSatisfy { $0.conditions.contains(name) } }
}
