import Testing

@testable import Merging
@testable import Records

/// Random findings on one quantity with three conditions, of which one has ordered values. The names of conditions and
/// findings can be chosen.
private struct ShuffleLedger {
    struct Setting {
        var value: Int
        /// The value of each condition; nil if it is unknown.
        var settings: [Int?]

        /// The settings without the names of the conditions, in which the claims of a finding are ordered.
        var key: [String] { settings.map { $0.map(String.init) ?? "" }.sorted() }
    }

    /// The claims of each finding.
    var findings: [[Setting]] = []

    static let values = ["[0, 0.2]", "[0.4, 0.6]", "[0.5, 0.8]", "[0.9, 1]"]
    static let settingCounts = [2, 3, 5]

    init(_ findings: [[Setting]]) { self.findings = findings }

    init(
        _ random: inout SeededGenerator, findings count: Int, claimsUpTo most: Int = 1, unknown share: Double,
        values: Int = Self.values.count
    ) {
        findings = (0..<count).map { _ in
            let count = Int.random(in: 1...most, using: &random)
            return (0..<count).map { place in
                var settings = Self.settingCounts.map {
                    random.chance(share) ? nil : Int.random(in: 0..<$0, using: &random)
                }
                // Two claims of one finding must not contradict each other.
                if count > 1 { settings[0] = place }
                return Setting(value: Int.random(in: 0..<values, using: &random), settings: settings)
            }
        }
    }

    /// The claims of a finding on a quantity, with these names of the conditions.
    static func claims(_ finding: [Setting], on quantity: String, _ conditions: [String]) -> String {
        finding.map { claim in
            let settings = zip(conditions, claim.settings).map { "\($0): \($1.map(String.init) ?? "unknown")" }
            return
                "  - {quantity: \(quantity), value: \(values[claim.value]), tested: {\(settings.joined(separator: ", "))}}"
        }.joined(separator: "\n")
    }

    static func vocabulary(_ conditions: [String], quantities: [String]) -> String {
        var text = """
            --- Claims/question.yaml
            question: What?
            why: It matters.

            """
        for (condition, count) in zip(conditions, settingCounts) {
            // Only the last condition is ordered: the values of the others are not all numbers.
            let values = (0..<count).map(String.init) + (count == 5 ? [] : ["none"])
            text += """
                --- Claims/vocabulary/conditions/\(condition).yaml
                title: A condition
                values: [\(values.joined(separator: ", "))]

                """
        }
        for quantity in quantities {
            text += """
                --- Claims/vocabulary/quantities/\(quantity).yaml
                title: A share
                definition: A share.
                range: [0, 1]
                conditions: [\(conditions.joined(separator: ", "))]

                """
        }
        return text
    }

    func merge(conditions: [String] = ["c0", "c1", "c2"], findingNames: [String]? = nil) -> Merge {
        let names = findingNames ?? findings.indices.map { "f\($0)" }
        return TestLedger(
            Self.vocabulary(conditions, quantities: ["q"])
                + zip(names, findings).map { finding($0, Self.claims($1, on: "q", conditions)) }.joined()
        ).merge()
    }

    func shuffle(conditions: [String] = ["c0", "c1", "c2"], findingNames: [String]? = nil) -> Shuffle? {
        merge(conditions: conditions, findingNames: findingNames).disagreement(on: "q")?.shuffle
    }
}

/// Counts shuffles directly by the definition, in the names of the records.
private struct BruteForce {
    /// A way to read a set of conditions: which claims it separates, and how many blocks it makes.
    struct Reading {
        var size: Int
        var blocks: Int
        var separates: [[Bool]]
    }

    var asGood = 0
    var same = 0
    var total = 0

