/// The result of a permutation test: the number of shuffles of the findings' values that are explained no worse than
/// the actual values.
package struct Shuffle: Sendable, Equatable {
    /// The number of shuffles that are explained no worse than the actual order, which is counted too.
    package var asGoodCount = 0
    /// The number of shuffles in which the same pairs of claims are discordant. Every explanation explains such a
    /// shuffle and the actual values equally well.
    package var floorCount = 0
    package var total = 0

    package var p: Double { Double(asGoodCount) / Double(total) }
    package var floorP: Double { Double(floorCount) / Double(total) }
}

/// The minimum number of comparable claims for the test.
package let shuffleFindingMinimum = 4

/// The maximum number of distinct shuffles that are all enumerated. It is sufficient for seven claims.
private let exactLimit = 5_040

/// The number of shuffles that are drawn if there are too many to enumerate. Their seed depends only on the quantity.
private let shuffleCount = 5_000

/// The maximum number of claims for the test.
private let claimLimit = 1_024

/// The maximum number of sets that compete with the best explanation.
private let candidateLimit = 1_024

extension Discord {
    /// Runs the permutation test. A shuffle is explained no worse than the actual values if two conditions are met.
    /// First, it has no more unexplained pairs. Second, some set of names that is as simple as the best explanation
    /// (`setsAsSimple`) separates all other discordant pairs. Returns nil if there are fewer than four claims, too many
    /// claims or sets, or no explanation.
    func shuffle(_ best: Explanation?, quantity: String) -> Shuffle? {
        let count = comparison.members.count
        guard (shuffleFindingMinimum...claimLimit).contains(count), let best, !isTruncated, sets.isEmpty,
            let candidates = comparison.setsAsSimple(as: best)
        else { return nil }
        var test = ShuffleTest(comparison, candidates, unexplained: unexplainedCount)
        var shuffle = Shuffle()
        func tally(_ classes: [Int]) {
            let (isAsGood, isSame) = test.evaluate(classes)
            shuffle.total += 1
            shuffle.asGoodCount += isAsGood ? 1 : 0
            shuffle.floorCount += isSame ? 1 : 0
        }
        let original = test.classes
        if test.permutationCount(upTo: exactLimit) <= exactLimit {
            forEachOrder(of: original, tally)
        } else {
            var random = SplitMix64(stream: "shuffle/\(quantity)", index: 0)
            tally(original)
            var classes = original
            for _ in 0..<shuffleCount {
                for i in 0..<count { classes[i] = original[i] }
                for i in stride(from: count - 1, to: 0, by: -1) { classes.swapAt(i, random.below(i + 1)) }
                tally(classes)
            }
        }
        return shuffle
    }
}

/// The permutation test. Claims with the same opponents form a class, and only the classes are permuted.
private struct ShuffleTest {
    /// The class of each claim.
    let classes: [Int]
    /// The discordant pairs of classes, each listed once.
    private let discordant: [(Int, Int)]
    /// For each claim, `indistinct` contains the claims that differ from it in no recorded property. For each candidate
    /// and claim, `explained` contains these claims and the claims that the candidate separates from the claim.
    private let indistinct: [BitSet]
    private let explained: [[BitSet]]
    private let opponents: [BitSet]
    private let allowed: Int
    /// For each class, its positions in the current shuffle.
    private var positions: [BitSet]

    init(_ comparison: Comparison, _ candidates: [BitSet], unexplained: Int) {
        let indices = comparison.members.indices
        let count = indices.count
        var opponents = indices.map { _ in BitSet(capacity: count) }
        var indistinct = opponents
        var differing = comparison.names.map { _ in opponents }
        for i in indices {
            for j in indices.dropFirst(i + 1) {
                func insert(into sets: inout [BitSet]) {
                    sets[i].insert(j)
                    sets[j].insert(i)
                }
                if comparison.isDisjoint(i, j) { insert(into: &opponents) }
                let differences = comparison.differences(i, j)
                if differences.isEmpty { insert(into: &indistinct) }
                for name in differences { insert(into: &differing[name]) }
            }
        }
        let explained = candidates.map { names in
            names.reduce(into: indistinct) { explained, name in
                for i in indices { explained[i].formUnion(differing[name][i]) }
            }
        }
        var numbers: [BitSet: Int] = [:]
        var classes: [Int] = []
        for i in indices {
            let number = numbers[opponents[i]] ?? numbers.count
            numbers[opponents[i]] = number
            classes.append(number)
        }
        var pairs: [BitSet] = Array(repeating: BitSet(capacity: numbers.count), count: numbers.count)
        for i in indices {
            for j in opponents[i] { pairs[min(classes[i], classes[j])].insert(max(classes[i], classes[j])) }
        }
        self.classes = classes
        discordant = pairs.enumerated().flatMap { a, others in others.map { (a, $0) } }
        self.opponents = opponents
        self.indistinct = indistinct
        self.explained = explained
        allowed = unexplained
        positions = Array(repeating: BitSet(capacity: count), count: numbers.count)
    }

