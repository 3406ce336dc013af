import Testing

@testable import Evidence
@testable import Merging
@testable import Records
@testable import Reports

private let vocabulary = """
    --- Claims/question.yaml
    question: What?
    why: It matters.
    --- Claims/solves/question.yaml
    question: Does it solve half of the tasks?
    why: It matters.
    quantity: solved
    yes: {at_least: 50}
    --- Claims/vocabulary/quantities/solved.yaml
    title: Solved tasks
    definition: Solved tasks per hundred tasks.
    range: [0, 100]
    percent: true
    margin: 2
    conditions: [model, task]
    --- Claims/vocabulary/conditions/model.yaml
    title: Model
    values: [r1, v3]
    --- Claims/vocabulary/conditions/task.yaml
    title: Task
    values: [maze, sum]

    """

private func estimate(_ reported: String, task: String = "maze") -> String {
    "  - {quantity: solved, reported: {\(reported)}, tested: {model: r1, task: \(task)}}"
}

private func range(_ value: String) -> String {
    "  - {quantity: solved, value: \(value), tested: {model: r1, task: maze}}"
}

private func merge(_ claims: [String], margin: Int = 2) -> Merge {
    TestLedger(
        vocabulary.replacing("margin: 2", with: "margin: \(margin)")
            + claims.enumerated().map { finding("f\($0)", $1) }.joined()
    ).merge()
}

/// Returns the pairs of two claims: a conflict, different parts, suggestive, or none.
private func relation(_ a: String, _ b: String) -> String {
    let found = merge([a, b]).disagreement(on: "solved")
    if let pair = found?.pairs.first { return pair.isConflict ? "conflict" : "different parts" }
    return found?.estimates.isEmpty ?? true ? "none" : "suggestive"
}

@Suite struct EstimateTests {
    /// The limits of each pair follow from those in `ShareTests`: for example, the 99.5 % interval of the difference
    /// between 81.6 % and 62.1 % of 256 items is 7.9 to 30.4 percentage points.
    @Test(arguments: [
        ("value: 62.1, n: 256, count: true", "value: 81.6, n: 256, count: true", "conflict"),
        ("value: 70, n: 256, count: true", "value: 80, n: 256, count: true", "suggestive"),
        ("value: 75, n: 256, count: true", "value: 80, n: 256, count: true", "none"),
        // For normal numbers the ends are at 1.96 and 2.807 standard errors of the difference.
        ("value: 10, se: 3", "value: 24.1, se: 4", "conflict"), ("value: 10, se: 3", "value: 24, se: 4", "suggestive"),
        ("value: 10, se: 3", "value: 19.7, se: 4", "none"), ("value: 10, se: 0", "value: 13, se: 0", "conflict"),
        // The difference must exceed the margin of 2.
        ("value: 10, se: 0.1", "value: 12, se: 0.1", "none"), ("value: 10.3, se: 0", "value: 12.3, se: 0", "none"),
        ("value: 10, se: 0.1", "value: 12.1, se: 0.1", "conflict"),
        // Five seeds have 4 degrees of freedom, so the 99.5 % interval reaches 5.598 standard errors of 1.
        ("value: 20, sd: 2.2360679775, seeds: 5", "value: 25.5, se: 0", "suggestive"),
        ("value: 20, sd: 2.2360679775, seeds: 5", "value: 25.7, se: 0", "conflict"),
        ("value: 20, sd: 2, seeds: 1", "value: 90, se: 0", "none"),
        // An interval is scaled from 95 % to 99.5 %, that is by 1.432 on each side.
        ("value: 20, interval: [19, 30]", "value: 34.2, se: 0", "suggestive"),
        ("value: 20, interval: [19, 30]", "value: 34.5, se: 0", "conflict"),
        ("interval: [10, 30]", "value: 34.2, se: 0", "suggestive"),
        ("interval: [10, 30]", "value: 34.5, se: 0", "conflict"),
        // In these cases, too little is known about the number.
        ("value: 10", "value: 90, se: 1", "none"), ("value: 10, n: 500", "value: 90, se: 1", "none"),
        ("value: 10, se: 1, selected: best", "value: 90, se: 1", "none"),
        ("value: 10, se: 1, selected: hand-picked", "value: 90, se: 1", "none"),
        ("value: 10, se: 1, bound: best_case", "value: 90, se: 1", "none"),
    ])
    func estimatesDiffer(_ a: String, _ b: String, _ expected: String) {
        #expect(relation(estimate(a), estimate(b)) == expected)
        #expect(relation(estimate(b), estimate(a)) == expected)
    }

