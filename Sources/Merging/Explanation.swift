/// Conditions that, held fixed, remove every disagreement within each block.
package struct Explanation: Sendable, Equatable {
    /// Sorted.
    package var conditions: [String]
    /// Into how many blocks the conditions split the findings.
    package var blockCount: Int
    /// Whether every one of three or more findings is a block of its own: that names them and explains nothing.
    package var identifies: Bool
}

/// The most conditions of an explanation.
package let explanationSizeLimit = 4

/// The most steps of one search; a search cut short is reported as truncated.
private let searchLimit = 20_000_000

/// The most explanations; those with fewer conditions come first.
private let hittingSetLimit = 1_000

/// What separates the sides of a disagreement.
struct Explanations: Sendable {
    var all: [Explanation] = []
    var isTruncated = false
}

extension Discord {
    /// All inclusion-minimal sets that hit every difference, up to the size limit. Sorted by number of conditions,
    /// number of blocks, names; identifying ones come last.
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

/// The inclusion-minimal hitting sets of `differences` with at most `explanationSizeLimit` elements, sorted by size and
/// elements, and whether the search was cut short.
func minimalHittingSets(of differences: [BitSet], capacity: Int) -> (sets: [BitSet], isTruncated: Bool) {
    var minimal: [BitSet] = []
    var steps = 0
    var isTruncated = false
    // Smaller sets first, so that truncation drops the largest.
    for size in 0...explanationSizeLimit {
        var found: Set<BitSet> = []
        var visited: Set<BitSet> = []
        /// Branches on the elements of the first difference that is not hit yet.
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

/// Whether each element alone hits some difference. If one does not, no superset is minimal.
private func isNeeded(_ set: BitSet, _ differences: [BitSet]) -> Bool {
    var open = set
    for difference in differences where !open.isEmpty {
        let met = difference.intersection(set)
        if met.count == 1 { open = open.subtracting(met) }
    }
    return open.isEmpty
}

/// The blocks into which names split some of the claims.
struct Blocks {
    /// By name: the code of each claim, and the number of distinct codes.
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

    /// The group number of each claim, in the order of first occurrence.
    struct Groups: Hashable {
        fileprivate(set) var ofClaims: [Int]
        fileprivate(set) var count: Int
        /// A hash of the numbers.
        fileprivate var digest: UInt64 = 0

        func hash(into hasher: inout Hasher) { hasher.combine(digest) }
    }

    /// A single group of all claims.
    var whole: Groups { Groups(ofClaims: codes.first.map { $0.map { _ in 0 } } ?? [], count: 1) }

    /// Splits groups further by the claims' values of a name.
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

    /// Numbers keys in the order of occurrence, with a table where the key range is small.
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

/// The conditions in every explanation.
func core(of explanations: [Explanation]) -> [String] {
    guard let first = explanations.first else { return [] }
    return first.conditions.filter { name in explanations.allSatisfy { $0.conditions.contains(name) } }
}