    init(_ ledger: ShuffleLedger, best: [Int]) throws {
        let claims = ledger.findings.enumerated().flatMap { number, finding in
            finding.enumerated().sorted { a, b in
                a.1.key == b.1.key ? a.0 < b.0 : a.1.key.lexicographicallyPrecedes(b.1.key)
            }.map { (number, $0.1) }
        }
        let settings = claims.map(\.1.settings)
        let clash = claims.map { a in claims.map { b in Self.areDisjoint(a.1.value, b.1.value) } }
        let alike = claims.indices.map { i in
            claims.indices.map { j in (0..<3).allSatisfy { !Self.differ(settings[i][$0], settings[j][$0]) } }
        }
        let readings = (1..<8).flatMap { bits in Self.readings((0..<3).filter { bits >> $0 & 1 == 1 }, settings) }
        func effect(_ sources: [Int], _ readings: [Reading]) -> (unexplained: Int, readings: [Reading]) {
            let pairs = claims.indices.flatMap { i in
                (0..<i).filter { clash[sources[i]][sources[$0]] }.map { (i, $0) }
            }
            let open = pairs.filter { !alike[$0.0][$0.1] }
            return (
                pairs.count - open.count,
                readings.filter { reading in open.allSatisfy { reading.separates[$0.0][$0.1] } }
            )
        }
        let actual = effect(Array(claims.indices), Self.readings(best, settings))
        let mostBlocks = try #require(actual.readings.map(\.blocks).min())
        for order in Self.permutations(ledger.findings) {
            let sources = order.flatMap { source in claims.indices.filter { claims[$0].0 == source } }
            let (unexplained, working) = effect(sources, readings)
            total += 1
            let isAsSimple = working.contains { ($0.size, $0.blocks) <= (best.count, mostBlocks) }
            if unexplained < actual.unexplained || unexplained == actual.unexplained && isAsSimple { asGood += 1 }
            let shuffled = sources.map { i in sources.map { clash[i][$0] } }
            if shuffled == clash { same += 1 }
        }
    }

    static func differ(_ a: Int?, _ b: Int?) -> Bool { a != nil && b != nil && a != b }

    static func areDisjoint(_ a: Int, _ b: Int) -> Bool { a != b && Set([a, b]) != [1, 2] }

    /// Returns all readings of a set of conditions, of which condition 2 can be read as a threshold.
    static func readings(_ conditions: [Int], _ settings: [[Int?]]) -> [Reading] {
        var readings = [settings]
        if conditions.contains(2) {
            let values = Set(settings.compactMap { $0[2] }).sorted()
            for threshold in values.dropLast() {
                readings.append(settings.map { [$0[0], $0[1], $0[2].map { $0 <= threshold ? 0 : 1 }] })
            }
        }
        return readings.map { read in
            Reading(
                size: conditions.count, blocks: Set(read.map { claim in conditions.map { claim[$0] } }).count,
                separates: read.map { a in read.map { b in conditions.contains { differ(a[$0], b[$0]) } } })
        }
    }

    /// Returns all orders of findings in which each finding has as many claims as the one that it replaces.
    static func permutations(_ findings: [[ShuffleLedger.Setting]]) -> [[Int]] {
        findings.indices.reduce([[]]) { orders, place in
            orders.flatMap { order in
                findings.indices.filter { !order.contains($0) && findings[$0].count == findings[place].count }
                    .map { order + [$0] }
            }
        }
    }
}

@Suite struct ShuffleTests {
    private static func random(_ seed: UInt64) -> ShuffleLedger {
        var random = SeededGenerator(seed &* 7919)
        return ShuffleLedger(
            &random, findings: Int.random(in: 4...6, using: &random), claimsUpTo: random.pick([1, 1, 2]),
            unknown: random.pick([0, 0.3, 0.6]))
    }