    @Test func estimatesAtOtherSettingsAreAboutDifferentParts() {
        let (low, high) = ("value: 10, se: 1", "value: 90, se: 1")
        #expect(relation(estimate(low), estimate(high, task: "sum")) == "different parts")
        // Pairs that differ only at 95 % are listed only if they share a setting.
        #expect(relation(estimate("value: 10, se: 3"), estimate("value: 24, se: 4", task: "sum")) == "none")
    }

    /// An estimate disagrees with a range if its 99.5 % interval, here 20 ± 2.807, does not meet the range.
    @Test(arguments: [
        ("[30, 40]", "conflict"), ("[22.8, 40]", "none"), ("[22.9, 40]", "conflict"), ("{below: 17.1}", "conflict"),
        ("{below: 17.3}", "none"),
    ])
    func estimatesAndRangesDiffer(_ value: String, _ expected: String) {
        #expect(relation(estimate("value: 20, se: 1"), range(value)) == expected)
    }

    /// A best case and a number without an uncertainty take no side; a selected number takes a side.
    @Test(arguments: [
        ("value: 39, n: 1000, count: true", Side.con), ("value: 62, n: 1000, count: true", .pro),
        ("value: 51, n: 100, count: true", .silent), ("value: 39, se: 1, bound: worst_case", .silent),
        ("value: 39", .silent), ("value: 39, se: 1, selected: best", .con), ("value: 39, sd: 9, seeds: 9", .con),
        // The first uncertainty decides sides as well as pairs, and a stated interval is the last.
        ("value: 60, se: 1, interval: [40, 70]", .pro), ("value: 60, interval: [40, 70]", .silent),
        // The lower end, 49.99999, is below 50, although it is 50 to six digits.
        ("value: 50.00001, se: 0.00001", .silent), ("value: 50.00002, se: 0.00001", .pro),
    ])
    func estimatesTakeSides(_ reported: String, _ side: Side) {
        let answer = merge([estimate(reported)]).answers()["solves"]
        #expect(answer?.claims.map(\.side) == [side])
    }

    @Test func reportsCountTheComparedPairs() {
        let text = ConflictReport(
            merge([
                estimate("value: 10, se: 1"), estimate("value: 15, se: 1"), estimate("value: 30, se: 1"),
                estimate("value: 5"),
            ])
        ).written()
        #expect(text.contains("Of 3 compared pairs of estimates, about 0.015 would differ by chance."))
        #expect(!ConflictReport(merge([estimate("value: 10, se: 1")])).written().contains("by chance"))
    }

    @Test func suggestivePairsAreListedApart() {
        let text = ConflictReport(
            merge([
                estimate("value: 10, se: 1"), estimate("value: 13.5, se: 1"), estimate("value: 40, se: 1", task: "sum"),
                estimate("value: 43.5, se: 1", task: "sum"),
            ])
        ).written(width: 200)
        #expect(text.contains("differ at 95 %, but not at 99.5 %: f0#1 and f1#1; f2#1 and f3#1."))
    }
}

/// Compares the sorted search with the definition, applied to every pair of claims.
@Suite struct EstimatePairTests {
    private struct Drawn {
        var text: String
        var low: Double
        var high: Double
        /// The value and standard error of an estimate.
        var number: (value: Double, error: Double)?
    }

    private static func draw(_ random: inout SeededGenerator) -> Drawn {
        let tested = "tested: {model: \(random.pick(["r1", "v3", "unknown"])), task: \(random.pick(["maze", "sum"]))}"
        let value = Double(random.below(1000)) / 10
        guard random.chance(0.6) else {
            let high = min(100, value + Double(random.below(50)) / 10)
            return Drawn(text: "  - {quantity: solved, value: [\(value), \(high)], \(tested)}", low: value, high: high)
        }
        let error = random.pick([0, 0.001, 0.3, 1, 4, 20, 400])
        return Drawn(
            text: "  - {quantity: solved, reported: {value: \(value), se: \(error)}, \(tested)}", low: 0, high: 0,
            number: (value, error))
    }

