import Testing

@testable import Checking
@testable import Merging
@testable import Records
@testable import Reports

/// Treatment of kidney stones (Charig et al. 1986): open surgery removed 81 of 87 small and 192 of 263 large stones,
/// percutaneous nephrolithotomy 234 of 270 small and 55 of 80 large ones; together 273 and 289 of 350.
private let kidneyStones = """
    --- Claims/question.yaml
    question: Which treatment of kidney stones is better?
    why: It matters.
    --- Claims/sizes/question.yaml
    question: Is surgery better for stones of each size?
    why: It matters.
    quantity: advantage
    yes: {above: 0}
    covers: {stones: [small, large]}
    --- Claims/overall/question.yaml
    question: Is surgery better?
    why: It matters.
    quantity: advantage
    yes: {above: 0}
    --- Claims/vocabulary/quantities/advantage.yaml
    title: Advantage of surgery
    definition: Success rate of open surgery minus that of percutaneous nephrolithotomy.
    range: [-1, 1]
    conditions: [stones]
    --- Claims/vocabulary/conditions/stones.yaml
    title: Size of the stones
    values: [small, medium, large]

    """

private func claim(_ value: String, _ stones: String, _ more: String = "") -> String {
    "  - {quantity: advantage, value: \(value), tested: {stones: \(stones)}\(more)}"
}

private let averaged = ", averaged_over: [stones]"
private let small = claim("{above: 0}", "small", ", reported: {value: 0.064}")
private let large = claim("{above: 0}", "large", ", reported: {value: 0.043}")
private let together = claim("{below: 0}", "[small, large]", "\(averaged), reported: {value: -0.046}")

private func merge(_ claims: [String]) -> Merge {
    TestLedger(kidneyStones + claims.enumerated().map { finding("f\($0)", $1) }.joined()).merge()
}

/// Returns how two claims are related: a conflict, different parts with their reason, or none.
private func relation(_ a: String, _ b: String) -> String {
    guard let pair = merge([a, b]).disagreement(on: "advantage")?.pairs.first else { return "none" }
    return pair.isConflict ? "conflict" : (["different parts"] + pair.hiddenConditions).joined(separator: " ")
}

@Suite struct AverageTests {
    @Test func theAverageHidesTheStones() {
        let ledger = TestLedger(
            kidneyStones + finding("charig", by: "C <c@example.org>", [small, large].joined(separator: "\n"))
                + finding("everybody", by: "E <e@example.org>", together))
        #expect(ledger.check().diagnostics.filter { $0.severity == .error }.map(rendered) == [])
        let merge = ledger.merge()
        #expect(
            ConflictReport(merge).written() == """
                1 quantity with disagreements: 0 conflicting pairs, 2 pairs about different
                parts.

                == Different parts, by different contributors

                Advantage of surgery
                  advantage, asked below the north star
                  different parts: 2 pairs of claims without a shared setting (the average hides
                  stones)

                  side
                  1     █████████████···········  -1 to below 0
                        everybody#1 reported
                        average over stones: large and small
                  2     ············████████████  above 0 to 1
                        charig#1 reported
                        stones: small
                  2     ············████████████  above 0 to 1
                        charig#2 reported
                        stones: large

                  averaging over stones alone separates the sides; with 2 findings, too few to
                  test against chance.
                  The average over stones turns the sign: everybody#1 has the opposite sign of
                    its parts, charig#1 and charig#2.

                """)
        let json = ConflictReport(merge).written("json").filter { !$0.isWhitespace }
        #expect(json.contains(#""differs":["averaged:stones"],"grade":"neither","reason":"theaveragehidesstones""#))
        #expect(
            json.contains(
                #"{"average":"everybody#1","condition":"stones","parts":["charig#1","charig#2"],"turns_sign":true}"#))
        #expect(ConflictReport(merge).written("markdown").contains("turns the sign"))
    }

