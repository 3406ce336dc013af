/// The result of a permutation test: the number of shuffles of the findings' values that are explained no worse than
/// the actual values.
package struct Shuffle: Sendable, Equatable {
    /// The number of shuffles that are explained no worse than the actual order, which is counted too.
    package var asGoodCount = 0
    /// The number of shuffles in which the same claims are discordant. Every explanation explains such a shuffle and
    /// the actual values equally well.
    package var floorCount = 0
    package var total = 0

    package var p: Double { Double(asGoodCount) / Double(total) }
    package var floorP: Double { Double(floorCount) / Double(total) }
}

/// The minimum number of comparable findings for the test.
package let shuffleFindingMinimum = 4

/// The maximum number of distinct shuffles that are all enumerated. It is sufficient for seven findings.
private let exactLimit = 5_040

/// The number of shuffles that are drawn if there are too many to enumerate. Their seed depends only on the quantity.
private let shuffleCount = 5_000

/// The maximum number of claims for the test, and of sets of claims for all names or candidates together.
private let claimLimit = 1_024
private let relationLimit = 262_144

/// The maximum numbers of sets that compete with the best explanation, and of sets that are examined for this.
private let candidateLimit = 4_096
private let subsetLimit = 16_384

extension Discord {
    /// Runs the permutation test, which deals out the values of whole findings. Findings with equal numbers of claims
    /// exchange their values, so that the claims of a finding stay together and in their order.
    ///
    /// A shuffle is explained no worse than the actual values if less is unexplained, or if as much is unexplained and
    /// some set of names that is as simple as the best explanation separates the rest. Returns nil if there are fewer
    /// than four findings, too many claims or sets, or no explanation.
    func shuffle(_ best: Explanation?, quantity: String) -> Shuffle? {
        let count = comparison.members.count
        let findings = Dictionary(grouping: comparison.members.indices) { comparison.members[$0].id.slug }
        guard findings.count >= shuffleFindingMinimum, count <= claimLimit, !isTruncated, !setsAreTruncated,
            comparison.names.count * count <= relationLimit, let best
        else { return nil }
        let relations = Relations(comparison)
        guard let candidates = candidates(as: best, relations) else { return nil }
        let classes = ValueClasses(self)
        var deal = Deal(findings.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }, classes.ofClaims)
        var test = ShuffleTest(self, relations, candidates, classes)
        var shuffle = Shuffle()
        func tally(_ vectors: [Int]) {
            let (isAsGood, isSame) = test.evaluate(deal.classes(vectors))
            shuffle.total += 1
            shuffle.asGoodCount += isAsGood ? 1 : 0
            shuffle.floorCount += isSame ? 1 : 0
        }
        if deal.count(upTo: exactLimit) <= exactLimit {
            deal.forEachOrder(tally)
        } else {
            deal.sortFindings(by: relations.nameless(comparison))
            var random = SplitMix64(stream: "shuffle/\(quantity)", index: 0)
            tally(deal.vectors)
            for _ in 0..<shuffleCount { tally(deal.drawn(using: &random)) }
        }
        return shuffle
    }
}

/// What each name separates, as a set of claims for each claim.
private struct Relations {
    typealias Relation = [BitSet]

    /// For each name, the claims that differ in it.
    let differing: [Relation]
    /// The claims that differ in no name.
    let indistinct: Relation

    init(_ comparison: Comparison) {
        let indices = comparison.members.indices
        let none = indices.map { _ in BitSet(capacity: indices.count) }
        var differing = comparison.names.map { _ in none }
        var indistinct = none
        for i in indices {
            for j in indices.dropFirst(i + 1) {
                let differences = comparison.differences(i, j)
                for name in differences {
                    differing[name][i].insert(j)
                    differing[name][j].insert(i)
                }
                guard differences.isEmpty else { continue }
                indistinct[i].insert(j)
                indistinct[j].insert(i)
            }
        }
        (self.differing, self.indistinct) = (differing, indistinct)
    }

    /// Returns what a set of names separates.
    func separated(by names: some Sequence<Int>) -> Relation {
        names.reduce(indistinct.map { _ in BitSet(capacity: indistinct.count) }) { relation, name in
            zip(relation, differing[name]).map { $0.union($1) }
        }
    }

