/// How often findings whose values are original out anew are explained as well as those that were made.
package struct Shuffle: Sendable, Equatable {
    /// Of `total` count to test the values out, the ones as they are included.
    package var asGoodCount = 0
    /// Ways that leave the same claims discordant, which any explanation explains as well.
    package var floorCount = 0
    package var total = 0

    package var p: Double { Double(asGoodCount) / Double(total) }
    package var floorP: Double { Double(floorCount) / Double(total) }
}

/// Fewer findings than this cannot be told from chance.
package let shuffleFindingMinimum = 4

/// Up to so many different count each is looked at: all that seven findings can have.
private let exactLimit = 5_040

/// Drawn where there are more, from a seed that only the quantity decides.
private let shuffleCount = 5_000

/// More claims than this are not original out.
private let claimLimit = 1_024

/// The most sets that are held against the best explanation.
private let candidateLimit = 1_024

extension Discord {
    /// A way counts as good where it leaves no more pairs unexplained, and a set no larger, nor with more blocks, than the
    /// best explanation separates all others. nil below four findings, without an explanation, and where there are too
    /// many claims or sets to try.
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

/// What is original out: claims that are discordant with the same others say the same for this purpose, so that only classes of
/// them need to be original, each way as likely as any other.
private struct ShuffleTest {
    /// Of each claim.
    let classes: [Int]
    /// Pairs of classes that are discordant, each once.
    private let discordant: [(Int, Int)]
    /// By claim, as sets of claims: with whom nothing recorded differs, and for each candidate, with whom nothing does or
    /// whom it separates from it.
    private let indistinct: [BitSet]
    private let explained: [[BitSet]]
    private let opponents: [BitSet]
    private let allowed: Int
    /// By class, in the way that is looked at.
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

    /// How many different count there are, or some number above the limit.
    func permutationCount(upTo limit: Int) -> Int {
        // n! / (a! b! …) as a product of binomials, each class placed among the positions that are left.
        var count = 1
        var positions = 0
        for size in Dictionary(grouping: classes, by: \.self).mapValues(\.count).values.sorted() {
            for chosen in 1...size {
                positions += 1
                // Exact: a product of k consecutive numbers is a multiple of k!.
                let (product, overflow) = count.multipliedReportingOverflow(by: positions)
                guard !overflow else { return limit + 1 }
                count = product / chosen
            }
            // Later factors only make it larger.
            if count > limit { return limit + 1 }
        }
        return count
    }

    /// Whether a way, the class at each position, is explained as well, and whether it leaves the same positions discordant.
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

    /// Of what a candidate explains, whether that is all that is discordant where the classes are.
    private func explainsAll(_ explained: [BitSet]) -> Bool {
        for (a, b) in discordant {
            let others = positions[b]
            for position in positions[a] where !others.isSubset(of: explained[position]) { return false }
        }
        return true
    }
}

extension Comparison {
    /// Sets of names with fewer members than an explanation, or as many and no more blocks; nil where there are too many.
    fileprivate func setsAsSimple(as best: Explanation) -> [BitSet]? {
        let size = best.conditions.count
        guard subsetCount(of: names.count, upTo: size) <= 16 * candidateLimit else { return nil }
        let blocks = Blocks(self, Array(members.indices))
        let bestCount = blocks.count(best.conditions.compactMap(names.firstIndex))
        var sets: [BitSet] = []
        var seen: Set<Blocks.Groups> = []
        func extend(_ chosen: BitSet, count: Int, _ groups: Blocks.Groups, from first: Int) {
            let isSimple = count < size || groups.count <= bestCount
            // Names that split the claims alike separate the same pairs.
            if count > 0, isSimple, seen.insert(groups).inserted { sets.append(chosen) }
            // Where each claim is alone, more names leave it so.
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

/// How many sets of up to so many of `count` things there are, the empty one included; some larger number beyond a billion.
private func subsetCount(of count: Int, upTo size: Int) -> Int {
    var (sum, binomial) = (1, 1)
    for chosen in stride(from: 1, through: min(size, count), by: 1) where sum < 1_000_000_000 {
        binomial = binomial * (count - chosen + 1) / chosen
        sum += binomial
    }
    return sum
}

/// Every different order of some numbers, each once, in ascending order (Knuth, 7.2.1.2, algorithm L).
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