    /// Claims of one finding that disagree take one line, which also mentions the reversal.
    @Test func oneFindingMayHoldTheAverageAndItsParts() {
        let finding = finding("charig", [small, large, together].joined(separator: "\n"))
        #expect(
            ConflictReport(TestLedger(kidneyStones + finding).merge()).written(width: 300).contains(
                "advantage: depends on averaging over stones in charig (3 claims, 2 pairs). The average hides stones. The average over stones turns the sign: charig#3 has the opposite sign of its parts, charig#1 and charig#2."
            ))
    }

    /// A leaf that covers stones asks about each size. A leaf that does not name stones takes averages too.
    @Test func leavesAskAboutPartsOrAverages() {
        let answers = merge([small, large, together]).answers()
        #expect(answers["sizes"]?.claims.map { "\($0.member.id) \($0.side)" } == ["f0#1 pro", "f1#1 pro"])
        #expect(
            answers["overall"]?.claims.map { "\($0.member.id) \($0.side)" } == ["f0#1 pro", "f1#1 pro", "f2#1 con"])
        #expect(answers["sizes"]?.status == .supported && answers["overall"]?.status == .depends)
        #expect(answers["overall"]?.reason?.hasPrefix("on averaging over stones: yes by f0#1 and f1#1") ?? false)
    }

    @Test(arguments: [
        ("[small, large]", averaged, "conflict"), ("[small, medium]", averaged, "different parts stones"),
        ("[small, large]", "", "different parts stones"), ("unknown", "", "conflict"),
        ("unknown", averaged, "conflict"), ("small", "", "different parts stones"),
        ("small", ", holds_for: {stones: [small, medium, large]}", "different parts stones"),
        ("small", ", holds_for: {}", "different parts stones"),
    ])
    func averagesShareSettingsOnlyWithEqualAverages(_ stones: String, _ more: String, _ expected: String) {
        #expect(relation(together, claim("{above: 0}", stones, more)) == expected)
        #expect(relation(claim("{above: 0}", stones, more), together) == expected)
    }

    @Test func anAverageOverUnknownValuesHasNoSettingInCommonWithSingleValues() {
        let unknown = claim("{below: 0}", "unknown", averaged)
        #expect(relation(unknown, claim("{above: 0}", "small")) == "different parts stones")
        #expect(relation(unknown, claim("{above: 0}", "unknown", averaged)) == "conflict")
    }

    @Test func averagesOverOtherSetsDiffer() {
        let found = merge([together, claim("{above: 0}", "[small, medium]", averaged), small])
            .disagreement(on: "advantage")
        #expect(found?.pairs.map(\.differs) == [["averaged:stones"], ["averaged:stones"]])
        #expect(found?.explanations.map(\.conditions) == [["averaged:stones"]])
        #expect(found?.reversals == [])
    }

    /// A reversal needs a part at each averaged value, all on one side of the average, at otherwise equal settings.
    @Test(arguments: [
        ([small, large], "turns"), ([small], "none"), ([small, claim("{below: 0}", "large")], "none"),
        ([claim("[0.3, 0.4]", "small"), claim("[0.2, 0.5]", "large")], "turns"),
        ([small, large, claim("{above: 0}", "medium")], "turns"),
    ])
    func findsReversals(_ parts: [String], _ expected: String) {
        let found = merge([together] + parts).disagreement(on: "advantage")?.reversals ?? []
        #expect((found.first.map { $0.turnsSign ? "turns" : "outside" } ?? "none") == expected)
    }

    @Test func anAverageOnTheSameSideOfZeroTurnsNoSign() {
        let found = merge([
            claim("[0.1, 0.2]", "[small, large]", averaged), claim("[0.3, 0.4]", "small"), claim("[0.3, 0.5]", "large"),
        ]).disagreement(on: "advantage")
        #expect(found?.reversals.map(\.turnsSign) == [false])
    }

    /// The findings of one author contradict each other only if they share a setting.
    @Test(arguments: [("small", "none"), ("[small, large]", "none"), ("unknown", "self-contradiction")])
    func checksForContradictionsWithAverages(_ stones: String, _ expected: String) {
        let ledger = TestLedger(
            kidneyStones + finding("charig", "\(together)\n\(claim("{above: 0}", stones))"))
        let codes = ledger.check().diagnostics.filter { $0.severity == .error }.map(\.code.name)
        #expect((codes.first ?? "none") == expected)
    }

    /// The counts for very many pairs treat averages like the comparison of single pairs.
    @Test func countsPairsOfAverages() throws {
        var random = SeededGenerator(5)
        let claims = (0..<90).map { _ in
            let low = Double(random.below(180)) / 100 - 0.9
            let place = random.pick([
                ("small", ""), ("large", ""), ("unknown", ""), ("[small, large]", averaged), ("unknown", averaged),
                ("[medium, large]", averaged),
            ])
            return claim("[\(low), \(low + 0.01)]", place.0, place.1)
        }
        let merge = merge(claims)
        let comparison = try #require(merge.discords["advantage"]).comparison
        let counts = comparison.pairCounts()
        let all = comparison.members.indices
        let pairs = all.flatMap { i in all.filter { $0 < i && comparison.isDiscordant(i, $0) }.map { (i, $0) } }
        #expect(counts.pairs == pairs.count)
        let sharing = pairs.count { comparison.members[$0.0].scope.overlaps(comparison.members[$0.1].scope) }
        #expect(counts.conflicts == sharing && sharing > 0 && sharing < pairs.count)
    }
}