    /// Returns a number for each claim that depends on values, settings and differences, but on no name.
    func nameless(_ comparison: Comparison) -> [Int] {
        func ranks<Key: Hashable>(_ keys: [Key], _ areInOrder: (Key, Key) -> Bool) -> [Int] {
            let distinct = Set(keys).sorted(by: areInOrder)
            let rank = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
            return keys.map { rank[$0] ?? 0 }
        }
        let own = zip(comparison.members, comparison.rows).map { member, row in
            let settings = member.claim.tested.sides.map {
                member.testedValues(of: $0.condition.value).joined(separator: ",")
            }
            return ["\(row.lower) \(row.upper) \(row.labels.elements) \(row.assumptions.count)"] + settings.sorted()
        }
        let first = ranks(own) { $0.lexicographicallyPrecedes($1) }
        let around = first.indices.map { i in
            [first[i]]
                + first.indices.map { j in
                    first[j] * (differing.count + 1) + differing.count { $0[i].contains(j) }
                }.sorted()
        }
        return ranks(around) { $0.lexicographicallyPrecedes($1) }
    }
}

extension Discord {
    /// Returns what each set of names separates that is as simple as an explanation: with fewer names, or with the same
    /// number of names and no more blocks. Ordered conditions can be read as thresholds. Returns nil if there are too
    /// many.
    private func candidates(as best: Explanation, _ relations: Relations) -> Set<Relations.Relation>? {
        let all = Array(comparison.members.indices)
        let blocks = Blocks(comparison, all)
        let size = best.conditions.count
        let limit = min(candidateLimit, relationLimit / all.count)
        let mostBlocks = reading(
            of: BitSet(best.conditions.compactMap(comparison.names.firstIndex), capacity: comparison.names.count),
            blocks, all
        ).blockCount
        let names = distinctNames(relations, blocks)
        guard subsetCount(of: names.count, upTo: size) <= subsetLimit else { return nil }
        var found: Set<Relations.Relation> = []
        func extend(_ chosen: [Int], _ groups: Blocks.Groups, from first: Int) {
            guard found.count <= limit else { return }
            // Smaller sets separate less, so only the largest ones below the full size are needed.
            if chosen.count == min(size - 1, names.count) { found.insert(relations.separated(by: chosen)) }
            guard chosen.count < size else {
                if groups.count <= mostBlocks {
                    found.insert(relations.separated(by: chosen))
                } else {
                    addThresholds(chosen, blocks, mostBlocks: mostBlocks, relations, to: &found, limit: limit)
                }
                return
            }
            for place in names.indices.dropFirst(first) {
                extend(chosen + [names[place]], blocks.split(groups, by: names[place]), from: place + 1)
            }
        }
        extend([], blocks.whole, from: 0)
        return found.count <= limit ? found : nil
    }

    /// Adds what a set of names separates if one of its ordered conditions is read as a threshold.
    private func addThresholds(
        _ chosen: [Int], _ blocks: Blocks, mostBlocks: Int, _ relations: Relations,
        to found: inout Set<Relations.Relation>, limit: Int
    ) {
        let all = Array(comparison.members.indices)
        for name in chosen {
            guard let order = ordered[name] else { continue }
            let others = chosen.filter { $0 != name }
            let thresholds = 0..<order.values.count - 1
            let counts = order.blockCounts(thresholds, others.reduce(blocks.whole) { blocks.split($0, by: $1) }, all)
            let rest = relations.separated(by: others)
            for (threshold, count) in zip(thresholds, counts) where count <= mostBlocks && found.count <= limit {
                let parts = all.map { order.part(of: $0, after: threshold) }
                let lower = BitSet(all.filter { parts[$0] == .lower }, capacity: all.count)
                let upper = BitSet(all.filter { parts[$0] == .upper }, capacity: all.count)
                found.insert(
                    all.map { claim in
                        switch parts[claim] {
                        case .lower: rest[claim].union(upper)
                        case .upper: rest[claim].union(lower)
                        case .neither: rest[claim]
                        }
                    })
            }
        }
    }

