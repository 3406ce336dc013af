import Words

/// Conditions that explain a disagreement: findings with equal values of these conditions form a block, and no two
/// findings in a block disagree.
package struct Explanation: Sendable, Equatable {
    /// The conditions, sorted.
    package var conditions: [String]
    /// The number of blocks into which the conditions split the findings.
    package var blockCount: Int
    /// Whether there are three or more findings and each forms a separate block. Such conditions identify the findings
    /// but explain nothing.
    package var identifies: Bool
    /// The threshold that one of the conditions is reduced to. nil if each value of a condition forms a block.
    package var threshold: Threshold?

    /// The conditions in a sentence, with the threshold.
    package var phrase: String {
        listed(conditions.map { $0 == threshold?.condition ? threshold?.phrase ?? $0 : namedCondition($0) })
    }

    /// The phrase, with a remark if the conditions only identify the findings.
    var judgedPhrase: String {
        guard identifies else { return phrase }
        return "\(phrase), which only \(conditions.count == 1 ? "identifies" : "identify") the findings"
    }

    /// Whether averaging over a condition is a part of the explanation. A single run cannot test such an explanation.
    package var namesAverage: Bool { conditions.contains { averagedCondition($0) != nil } }
}

/// The maximum number of conditions in an explanation.
package let explanationSizeLimit = 4

/// The maximum number of steps in one search. A search that reaches it is reported as truncated.
private let searchLimit = 20_000_000

/// The maximum number of explanations. Those with fewer conditions are found first.
private let hittingSetLimit = 1_000

/// The explanations of a disagreement.
struct Explanations: Sendable {
    var all: [Explanation] = []
    var isTruncated = false
}

extension Discord {
    /// Returns all inclusion-minimal sets, up to the size limit, that contain a name from every difference. They are
    /// sorted by number of conditions, number of blocks and names, but explanations that only identify the findings
    /// come last.
    func explanations() -> Explanations {
        guard !differences.isEmpty, !differencesAreTruncated else {
            return Explanations(isTruncated: differencesAreTruncated)
        }
        let (sets, isTruncated) = minimalHittingSets(of: differences, capacity: comparison.names.count)
        let blocks = Blocks(comparison, involved)
        let explanations = sets.map { set in
            let reading = reading(of: set, blocks, involved)
            return Explanation(
                conditions: comparison.names(set), blockCount: reading.blockCount,
                identifies: involved.count > 2 && reading.blockCount == involved.count, threshold: reading.threshold)
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

/// Returns the inclusion-minimal hitting sets of `differences` with at most `explanationSizeLimit` elements, sorted by
/// size and elements. Also returns whether the search stopped early.
func minimalHittingSets(of differences: [BitSet], capacity: Int) -> (sets: [BitSet], isTruncated: Bool) {
    var minimal: [BitSet] = []
    var steps = 0
    var isTruncated = false
    // Smaller sets are searched first, so that truncation drops the largest sets.
    for size in 0...explanationSizeLimit {
        var found: Set<BitSet> = []
        var visited: Set<BitSet> = []
        /// Adds each element of the first difference from which no element is chosen yet, and continues with each of
        /// these sets.
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

/// Returns whether every element is needed. An element is needed if some difference contains it and no other element of
/// the set. If an element is not needed, no superset is a minimal hitting set.
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
    /// For each name, the code of each claim and the number of distinct codes.
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

    /// The group of each claim. Groups are numbered in the order of their first occurrence.
    struct Groups: Hashable {
        fileprivate(set) var ofClaims: [Int]
        fileprivate(set) var count: Int
        /// A hash of the group numbers.
        fileprivate var digest: UInt64 = 0

        func hash(into hasher: inout Hasher) { hasher.combine(digest) }
    }

    /// A single group that contains all claims.
    var whole: Groups { Groups(ofClaims: codes.first.map { $0.map { _ in 0 } } ?? [], count: 1) }

    /// Splits groups further by the values that the claims have for a name.
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

    /// Assigns numbers to keys in the order of their first occurrence. Uses a table if the range of keys is small.
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

/// Returns the conditions that occur in every explanation.
func core(of explanations: [Explanation]) -> [String] {
    guard let first = explanations.first else { return [] }
    return first.conditions.filter { name in explanations.allSatisfy { $0.conditions.contains(name) } }
}