    /// Of the four shuffles, only the actual one is separated by a single condition. An unknown value separates
    /// nothing, and the names of the conditions do not matter.
    @Test(arguments: [["a", "b", "c"], ["z", "b", "c"], ["b", "a", "c"]])
    func unknownValuesSeparateNothing(conditions: [String]) throws {
        let low = ShuffleLedger.Setting(value: 0, settings: [1, 0, nil])
        let high = ShuffleLedger.Setting(value: 3, settings: [nil, 1, nil])
        let shuffle = try #require(
            ShuffleLedger([[low], [low], [low], [high]]).shuffle(conditions: conditions))
        #expect((shuffle.asGoodCount, shuffle.floorCount, shuffle.total) == (1, 1, 4))
    }

    @Test(arguments: UInt64(1)...60) func countsTheShufflesOfTheDefinition(seed: UInt64) throws {
        let ledger = Self.random(seed)
        guard let found = ledger.merge().disagreement(on: "q"), let shuffle = found.shuffle else { return }
        let expected = try BruteForce(ledger, best: found.explanations[0].conditions.compactMap { Int($0.dropFirst()) })
        // Two orders count as one if they differ only by a swap of findings with equal values.
        #expect(shuffle.asGoodCount * expected.total == expected.asGood * shuffle.total)
        #expect(shuffle.floorCount * expected.total == expected.same * shuffle.total)
        #expect(expected.total % shuffle.total == 0)
    }

    @Test func countsShufflesOfEveryKind() {
        let tested = (UInt64(1)...60).compactMap { seed -> (Shuffle, ShuffleLedger)? in
            let ledger = Self.random(seed)
            return ledger.shuffle().map { ($0, ledger) }
        }
        #expect(tested.contains { $0.1.findings.contains { $0.count == 2 } })
        #expect(tested.contains { $0.0.asGoodCount > $0.0.floorCount && $0.0.p < 1 })
        #expect(tested.count > 30)
    }

    @Test(arguments: UInt64(1)...30) func namesDoNotMatter(seed: UInt64) {
        let ledger = Self.random(seed)
        let shuffle = ledger.shuffle()
        if let shuffle { #expect(shuffle.p >= shuffle.floorP && shuffle.floorCount >= 1) }
        var names = ledger.findings.indices.map { "f\($0)" }
        var random = SeededGenerator(seed)
        for conditions in [["z", "y", "x"], ["m", "c", "n"], ["b", "z", "a"]] {
            names.shuffle(using: &random)
            #expect(ledger.shuffle(conditions: conditions, findingNames: names) == shuffle)
        }
    }

    @Test(arguments: UInt64(1)...60) func theOrderOfClaimsInAFileDoesNotMatter(seed: UInt64) {
        let ledger = Self.random(seed)
        guard ledger.findings.allSatisfy({ Set($0.map(\.key)).count == $0.count }) else { return }
        #expect(ShuffleLedger(ledger.findings.map { $0.reversed() }).shuffle() == ledger.shuffle())
    }

    /// There are too many orders of 14 findings to count them, so some are drawn.
    @Test(arguments: UInt64(1)...3) func namesDoNotMatterInDrawnShuffles(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var ledger = ShuffleLedger(&random, findings: 14, unknown: 0.3)
        for finding in ledger.findings.indices {
            let value = ledger.findings[finding][0].value
            ledger.findings[finding][0].settings[1] = value == 2 ? 1 : value % 3
        }
        let shuffle = try #require(ledger.shuffle())
        #expect(shuffle.total == 5_001 && shuffle.p >= shuffle.floorP && shuffle.floorCount >= 1)
        let names = ledger.findings.indices.map { "f\($0)" }.shuffled(using: &random)
        #expect(ledger.shuffle(conditions: ["z", "y", "x"], findingNames: names) == shuffle)
    }

    /// If values are dealt out at random, p ≤ 0.05 appears in at most one of 20 ledgers. The allowance is three
    /// standard deviations of a binomial count: 3 √(2000 · 0.05 · 0.95) = 29.
    @Test func chanceAloneIsRarelySignificant() {
        let shuffles = (UInt64(0)..<4).flatMap(shufflesOfChance)
        let significant = shuffles.count { $0.p <= 0.05 }
        #expect(significant <= 100 + 29 && significant > 0)
        #expect(shuffles.count > 1_000)
    }

    /// Returns the shuffles of 500 random quantities, on which seven findings have claims.
    private func shufflesOfChance(seed: UInt64) -> [Shuffle] {
        let quantities = (0..<500).map { "q\($0)" }
        var random = SeededGenerator(seed)
        let ledgers = quantities.indices.map { number in
            ShuffleLedger(&random, findings: 7, unknown: [0, 0.3, 0.6][number % 3], values: 2)
        }
        let conditions = ["c0", "c1", "c2"]
        let findings = (0..<7).map { number in
            finding(
                "f\(number)",
                zip(quantities, ledgers).map { ShuffleLedger.claims($1.findings[number], on: $0, conditions) }
                    .joined(separator: "\n"))
        }
        let merge = TestLedger(ShuffleLedger.vocabulary(conditions, quantities: quantities) + findings.joined()).merge()
        return quantities.compactMap { quantity in
            guard let discord = merge.discords[quantity] else { return nil }
            return discord.shuffle(discord.explanations().all.first, quantity: quantity)
        }
    }
}
