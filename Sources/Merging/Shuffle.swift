import Words

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

/// The maximum number of distinct shuffles that are all enumerated. This is enough for all shuffles of seven findings.
private let exactLimit = 5_040

/// The number of shuffles that are drawn if there are too many to enumerate. Their seed depends only on the quantity.
private let shuffleCount = 5_000

/// The maximum number of claims for the test; also the maximum number of sets of claims, over all names or candidates.
private let claimLimit = 1_024
let relationLimit = 262_144

extension Discord {
    /// Runs the permutation test, which shuffles the values of whole findings. Findings with equal numbers of claims
    /// exchange their values, so that the claims of a finding stay together, in the order of their settings.
    ///
    /// A shuffle is explained no worse than the actual values if fewer pairs are unexplained, or if as many are
    /// unexplained and some set of names that is as simple as the best explanation separates all other pairs. Returns
    /// nil if there are fewer than four findings, too many claims or sets, or no explanation.
    func shuffle(_ best: Explanation?, quantity: String) -> Shuffle? {
        let count = comparison.members.count
        let findings = Dictionary(grouping: comparison.members.indices) { comparison.members[$0].id.slug }
        guard findings.count >= shuffleFindingMinimum, count <= claimLimit, !isTruncated, !setsAreTruncated,
            comparison.names.count * count <= relationLimit, let best
        else { return nil }
        guard let readings = candidates(as: best, DifferenceTable(comparison)) else { return nil }
        let classes = ValueClasses(self)
        let inOrder = findings.values.map(inOrderOfSettings).sorted { $0[0] < $1[0] }
        var deal = Deal(inOrder, classes.ofClaims)
        var test = ShuffleTest(self, SeparatingReadings(readings, ordered), classes)
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
            deal.sortFindings(by: readings.table.nameless(comparison))
            var random = SplitMix64(stream: "shuffle/\(quantity)", index: 0)
            tally(deal.vectors)
            var drawn = deal.vectors
            for _ in 0..<shuffleCount {
                deal.draw(&drawn, using: &random)
                tally(drawn)
            }
        }
        return shuffle
    }

    /// Sorts the claims of a finding by their settings.
    private func inOrderOfSettings(_ claims: [Int]) -> [Int] {
        guard claims.count > 1 else { return claims }
        return claims.map { (claim: $0, settings: comparison.members[$0].namelessSettings) }.sorted { a, b in
            a.settings == b.settings ? a.claim < b.claim : a.settings.lexicographicallyPrecedes(b.settings)
        }.map(\.claim)
    }
}

/// The claims in classes: those with equal labels or, of numbers, with the same opponents.
private struct ValueClasses {
    let ofClaims: [Int]
    let count: Int
    /// The discordant pairs of claims and of classes, and the discordant sets of classes, each listed once.
    let pairs: [(Int, Int)]
    let discordant: [(Int, Int)]
    let sets: [[Int]]

    init(_ discord: Discord) {
        let comparison = discord.comparison
        pairs = discord.groups.filter { $0.claims.count == 2 }.map { ($0.claims[0], $0.claims[1]) }
        var opponents = comparison.members.map { _ in BitSet(capacity: comparison.members.count) }
        for (i, j) in pairs {
            opponents[i].insert(j)
            opponents[j].insert(i)
        }
        let keys = comparison.labels.isEmpty ? opponents : comparison.rows.map(\.labels)
        var numbers: [BitSet: Int] = [:]
        let classes = keys.map { key in
            let number = numbers[key] ?? numbers.count
            numbers[key] = number
            return number
        }
        (ofClaims, count) = (classes, numbers.count)
        let codes = Set(
            pairs.map { min(classes[$0], classes[$1]) * numbers.count + max(classes[$0], classes[$1]) })
        discordant = codes.sorted().map { ($0 / numbers.count, $0 % numbers.count) }
        sets = Set(discord.groups.filter { $0.claims.count > 2 }.map { $0.claims.map { classes[$0] }.sorted() })
            .sorted { $0.lexicographicallyPrecedes($1) }
    }
}

