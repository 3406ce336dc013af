/// Conditions that, held fixed, make all findings agree: no disagreement is left within any block.
package struct Explanation: Sendable, Equatable {
    /// Sorted.
    package var conditions: [String]
    /// Into how many groups the conditions split the findings.
    package var blockCount: Int
    /// Puts every one of three or more findings alone: it names each, and explains nothing.
    package var identifies: Bool
}

/// Sets of more conditions than this are not searched for.
package let explanationSizeLimit = 4

/// The most differences that one search looks at; what is left out then is said.
private let searchLimit = 20_000_000

/// The most sets that are kept: fewer conditions come first.
private let hittingSetLimit = 1_000

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
            let count = blocks.count(set)
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
    var minimal: [BitSet] = []
    var steps = 0
    var isTruncated = false
    // The small ones first: they are what is left where there are too many.
    for size in 0...explanationSizeLimit {
        var found: Set<BitSet> = []
        var visited: Set<BitSet> = []
        /// The first difference that is not met yet must be met by one of its members.
        func extend(_ chosen: BitSet, count: Int) {
            guard !isTruncated else { return }
            steps += differences.count
            if steps > searchLimit || minimal.count + found.count > hittingSetLimit {
                isTruncated = true
                return
            }
            guard visited.insert(chosen).inserted else { return }
            guard let open = differences.first(where: { $0.isDisjoint(with: chosen) }) else {
                if count == size { found.insert(chosen) }
                return
            }
            guard count < size else { return }
            for name in open {
                var next = chosen
                next.insert(name)
                if isNeeded(next, differences) { extend(next, count: count + 1) }
            }
        }
        extend(BitSet(capacity: capacity), count: 0)
        minimal += found.sorted { $0.lexicographicallyPrecedes($1) }
        if isTruncated { break }
    }
    return (Array(minimal.prefix(hittingSetLimit)), isTruncated)
}

/// Whether each element of a set is the only one that meets some difference; what is not stays so in larger sets.
private func isNeeded(_ set: BitSet, _ differences: [BitSet]) -> Bool {
    var open = set
    for difference in differences where !open.isEmpty {
        let met = difference.intersection(set)
        if met.count == 1 { open = open.subtracting(met) }
    }
    return open.isEmpty
}

/// Into which groups sets of names split some of the claims.
struct Blocks {
    /// By name, of each claim; and how many different ones there are.
    private let codes: [[Int]]
    private let codeCounts: [Int]

    init(_ comparison: Comparison, _ members: [Int]) {
        let blocks = comparison.names.indices.map { comparison.blocks(of: $0) }
        codes = blocks.map { block in members.map { block[$0] } }
        codeCounts = codes.map { ($0.max() ?? 0) + 1 }
    }

    func count(_ names: some Sequence<Int>) -> Int {
        names.reduce(whole) { split($0, by: $1) }.count
    }

    /// Of each claim the number of its group, in the order of their first claims.
    struct Groups: Hashable {
        fileprivate(set) var ofClaims: [Int]
        fileprivate(set) var count: Int
        /// Of the numbers.
        fileprivate var digest: UInt64 = 0

        func hash(into hasher: inout Hasher) { hasher.combine(digest) }
    }

    /// All claims in one group.
    var whole: Groups { Groups(ofClaims: codes.first.map { $0.map { _ in 0 } } ?? [], count: 1) }

    /// Groups parted further by how their claims stand on a name.
    func split(_ groups: Groups, by name: Int) -> Groups {
        var parted = Groups(ofClaims: groups.ofClaims, count: 0)
        let codeCount = codeCounts[name]
        var numbers = Numbers(for: groups.count * codeCount, claims: parted.ofClaims.count)
        for claim in parted.ofClaims.indices {
            let number = numbers[parted.ofClaims[claim] * codeCount + codes[name][claim]]
            parted.ofClaims[claim] = number
            parted.digest = (parted.digest ^ UInt64(number)) &* 0x9E37_79B9_7F4A_7C15
        }
        parted.count = numbers.count
        return parted
    }

    /// Numbers in the order in which keys come: a table of all keys where that is small.
    private struct Numbers {
        private var table: [Int]
        private var sparse: [Int: Int] = [:]
        private(set) var count = 0

        init(for keyCount: Int, claims: Int) {
            table = keyCount <= 16 * claims ? [Int](repeating: -1, count: keyCount) : []
        }

        subscript(key: Int) -> Int {
            mutating get {
                if let known = table.isEmpty ? sparse[key] : table[key] >= 0 ? table[key] : nil { return known }
                if table.isEmpty { sparse[key] = count } else { table[key] = count }
                count += 1
                return count - 1
            }
        }
    }
}

/// What is in every explanation.
func core(of explanations: [Explanation]) -> [String] {
    guard let first = explanations.first else { return [] }
    return first.conditions.filter { name in explanations.allSatisfy { $0.conditions.contains(name) } }
}
