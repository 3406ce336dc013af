import Testing

@testable import Merging
@testable import Reports
@testable import Words

/// Tests small versions of ledgers that are designed to make a merge take exponential time.
@Suite struct HostileMergeTests {
    private func ledger(_ quantity: String, _ findings: String) -> Merge {
        TestLedger(
            """
            --- Claims/question.yaml
            question: What?
            why: It matters.
            --- Claims/q/question.yaml
            question: How much?
            why: It matters.
            quantity: q
            yes: \(quantity.hasPrefix("labels") ? "{any_of: [l0]}" : "[0, 4]")
            --- Claims/vocabulary/quantities/q.yaml
            title: Q
            definition: A number.
            \(quantity)
            conditions: [model, layer]
            --- Claims/vocabulary/conditions/layer.yaml
            title: Layer
            values: {from: 0, to: 200}
            --- Claims/vocabulary/conditions/model/big.yaml
            title: Big
            general: true

            """ + findings
        ).merge()
    }

    private func reports(_ merge: Merge) -> String {
        let tasks = TaskReport(merge.tasks(today: TestLedger.today), shownCount: 20)
        return MergeReport(merge).written() + ConflictReport(merge).written() + tasks.written()
    }

    private func claim(_ value: String, layer: Int, _ more: String = "") -> String {
        "  - {quantity: q, value: \(value), tested: {model: big, layer: \(layer)}\(more)}"
    }

    @Test func countsManyConflictsExactly() throws {
        let count = 400
        let merge = ledger(
            "range: [0, 1000]",
            (0..<count).map {
                finding("f\($0)", claim("[\(2 * $0), \(2 * $0 + 1)]", layer: $0 % 50, ", holds_for: {}"))
            }
            .joined())
        let found = try #require(merge.disagreement(on: "q"))
        #expect(found.conflictCount == count * (count - 1) / 2 && found.nearMissCount == 0)
        // There are 50 layers with 8 claims each.
        #expect(found.unexplainedCount == 50 * 28)
        #expect(found.pairs.count == 2_000 && found.isTruncated)
        #expect(found.explanations.map(\.conditions) == [["layer"]])
        let text = reports(merge)
        #expect(text.contains("Conflict: 79800 pairs of claims that cannot both be true"))
        let cut = mergeText(MergeReport(merge), style: TextStyle(width: 80, hasColour: false, lineLimit: 20))
        #expect(cut.contains("more lines, printed with --all\n"))
        #expect(cut.split(separator: "\n").count < 60)
    }

    @Test func differencesMatchTheDefinition() throws {
        let merge = ledger(
            "range: [0, 1000]",
            (0..<80).map { finding("f\($0)", claim("[\(2 * $0), \(2 * $0 + 1)]", layer: $0 % 5)) }.joined())
        let found = try #require(merge.disagreement(on: "q"))
        #expect((found.conflictCount, found.nearMissCount, found.unexplainedCount) == (5 * 120, 3160 - 600, 5 * 120))
    }

    /// Every pair of assumptions is an explanation if it has one assumption from each side.
    @Test func truncatesTooManyExplanations() throws {
        let assumptions = (0..<100).flatMap { number in
            ["a", "b"].map { "--- Claims/vocabulary/assumptions/\($0)\(number).yaml\nstatement: A.\n" }
        }
        func assumes(_ letter: String) -> String {
            ", assumes: [\((0..<100).map { "\(letter)\($0)" }.joined(separator: ", "))]"
        }
        let merge = ledger(
            "range: [0, 10]",
            assumptions.joined() + finding("one", claim("[0, 1]", layer: 1, assumes("a")))
                + finding("two", claim("[2, 3]", layer: 1)) + finding("three", claim("[4, 5]", layer: 1, assumes("b"))))
        let found = try #require(merge.disagreement(on: "q"))
        #expect(found.explanations.count == 1_000 && found.explanationsAreTruncated)
        #expect(found.explanations.allSatisfy { $0.conditions.count == 2 })
        #expect(found.core == [])
        #expect(reports(merge).contains("too many differences"))
    }

    @Test func handlesAThousandAssumptions() throws {
        let names = (0..<500).map { "a\($0)" }
        let merge = ledger(
            "range: [0, 10]",
            names.map { "--- Claims/vocabulary/assumptions/\($0).yaml\nstatement: A.\n" }.joined()
                + finding("one", claim("[0, 1]", layer: 1, ", assumes: [\(names.joined(separator: ", "))]"))
                + finding("two", claim("[2, 3]", layer: 1)))
        let found = try #require(merge.disagreement(on: "q"))
        #expect(found.explanations.count == 500 && !found.explanationsAreTruncated)
        #expect(merge.answers()["q"]?.assumptions.sets == [[]])
    }

    @Test func limitsTheSearchForManyLabels() throws {
        let labels = (0..<60).map { "l\($0)" }
        let merge = ledger(
            "labels: [\(labels.joined(separator: ", "))]",
            (0..<120).map { number in
                let allowed = labels.filter { $0 != "l\(number % 60)" }.joined(separator: ", ")
                return finding("f\(number)", claim("{any_of: [\(allowed)]}", layer: 1))
            }.joined())
        // Only all 60 kinds of claims together exclude every label, and the search does not cover such large sets.
        #expect(merge.disagreement(on: "q")?.pairs.isEmpty ?? true)
        #expect(reports(merge).split(separator: "\n").count < 700)
    }

    @Test func shortensLongChainsAndManyEstimates() throws {
        let nested = (0..<150).map { finding("n\($0)", claim("[\($0), \(1000 - $0)]", layer: 1)) }.joined()
        let estimates = (0..<80).map { number in
            finding(
                "e\(number)",
                "  - {quantity: q, reported: {value: \(500 + 34 * (number % 2)), se: 10}, tested: {model: big, layer: 1}}"
            )
        }.joined()
        let merge = ledger("range: [0, 1000]", nested + estimates)
        let text = ConflictReport(merge).written()
        #expect(text.contains("144 more, then n148#1"))
        #expect(text.contains("996 more."))
        #expect(text.split(separator: "\n").count < 40)
    }
}
