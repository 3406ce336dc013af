import Testing

@testable import Merging
@testable import Records
@testable import Reports

private let (pro, con) = ("[0.46, 0.5]", "[1.5, 1.6]")

private func status(_ slug: String, _ merge: Merge) -> ClaimStatus? {
    merge.members.first { $0.id.slug == slug }.map { merge.attackOutcome.status(of: $0) }
}

/// Each test adds files that must not change an answer.
@Suite struct LabellingAbuseTests {
    /// A claim that attacks nothing shows no caveat either.
    @Test(arguments: [
        dimsClaim(con, "unknown"), dimsClaim(con, "0.3", ", kind: witness"),
        "  - {quantity: dims, tested: {model: toy, density: 0.3}, reported: {value: 0.2, se: 0.01, bound: best_case}}",
        "  - {quantity: dims, tested: {model: toy, density: 0.3}, reported: {value: 0.48}}",
    ]) func whatAttacksNothingShowsNoCaveat(claim: String) {
        let caveat = "caveats:\n  - {text: No., against: {claim: ada#1}, shown_by: eve#1}"
        let merge = bareLedger(finding("ada", dimsClaim(pro)) + finding("eve", claim, caveat)).merge()
        #expect(status("ada", merge) == .in)
        #expect(merge.answers()["toy"]?.status == .supported)
    }

    /// Silent claims that assume each other's assumptions do not revive an assumption that fell.
    @Test func aCycleOfSilentClaimsRevivesNoAssumption() {
        let text = """
            --- Claims/vocabulary/assumptions/a.yaml
            statement: A.
            tested_by: skill/countdown
            --- Claims/vocabulary/assumptions/b.yaml
            statement: B.
            tested_by: toy

            """ + finding("ada", accuracyClaim("[0.1, 0.2]"))
            + finding("bob", "  - {quantity: order, value: {any_of: [dfs]}, tested: {model: r1}, assumes: [a]}")
        let cycle =
            finding("eve", accuracyClaim("[0, 1]", layer: "9", ", assumes: [b]"))
            + finding("eva", dimsClaim("[0, 2]", "0.9", ", assumes: [a]"))
        for more in ["", cycle] {
            let merge = bareLedger(text + more).merge()
            #expect(merge.attackOutcome.failedAssumptions == ["a"])
            #expect(status("bob", merge) == .out)
        }
    }

    /// A claim that does not survive where it was tested says nothing about further settings.
    @Test func aWiderScopeDecidesNothing() {
        let text = finding("ada", dimsClaim("[0.5, 0.6]"))
        let narrow = bareLedger(text + finding("bob", dimsClaim("[0.1, 0.2]"))).merge()
        let wide = bareLedger(text + finding("bob", dimsClaim("[0.1, 0.2]", "0.3", ", holds_for: {model: [toy]}")))
            .merge()
        #expect(narrow.answers()["toy"]?.status == .contested)
        #expect(wide.answers()["toy"]?.status == .contested)
    }

    /// Cells of special-purpose models do not count for general models, and no kind takes an average over both.
    @Test func answersForGeneralModelsUseTheirCellsOnly() {
        let rival = finding("bob", accuracyClaim("[0.4, 0.7]"))
        let merge = bareLedger(finding("ada", accuracyClaim("[0.8, 0.9]", model: "[r1, cd3b]")) + rival).merge()
        #expect(merge.answers()["skill/countdown"]?.general == .contested)
        #expect(merge.answers()["skill/countdown"]?.special == .supported)
        let average = bareLedger(
            finding("ada", accuracyClaim("[0.8, 0.9]", model: "[r1, cd3b]", ", averaged_over: [model]"))
        ).merge()
        #expect(average.answers()["skill/countdown"]?.general == .open)
        #expect(average.answers()["skill/countdown"]?.special == .open)
        let none = bareLedger(finding("ada", accuracyClaim("[0.8, 0.9]", model: "not-applicable"))).merge()
        #expect(none.answers()["skill/countdown"]?.special == .open)
    }

    /// With too many conflicts, claims are labelled as a whole, but weak claims still do not attack re-run cells.
    @Test func aFloodOfConflictsLeavesReRunClaimsAlone() throws {
        func flood(_ slug: String, _ start: Double) -> String {
            let claims = (0..<46).map { number in
                dimsClaim("[\(start), \(start + 0.01 + Double(number) / 1000)]", "0.9", ", holds_for: {model: [toy]}")
            }
            return finding(slug, claims.joined(separator: "\n"))
        }
        var ledger = bareLedger(
            finding("run", dimsClaim(pro, "0.3", ", holds_for: {model: [toy]}")) + flood("low", 0.1)
                + flood("high", 1.2))
        try ledger.addIndependentRuns(of: "run", Array(repeating: 0.48, count: 8))
        let merge = ledger.merge()
        #expect(merge.discords["dims"].map { $0.conflictCount > QuantitySummary.pairLimit } == true)
        #expect(status("run", merge) == .in)
    }