    /// Returns whether two claims are discordant by definition.
    private static func areDiscordant(_ a: Drawn, _ b: Drawn, margin: Double = 2) -> Bool {
        let z = 2.8070337683438042
        switch (a.number, b.number) {
        case (let x?, let y?):
            let difference = (x.value - y.value).magnitude
            return difference > margin + 1e-9
                && difference > z * (x.error * x.error + y.error * y.error).squareRoot()
        case (let x?, nil): return x.value + z * x.error < b.low || x.value - z * x.error > b.high
        case (nil, _?): return areDiscordant(b, a, margin: margin)
        case (nil, nil): return a.high < b.low || a.low > b.high
        }
    }

    private static func name(_ a: Int, _ b: Int) -> [String] { ["f\(a)#1", "f\(b)#1"].sorted() }

    @Test(arguments: Array(UInt64(1)...12), [1, 2, 30]) func pairsAreThoseOfTheDefinition(
        seed: UInt64, margin: Int
    ) throws {
        var random = SeededGenerator(seed)
        let claims = (0..<40).map { _ in Self.draw(&random) }
        let merge = merge(claims.map(\.text), margin: margin)
        let all = claims.indices.flatMap { i in claims.indices.dropFirst(i + 1).map { (i, $0) } }
        let expected = all.filter { Self.areDiscordant(claims[$0], claims[$1], margin: Double(margin)) }
            .map(Self.name)
        let summary = try #require(merge.summary.quantities["solved"])
        let found = try #require(summary.pairs).map { [$0.lower.id.description, $0.upper.id.description].sorted() }
        #expect(Set(found) == Set(expected) && found.count == expected.count)
        // Adding claims one by one or in two groups gives the same pairs.
        var members = summary.members
        members.shuffle(using: &random)
        #expect(members.reduce(QuantitySummary([])) { $0 + QuantitySummary([$1]) } == summary)
        #expect(QuantitySummary(Array(members.prefix(17))) + QuantitySummary(Array(members.dropFirst(9))) == summary)
    }

    /// Above the limit on pairs they are only counted, by prefixes of sorted lists.
    @Test(arguments: Array(UInt64(1)...6), [1, 2, 10]) func countsAreExactAboveThePairLimit(
        seed: UInt64, margin: Int
    ) throws {
        var random = SeededGenerator(seed)
        let claims = (0..<130).map { _ in Self.draw(&random) }
        let merge = merge(claims.map(\.text), margin: margin)
        #expect(merge.summary.quantities["solved"]?.pairs == nil)
        let discord = try #require(merge.discords["solved"])
        let all = claims.indices.flatMap { i in claims.indices.dropFirst(i + 1).map { (i, $0) } }
        let expected = all.filter { Self.areDiscordant(claims[$0], claims[$1], margin: Double(margin)) }
        #expect(discord.conflictCount + discord.nearMissCount == expected.count)
        let comparison = discord.comparison
        func indices(_ pair: (Int, Int)) throws -> (Int, Int) {
            let places = try [pair.0, pair.1].map {
                try #require(comparison.index(of: ClaimID(slug: "f\($0)", number: 1, isOnly: true)))
            }
            return (places[0], places[1])
        }
        let pairs = try expected.map(indices)
        #expect(discord.conflictCount == pairs.count { comparison.areCompatible($0, $1) })
        let differences = pairs.map { comparison.differences($0, $1) }
        #expect(discord.unexplainedCount == differences.count { $0.isEmpty })
        let names = Set(differences.filter { !$0.isEmpty }.map(comparison.names))
        let found = Set(discord.differences.map(comparison.names))
        #expect(found == names.filter { name in !names.contains { Set($0).isStrictSubset(of: Set(name)) } })
        #expect(Set(discord.involved) == Set(pairs.flatMap { [$0.0, $0.1] }))
    }

    /// Numbers without an uncertainty are in no disagreement. If they point to different sides, the report lists them.
    @Test func numbersWithoutAnUncertaintyAreNamed() {
        let report = ConflictReport(
            merge([estimate("value: 10"), estimate("value: 90"), estimate("value: 80, se: 1"), estimate("value: 60")]))
        #expect(
            report.written() == """
                No two claims disagree.

                Not compared: the uncertainty of a number is not known
                  solves: 3 pairs of claims point to different sides (f0#1 and f1#1; f0#1 and
                    f2#1; f0#1 and f3#1); add `se`, `sd`, `interval`, or `n` with `count: true`.

                """)
        #expect(ConflictReport(merge([estimate("value: 70"), estimate("value: 90")])).uncompared.isEmpty)
        #expect(ConflictReport(merge([estimate("value: 10"), range("[80, 90]")])).uncompared.map(\.count) == [1])
    }
}
