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
let relationLimit = 262_144

extension Discord {
    /// Runs the permutation test, which deals out the values of whole findings. Findings with equal numbers of claims
    /// exchange their values, so that the claims of a finding stay together, in the order of their settings.
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
        let settings = comparison.members.map(\.namelessSettings)
        let ordered = findings.values.map { claims in
            claims.sorted { a, b in
                settings[a] == settings[b] ? a < b : settings[a].lexicographicallyPrecedes(settings[b])
            }
        }
        var deal = Deal(ordered.sorted { $0[0] < $1[0] }, classes.ofClaims)
        var test = ShuffleTest(self, relations, candidates, classes)
        var shuffle = Shuffle()
        var classesNow = classes.ofClaims
        func tally(_ vectors: [Int]) {
            deal.setClasses(&classesNow, vectors)
            let (isAsGood, isSame) = test.evaluate(classesNow)
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
            for j in indices.dropFirst(i + 1) where comparison.isDiscordant(i, j) {
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

    /// Sets the class of values that each claim has if the findings have these lists.
    func setClasses(_ classes: inout [Int], _ vectors: [Int]) {
        for finding in findings.indices {
            let list = lists[vectors[finding]]
            for place in list.indices { classes[findings[finding][place]] = list[place] }
        }
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
        let sets = original.sets.isEmpty ? [] : discordantSets()
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