    /// Many pairs about different parts do not change how claims are labelled.
    @Test func pairsAboutDifferentPartsDoNotCountAsConflicts() {
        let many = (0..<50).map { number in
            accuracyClaim("[0.3, 0.31]", layer: "\(number + 10)") + "\n"
                + accuracyClaim("[0.4, 0.41]", layer: "\(number + 60)")
        }
        let text =
            finding(
                "ada",
                accuracyClaim("[0.8, 0.9]", layer: "3", ", holds_for: {layer: [1, 3], task: [maze], model: [r1]}"))
            + finding("bob", accuracyClaim("[0.1, 0.2]", layer: "1"))
        let merge = bareLedger(text + finding("eve", many.joined(separator: "\n"))).merge()
        #expect(merge.discords["accuracy"]?.isTruncated == true)
        let ada = merge.members.first { $0.id.slug == "ada" }
        #expect(ada.map { merge.attackOutcome.parts(of: $0).map(\.status) } == [.in, .undecided])
    }

    /// A successor must take a side if the claim that it replaces does.
    @Test(arguments: [
        dimsClaim(con, "0.3", ", kind: witness"),
        "  - {quantity: dims, tested: {model: toy, density: 0.3}, reported: {value: 1.5}}",
    ]) func aClaimWithoutASideSupersedesNothing(claim: String) {
        let merge = bareLedger(
            finding("old", dimsClaim(pro), "superseded_by: [new]") + finding("new", claim, "supersedes: [old]")
        ).merge()
        #expect(merge.answers()["toy"]?.status == .supported)
        #expect(merge.supersessions.map { $0.obstacle?.hasPrefix("its claims on dims take no side") } == [true])
    }

    /// An undercut defeats only cells within its settings.
    @Test func anUndercutDefeatsOnlyWithinItsSettings() throws {
        var ledger = bareLedger(
            finding("rests", accuracyClaim("[0.6, 0.8]", ", holds_for: {}, assumes: [probe-is-faithful]"))
                + finding(
                    "doubt", dimsClaim("[0, 2]", "0.9"),
                    "caveats:\n  - {text: No., against: {assumption: probe-is-faithful, where: {model: [cd3b]}}, shown_by: doubt}"
                ))
        try ledger.addIndependentRuns(of: "doubt", Array(repeating: 0.48, count: 8))
        let merge = ledger.merge()
        #expect(status("rests", merge) == .in)
        #expect(MergeReport(merge).written().contains("assumption probe-is-faithful is doubted by doubt#1"))
    }

    @Test func boxesAreJoinedOneConditionAtATime() {
        func box(_ density: String, _ model: String) -> Scope {
            Scope(sides: [
                Scope.Side(condition: "density", values: [density]), Scope.Side(condition: "model", values: [model]),
            ])
        }
        let boxes = ["0.3", "0.9"].flatMap { density in ["r1", "toy"].map { box(density, $0) } }
        #expect(
            joinedBoxes(boxes) == [
                Scope(sides: [
                    Scope.Side(condition: "density", values: ["0.3", "0.9"]),
                    Scope.Side(condition: "model", values: ["r1", "toy"]),
                ])
            ])
        #expect(joinedBoxes([box("0.3", "r1"), box("0.9", "toy")]).count == 2)
    }

    /// Many sets of claims without a common label, of which only some are listed, hide no conflict at another cell.
    @Test func manyLabelSetsElsewhereHideNoConflict() throws {
        func claims(_ name: String, layer: Int, count: Int) -> String {
            (0..<3 * count).map { number in
                finding(
                    "\(name)\(number)",
                    "  - {quantity: word, value: {any_of: [\(["a, b", "b, c", "a, c"][number % 3])]}, tested: {layer: \(layer)}}"
                )
            }.joined()
        }
        let vocabulary = """
            --- Claims/question.yaml
            question: What?
            why: It matters.
            --- Claims/vocabulary/quantities/word.yaml
            title: Word
            definition: A word.
            labels: [a, b, c]
            conditions: [layer]
            --- Claims/vocabulary/conditions/layer.yaml
            title: Layer
            values: {from: 1, to: 3}

            """
        let flood = claims("ada", layer: 1, count: 10)
        let merge = TestLedger(vocabulary + flood + claims("zed", layer: 2, count: 1)).merge()
        let discord = try #require(merge.discords["word"])
        #expect(discord.setsAreTruncated && !discord.sets.joined().contains { $0.slug.hasPrefix("zed") })
        #expect(["zed0", "zed1", "zed2"].map { status($0, merge) } == [.undecided, .undecided, .undecided])
        let alone = TestLedger(
            vocabulary + flood + finding("zed0", "  - {quantity: word, value: {any_of: [a, b]}, tested: {layer: 2}}"))
        #expect(status("zed0", alone.merge()) == .in)
    }
}
