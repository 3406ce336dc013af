/// How often findings whose values are dealt out anew are explained as well as those that were made.
package struct Shuffle: Sendable, Equatable {
    /// Of `total` ways to deal the values out, the ones as they are included.
    package var asGood = 0
    /// Ways that leave the same claims discordant, which any explanation explains as well.
    package var floor = 0
    package var total = 0

    package var p: Double { Double(asGood) / Double(total) }
    package var floorP: Double { Double(floor) / Double(total) }
}

/// Fewer findings than this cannot be told from chance.
package let shuffleFindingMinimum = 4

/// Up to so many different ways each is looked at: all that seven findings can have.
private let exactLimit = 5_040

/// Drawn where there are more, from a seed that only the quantity decides.
private let drawCount = 5_000

/// More claims than this are not dealt out.
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
        let deal = Deal(comparison, candidates, unexplained: unexplainedCount)
        var shuffle = Shuffle()
        func take(_ classes: [Int]) {
            let (isAsGood, isSame) = deal.look(at: classes)
            shuffle.total += 1
            shuffle.asGood += isAsGood ? 1 : 0
            shuffle.floor += isSame ? 1 : 0
        }
        if deal.wayCount(upTo: exactLimit) <= exactLimit {
            forEachOrder(of: deal.classes, take)
        } else {
            var random = SplitMix64(stream: "shuffle/\(quantity)", index: 0)
            take(deal.classes)
            for _ in 0..<drawCount {
                var classes = deal.classes
                for i in stride(from: count - 1, to: 0, by: -1) { classes.swapAt(i, random.below(i + 1)) }
                take(classes)
            }
        }
        return shuffle
    }
}

/// What is dealt out: claims that are discordant with the same others say the same for this purpose, so that only classes of
/// them need to be dealt, each way as likely as any other.
private struct Deal {
    /// Of each claim.
    let classes: [Int]
    private let classCount: Int
    /// Of each class, those it is discordant with; each pair once.
    private let discordant: [(Int, Int)]
    /// By claim, as sets of claims: with whom nothing recorded differs, and for each candidate, whom it separates from it.
    private let indistinct: [BitSet]
    private let separated: [[BitSet]]
    private let opponents: [BitSet]
    private let allowed: Int

    init(_ comparison: Comparison, _ candidates: [BitSet], unexplained: Int) {
        let indices = comparison.members.indices
        let count = indices.count
        var opponents = indices.map { _ in BitSet(capacity: count) }
        var indistinct = opponents
        var separated = candidates.map { _ in indices.map { _ in BitSet(capacity: count) } }
        for i in indices {
            for j in indices.dropFirst(i + 1) {
                if comparison.isDisjoint(i, j) {
                    opponents[i].insert(j)
                    opponents[j].insert(i)
                }
                let differences = comparison.differences(i, j)
                if differences.isEmpty {
                    indistinct[i].insert(j)
                    indistinct[j].insert(i)
                }
                for (number, set) in candidates.enumerated() where !differences.isDisjoint(with: set) {
                    separated[number][i].insert(j)
                    separated[number][j].insert(i)
                }
            }
        }
        var numbers: [BitSet: Int] = [:]
        var classes: [Int] = []
        for i in indices {
            let number = numbers[opponents[i]] ?? numbers.count
            numbers[opponents[i]] = number
            classes.append(number)
        }
        var pairs: Set<[Int]> = []
        for i in indices {
            for j in opponents[i].elements { pairs.insert([min(classes[i], classes[j]), max(classes[i], classes[j])]) }
        }
        self.classes = classes
        classCount = numbers.count
        discordant = pairs.map { ($0[0], $0[1]) }.sorted(by: <)
        self.opponents = opponents
        self.indistinct = indistinct
        self.separated = separated
        allowed = unexplained
    }

    /// How many different ways there are, or some number above the limit.
    func wayCount(upTo limit: Int) -> Int {
        // n! / (a! b! …) as a product of binomials, each class placed among the seats that are left.
        var ways = 1
        var seats = 0
        for size in Dictionary(grouping: classes, by: \.self).mapValues(\.count).values.sorted() {
            for chosen in 1...size {
                seats += 1
                // Exact: a product of k consecutive numbers is a multiple of k!.
                let (product, overflow) = ways.multipliedReportingOverflow(by: seats)
                guard !overflow else { return limit + 1 }
                ways = product / chosen
            }
            // Later factors only make it larger.
            if ways > limit { return limit + 1 }
        }
        return ways
    }

    /// Whether a way, the class at each seat, is explained as well, and whether it leaves the same seats discordant.
    func look(at classes: [Int]) -> (isAsGood: Bool, isSame: Bool) {
        var seats = [BitSet](repeating: BitSet(capacity: classes.count), count: classCount)
        for (seat, number) in classes.enumerated() { seats[number].insert(seat) }
        var unexplained = 0
        var isSame = true
        var open = separated.indices.map { _ in true }
        for (a, b) in discordant {
            for seat in seats[a].elements {
                let others = seats[b]
                if !others.isSubset(of: opponents[seat]) { isSame = false }
                unexplained += others.intersectionCount(indistinct[seat])
                for candidate in separated.indices where open[candidate] {
                    open[candidate] = others.isCovered(by: separated[candidate][seat], indistinct[seat])
                }
            }
        }
        return (unexplained <= allowed && open.contains(true), isSame)
    }
}

extension BitSet {
    /// Whether each element is in one of the two.
    fileprivate func isCovered(by a: BitSet, _ b: BitSet) -> Bool {
        for index in words.indices where words[index] & ~(a.words[index] | b.words[index]) != 0 { return false }
        return true
    }
}

extension Comparison {
    /// Sets of names with fewer members than an explanation, or as many and no more blocks; nil where there are too many.
    fileprivate func setsAsSimple(as best: Explanation) -> [BitSet]? {
        let blocks = Blocks(self, Array(members.indices))
        let bestCount = blocks.count(best.conditions.compactMap(names.firstIndex))
        var sets: [BitSet] = []
        var seen: Set<[Int]> = []
        var tried = 0
        func extend(_ chosen: [Int], _ groups: Blocks.Groups, from first: Int) {
            tried += 1
            guard tried <= 16 * candidateLimit else { return }
            let isSimple = chosen.count < best.conditions.count || groups.count <= bestCount
            // Names that split the claims alike separate the same pairs.
            if !chosen.isEmpty, isSimple, seen.insert(groups.ofClaims).inserted {
                sets.append(BitSet(chosen, capacity: names.count))
            }
            guard chosen.count < best.conditions.count else { return }
            for name in names.indices.dropFirst(first) {
                extend(chosen + [name], blocks.split(groups, by: name), from: name + 1)
            }
        }
        extend([], blocks.whole, from: 0)
        return sets.count <= candidateLimit && tried <= 16 * candidateLimit ? sets : nil
    }
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