    /// Returns the names that separate something, without those that separate and split the same as another name.
    private func distinctNames(_ relations: Relations, _ blocks: Blocks) -> [Int] {
        struct Effect: Hashable {
            var relation: Relations.Relation
            var blocks: Blocks.Groups
            var places: [ClosedRange<Int>?]?
        }
        var seen: Set<Effect> = []
        return comparison.names.indices.filter { name in
            let relation = relations.differing[name]
            return relation.contains { !$0.isEmpty }
                && seen.insert(
                    Effect(
                        relation: relation, blocks: blocks.split(blocks.whole, by: name), places: ordered[name]?.places)
                ).inserted
        }
    }
}

/// The claims in classes: those with equal labels or, of numbers, with the same opponents.
private struct ValueClasses {
    let ofClaims: [Int]
    /// The discordant pairs and sets of classes, each listed once.
    let discordant: [(Int, Int)]
    let sets: [[Int]]
    let opponents: [BitSet]

    init(_ discord: Discord) {
        let comparison = discord.comparison
        let indices = comparison.members.indices
        var opponents = indices.map { _ in BitSet(capacity: indices.count) }
        for i in indices {
            for j in indices.dropFirst(i + 1) where comparison.isDisjoint(i, j) {
                opponents[i].insert(j)
                opponents[j].insert(i)
            }
        }
        let keys = comparison.labels.isEmpty ? opponents : comparison.rows.map(\.labels)
        var numbers: [BitSet: Int] = [:]
        let classes = keys.map { key in
            let number = numbers[key] ?? numbers.count
            numbers[key] = number
            return number
        }
        var pairs: [BitSet] = Array(repeating: BitSet(capacity: numbers.count), count: numbers.count)
        for i in indices {
            for j in opponents[i] { pairs[min(classes[i], classes[j])].insert(max(classes[i], classes[j])) }
        }
        discordant = pairs.enumerated().flatMap { a, others in others.map { (a, $0) } }
        sets = Set(discord.groups.filter { $0.claims.count > 2 }.map { $0.claims.map { classes[$0] }.sorted() })
            .sorted { $0.lexicographicallyPrecedes($1) }
        (self.opponents, ofClaims) = (opponents, classes)
    }
}

/// The values of each finding, which are dealt out among the findings with as many claims.
private struct Deal {
    /// The claims of each finding.
    private(set) var findings: [[Int]]
    /// The number of each finding's list of value classes, and the lists.
    private(set) var vectors: [Int]
    private let lists: [[Int]]
    /// The findings with equal numbers of claims.
    private var strata: [[Int]] = []

    init(_ findings: [[Int]], _ classes: [Int]) {
        var numbers: [[Int]: Int] = [:]
        var lists: [[Int]] = []
        vectors = findings.map { claims in
            let list = claims.map { classes[$0] }
            if let number = numbers[list] { return number }
            numbers[list] = lists.count
            lists.append(list)
            return lists.count - 1
        }
        (self.findings, self.lists) = (findings, lists)
        setStrata()
    }