/// The values of each finding, which are shuffled among the findings with as many claims.
private struct Deal {
    /// The claims of each finding.
    private(set) var findings: [[Int]]
    /// The number of each finding's list of value classes.
    private(set) var vectors: [Int]
    /// All claims, finding by finding, and all lists, each with the place at which it starts.
    private var claims: [Int] = []
    private var classes: [Int] = []
    private var starts: [Int] = []
    private var sizes: [Int] = []
    /// The findings with equal numbers of claims.
    private var strata: [[Int]] = []

    init(_ findings: [[Int]], _ classesOfClaims: [Int]) {
        var numbers: [[Int]: Int] = [:]
        (self.findings, vectors) = (findings, [])
        for claims in findings {
            let list = claims.map { classesOfClaims[$0] }
            if numbers[list] == nil {
                numbers[list] = starts.count
                starts.append(classes.count)
                classes += list
            }
            vectors.append(numbers[list] ?? 0)
        }
        setStrata()
    }

    private mutating func setStrata() {
        let bySize = Dictionary(grouping: findings.indices) { findings[$0].count }
        strata = bySize.sorted { $0.key < $1.key }.map(\.value)
        (claims, sizes) = (Array(findings.joined()), findings.map(\.count))
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
        var next = 0
        for (finding, vector) in vectors.enumerated() {
            let start = starts[vector]
            for place in start..<start + sizes[finding] {
                classes[claims[next]] = self.classes[place]
                next += 1
            }
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

    /// Draws a shuffle. `drawn` has as many elements as there are findings.
    func draw(_ drawn: inout [Int], using random: inout SplitMix64) {
        for finding in vectors.indices { drawn[finding] = vectors[finding] }
        for places in strata {
            for i in stride(from: places.count - 1, to: 0, by: -1) {
                drawn.swapAt(places[i], places[random.below(i + 1)])
            }
        }
    }
}

/// Evaluates shuffles.
private struct ShuffleTest {
    private let original: ValueClasses
    private let readings: SeparatingReadings
    private let allowed: Int
    /// The positions in the current shuffle, sorted by class, and the first place of each class.
    private var positions: [Int]
    private var starts: [Int]
    private var ends: [Int]
    /// Facts about each pair of positions. The last three are computed when a shuffle first needs them.
    private var facts: [PairFacts]
    /// For each two positions, one bit for each reading that separates them; all bits are 1 if no reading does.
    private var masks: [UInt64]
    private let width: Int
    /// The readings that separate all pairs of the current shuffle so far.
    private var remaining: [UInt64]

    private struct PairFacts: OptionSet {
        var rawValue: UInt8
        static let areDiscordant = PairFacts(rawValue: 1)
        static let areIndistinct = PairFacts(rawValue: 2)
        static let areKnown = PairFacts(rawValue: 4)
    }

    init(_ discord: Discord, _ readings: SeparatingReadings, _ classes: ValueClasses) {
        (original, self.readings) = (classes, readings)
        allowed = discord.unexplainedCount + discord.groups.count { $0.claims.count > 2 && $0.differs.isEmpty }
        let count = classes.ofClaims.count
        positions = [Int](repeating: 0, count: count)
        starts = [Int](repeating: 0, count: classes.count)
        for number in classes.ofClaims where number + 1 < classes.count { starts[number + 1] += 1 }
        for number in starts.indices.dropFirst() { starts[number] += starts[number - 1] }
        ends = starts
        facts = [PairFacts](repeating: [], count: count * count)
        for (i, j) in classes.pairs {
            facts[i * count + j].insert(.areDiscordant)
            facts[j * count + i].insert(.areDiscordant)
        }
        width = readings.width
        masks = [UInt64](repeating: 0, count: count * count * width)
        remaining = [UInt64](repeating: 0, count: width)
    }

    /// Returns whether a shuffle is explained no worse than the actual values, and whether the same positions are
    /// discordant in both. `classes` contains the class at each position.
    mutating func evaluate(_ classes: [Int]) -> (isAsGood: Bool, isSame: Bool) {
        for number in starts.indices { ends[number] = starts[number] }
        for (position, number) in classes.enumerated() {
            positions[ends[number]] = position
            ends[number] += 1
        }
        var unexplained = 0
        var isSame = true
        for word in remaining.indices { remaining[word] = ~0 }
        var isExplained = true
        for (a, b) in original.discordant {
            for i in starts[a]..<ends[a] {
                for j in starts[b]..<ends[b] {
                    let pair = pair(positions[i], positions[j])
                    isSame = isSame && facts[pair].contains(.areDiscordant)
                    if facts[pair].contains(.areIndistinct) { unexplained += 1 }
                    if isExplained { isExplained = narrow(to: pair) }
                    if !isSame, unexplained > allowed || !isExplained && allowed == 0 { return (false, false) }
                }
            }
        }
        let sets = original.sets.isEmpty ? [] : discordantSets()
        var open: [[Int]] = []
        for set in sets where !isIndistinct(set) { open.append(set) }
        unexplained += sets.count - open.count
        if isSame, !sets.isEmpty {
            let known = Set(original.sets)
            isSame = sets.allSatisfy { known.contains($0.map { original.ofClaims[$0] }.sorted()) }
        }
        if unexplained != allowed || !isExplained { return (unexplained < allowed, isSame) }
        return (open.isEmpty || explainsAll(open), isSame)
    }

    /// Returns the number of a pair of positions, and computes its data if they are missing.
    private mutating func pair(_ i: Int, _ j: Int) -> Int {
        let pair = i * positions.count + j
        guard !facts[pair].contains(.areKnown) else { return pair }
        facts[pair].insert(.areKnown)
        if readings.insert(i, j, to: &masks, at: pair * width) {
            facts[pair].insert(.areIndistinct)
            for word in 0..<width { masks[pair * width + word] = ~0 }
        }
        return pair
    }

    /// Keeps the readings that separate two positions. Returns whether there are any.
    private mutating func narrow(to pair: Int) -> Bool {
        var rest: UInt64 = 0
        for word in 0..<width {
            remaining[word] &= masks[pair * width + word]
            rest |= remaining[word]
        }
        return rest != 0
    }

    /// Returns the sets of claims without a common label in the current shuffle.
    private func discordantSets() -> [[Int]] {
        original.sets.flatMap { classes in
            classes.reduce([[]]) { sets, number in
                sets.flatMap { set in positions[starts[number]..<ends[number]].map { set + [$0] } }
            }
        }
    }

    private mutating func isIndistinct(_ set: [Int]) -> Bool {
        set.allSatisfy { a in set.allSatisfy { $0 == a || facts[pair(a, $0)].contains(.areIndistinct) } }
    }

    /// Returns whether a reading that separates all pairs also separates the given sets.
    private mutating func explainsAll(_ sets: [[Int]]) -> Bool {
        (0..<readings.count).contains { number in
            contains(number, remaining, at: 0)
                && sets.allSatisfy { set in
                    set.contains { a in
                        set.contains { b in
                            let pair = pair(a, b)
                            return a != b && !facts[pair].contains(.areIndistinct)
                                && contains(number, masks, at: pair * width)
                        }
                    }
                }
        }
    }

    private func contains(_ reading: Int, _ words: [UInt64], at start: Int) -> Bool {
        words[start + reading / 64] >> UInt64(reading % 64) & 1 == 1
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
        var (low, high) = (last + 1, order.count - 1)
        while low < high {
            order.swapAt(low, high)
            (low, high) = (low + 1, high - 1)
        }
    }
}