    /// Returns the number of distinct shuffles. If it is above the limit, returns some number above the limit.
    func permutationCount(upTo limit: Int) -> Int {
        // The multinomial coefficient n! / (a! b! …) is computed as a product of binomial coefficients.
        var count = 1
        var positions = 0
        for size in Dictionary(grouping: classes, by: \.self).mapValues(\.count).values.sorted() {
            for chosen in 1...size {
                positions += 1
                // The division is exact, because a product of k consecutive numbers is a multiple of k!.
                let (product, overflow) = count.multipliedReportingOverflow(by: positions)
                guard !overflow else { return limit + 1 }
                count = product / chosen
            }
            // Further factors cannot decrease the count.
            if count > limit { return limit + 1 }
        }
        return count
    }

    /// Returns whether a shuffle is explained no worse than the actual values, and whether the same positions are
    /// discordant in both. `classes` contains the class at each position.
    mutating func evaluate(_ classes: [Int]) -> (isAsGood: Bool, isSame: Bool) {
        for number in positions.indices { positions[number].removeAll() }
        for (position, number) in classes.enumerated() { positions[number].insert(position) }
        var unexplained = 0
        var isSame = true
        for (a, b) in discordant {
            let others = positions[b]
            for position in positions[a] {
                isSame = isSame && others.isSubset(of: opponents[position])
                unexplained += others.intersectionCount(indistinct[position])
            }
            if unexplained > allowed && !isSame { return (false, false) }
        }
        return (unexplained <= allowed && explained.contains(where: explainsAll), isSame)
    }

    /// Returns whether a candidate explains every discordant pair of the current shuffle.
    private func explainsAll(_ explained: [BitSet]) -> Bool {
        for (a, b) in discordant {
            let others = positions[b]
            for position in positions[a] where !others.isSubset(of: explained[position]) { return false }
        }
        return true
    }
}

extension Comparison {
    /// Returns the sets of names that are as simple as an explanation: those with fewer names, and those with the same
    /// number of names and no more blocks. Returns nil if there are too many.
    fileprivate func setsAsSimple(as best: Explanation) -> [BitSet]? {
        let size = best.conditions.count
        guard subsetCount(of: names.count, upTo: size) <= 16 * candidateLimit else { return nil }
        let blocks = Blocks(self, Array(members.indices))
        let bestCount = blocks.count(best.conditions.compactMap(names.firstIndex))
        var sets: [BitSet] = []
        var seen: Set<Blocks.Groups> = []
        func extend(_ chosen: BitSet, count: Int, _ groups: Blocks.Groups, from first: Int) {
            let isSimple = count < size || groups.count <= bestCount
            // Sets that split the claims in the same way separate the same pairs.
            if count > 0, isSimple, seen.insert(groups).inserted { sets.append(chosen) }
            // If each claim forms a separate block, further names change nothing.
            guard count < size, groups.count < members.count, sets.count <= candidateLimit else { return }
            for name in names.indices.dropFirst(first) {
                var next = chosen
                next.insert(name)
                extend(next, count: count + 1, blocks.split(groups, by: name), from: name + 1)
            }
        }
        extend(BitSet(capacity: names.count), count: 0, blocks.whole, from: 0)
        return sets.count <= candidateLimit ? sets : nil
    }
}

/// Returns the number of subsets with at most `size` of `count` elements, including the empty set. The result is
/// inexact above a billion.
private func subsetCount(of count: Int, upTo size: Int) -> Int {
    var (sum, binomial) = (1, 1)
    for chosen in stride(from: 1, through: min(size, count), by: 1) where sum < 1_000_000_000 {
        binomial = binomial * (count - chosen + 1) / chosen
        sum += binomial
    }
    return sum
}

/// Calls `body` with every distinct permutation, in ascending order (Knuth, 7.2.1.2, algorithm L).
private func forEachOrder(of numbers: [Int], _ body: ([Int]) -> Void) {
    var order = numbers.sorted()
    while true {
        body(order)
        guard let last = order.indices.dropLast().last(where: { order[$0] < order[$0 + 1] }),
            let next = order.lastIndex(where: { $0 > order[last] })
        else { return }
        order.swapAt(last, next)
        order[(last + 1)...].reverse()
    }
}