    private mutating func setStrata() {
        let bySize = Dictionary(grouping: findings.indices) { findings[$0].count }
        strata = bySize.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Sorts the findings by a number of each claim.
    mutating func sortFindings(by ranks: [Int]) {
        let keys = findings.map { $0.map { ranks[$0] } }
        let order = findings.indices.sorted { a, b in
            keys[a] == keys[b] ? a < b : keys[a].lexicographicallyPrecedes(keys[b])
        }
        (findings, vectors) = (order.map { findings[$0] }, order.map { vectors[$0] })
        setStrata()
    }

    /// Returns the class of values that each claim has if the findings have these lists.
    func classes(_ vectors: [Int]) -> [Int] {
        var classes = [Int](repeating: 0, count: findings.reduce(0) { $0 + $1.count })
        for (finding, vector) in zip(findings, vectors) {
            for (claim, number) in zip(finding, lists[vector]) { classes[claim] = number }
        }
        return classes
    }

    /// Returns the number of distinct shuffles. If it is above the limit, returns some number above the limit.
    func count(upTo limit: Int) -> Int {
        var count = 1
        for stratum in strata {
            // The multinomial coefficient n! / (a! b! …) is computed as a product of binomial coefficients.
            var positions = 0
            let sizes = Dictionary(grouping: stratum.map { vectors[$0] }, by: \.self).mapValues(\.count)
            for size in sizes.values.sorted() {
                var ways = 1
                for chosen in 1...size {
                    positions += 1
                    // The division is exact, because a product of k consecutive numbers is a multiple of k!.
                    let (product, overflow) = ways.multipliedReportingOverflow(by: positions)
                    guard !overflow else { return limit + 1 }
                    ways = product / chosen
                    if ways > limit { return limit + 1 }
                }
                count *= ways
                if count > limit { return limit + 1 }
            }
        }
        return count
    }

    /// Calls `body` with every distinct shuffle.
    func forEachOrder(_ body: ([Int]) -> Void) {
        var vectors = vectors
        func deal(_ stratum: Int) {
            guard stratum < strata.count else { return body(vectors) }
            let places = strata[stratum]
            forEachPermutation(of: places.map { self.vectors[$0] }) { order in
                for (place, vector) in zip(places, order) { vectors[place] = vector }
                deal(stratum + 1)
            }
        }
        deal(0)
    }

    func drawn(using random: inout SplitMix64) -> [Int] {
        var drawn = vectors
        for places in strata {
            for i in stride(from: places.count - 1, to: 0, by: -1) {
                drawn.swapAt(places[i], places[random.below(i + 1)])
            }
        }
        return drawn
    }
}

/// Evaluates shuffles.
private struct ShuffleTest {
    private let original: ValueClasses
    private let indistinct: Relations.Relation
    /// For each candidate and claim, the claims that it separates from the claim, and those that nothing separates.
    private let explained: [Relations.Relation]
    private let separated: [Relations.Relation]
    private let allowed: Int
    /// For each class, its positions in the current shuffle.
    private var positions: [BitSet]

    init(_ discord: Discord, _ relations: Relations, _ candidates: Set<Relations.Relation>, _ classes: ValueClasses) {
        original = classes
        indistinct = relations.indistinct
        separated = Array(candidates)
        explained = separated.map { relation in zip(relation, relations.indistinct).map { $0.union($1) } }
        allowed =
            discord.unexplainedCount + discord.groups.count { $0.claims.count > 2 && $0.differs.isEmpty }
        positions = Array(
            repeating: BitSet(capacity: classes.ofClaims.count), count: (classes.ofClaims.max() ?? -1) + 1)
    }

    /// Returns whether a shuffle is explained no worse than the actual values, and whether the same positions are
    /// discordant in both. `classes` contains the class at each position.
    mutating func evaluate(_ classes: [Int]) -> (isAsGood: Bool, isSame: Bool) {
        for number in positions.indices { positions[number].removeAll() }
        for (position, number) in classes.enumerated() { positions[number].insert(position) }
        var unexplained = 0
        var isSame = true
        for (a, b) in original.discordant {
            let others = positions[b]
            for position in positions[a] {
                isSame = isSame && others.isSubset(of: original.opponents[position])
                unexplained += others.intersectionCount(indistinct[position])
            }
            if unexplained > allowed && !isSame { return (false, false) }
        }
        let sets = discordantSets()
        let open = sets.filter { set in set.contains { a in set.contains { $0 != a && !indistinct[a].contains($0) } } }
        unexplained += sets.count - open.count
        if isSame, !sets.isEmpty {
            let known = Set(original.sets)
            isSame = sets.allSatisfy { known.contains($0.map { original.ofClaims[$0] }.sorted()) }
        }
        if unexplained != allowed { return (unexplained < allowed, isSame) }
        return (separated.indices.contains { explainsAll($0, open) }, isSame)
    }

    /// Returns the sets of claims without a common label in the current shuffle.
    private func discordantSets() -> [[Int]] {
        original.sets.flatMap { classes in
            classes.reduce([[]]) { sets, number in sets.flatMap { set in positions[number].map { set + [$0] } } }
        }
    }

    /// Returns whether a candidate explains every discordant pair and the given sets of the current shuffle.
    private func explainsAll(_ candidate: Int, _ sets: [[Int]]) -> Bool {
        for (a, b) in original.discordant {
            let others = positions[b]
            for position in positions[a] where !others.isSubset(of: explained[candidate][position]) { return false }
        }
        return sets.allSatisfy { set in
            set.contains { a in set.contains { separated[candidate][a].contains($0) } }
        }
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
private func forEachPermutation(of numbers: [Int], _ body: ([Int]) -> Void) {
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
