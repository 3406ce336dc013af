import Testing

@testable import Merging
@testable import Records
@testable import Reports
@testable import Words

private func dims(_ value: String, model: String = "toy", density: String = "0.3", _ more: String = "") -> String {
    "  - {quantity: dims, value: \(value), tested: {model: \(model), density: \(density)}\(more)}"
}

private let assumed = ", assumes: [toy-is-r1]"
private let (pro, con) = ("[0.46, 0.5]", "[1.5, 1.6]")

/// Returns the base ledger without its findings, with an additional leaf question on the bridge's general model.
private func ledger(_ text: String, testedBy: String = "skill") -> TestLedger {
    var ledger = baseLedger
    ledger.files.removeAll { $0.path.hasPrefix("Findings/") }
    return ledger
        + TestLedger(
            """
            --- Claims/real/question.yaml
            question: Does R1 share dimensions?
            why: It is the north star's.
            quantity: dims
            yes: [0.45, 0.55]
            covers: {model: [r1]}
            --- Claims/vocabulary/assumptions/toy-is-r1.yaml
            statement: Feature sharing in the toy is the sharing in R1.
            bridge: {from: [toy], to: [r1]}
            tested_by: \(testedBy)

            """ + text)
}

private func bridges(_ answer: Answer?) -> [String] {
    (answer?.bridges ?? []).map {
        "\($0.assumption) \($0.status) \($0.toys.map(\.slug)) \($0.generals.map(\.slug))"
    }
}

@Suite struct BridgeTests {
    /// The side of a toy claim is shown over the bridge, but the answer does not count it.
    @Test func aBridgeShowsTheSideOfAToyClaim() {
        let merge = ledger(finding("half", dims(pro, assumed))).merge()
        #expect(
            outline(merge.answers()["real"]) == """
                open (reported only; toys only; 0 of 1 cells)
                verified open, general open, special open
                half#1 pro, over toy-is-r1
                assuming []
                """)
        #expect(bridges(merge.answers()["real"]) == ["toy-is-r1 untested [\"half\"] []"])
        // The claim answers its own leaf question without a bridge.
        #expect(outline(merge.answers()["toy"]).contains("\nhalf#1 pro\n"))
    }

    @Test func carriesNothingWithoutABridge() {
        let merge = ledger(finding("half", dims(pro))).merge()
        #expect(outline(merge.answers()["real"]).hasPrefix("open (no claims; 0 of 1 cells)"))
    }

    /// Across a bridge, a claim answers a question only for settings that it covers.
    @Test func aBridgeCarriesOnlyToCoveredSettings() {
        let dense =
            "--- Claims/dense/question.yaml\nquestion: Dense?\nwhy: It is.\nquantity: dims\nyes: [0.45, 0.55]\ncovers: {model: [r1], density: [0.9]}\n"
        let merge = ledger(dense + finding("half", dims(pro, assumed))).merge()
        #expect(outline(merge.answers()["dense"]).hasPrefix("open (no claims"))
    }

    @Test func aBridgeHoldsIfGeneralClaimsAgree() {
        let merge = ledger(finding("half", dims(pro, assumed)) + finding("general", dims(pro, model: "r1"))).merge()
        #expect(bridges(merge.answers()["real"]) == ["toy-is-r1 holds [\"half\"] [\"general\"]"])
        #expect(outline(merge.answers()["real"]).hasPrefix("supported"))
    }

    @Test func aBridgeFailsIfGeneralClaimsTakeTheOtherSide() {
        let merge = ledger(finding("half", dims(pro, assumed)) + finding("general", dims(con, model: "r1"))).merge()
        #expect(bridges(merge.answers()["real"]) == ["toy-is-r1 fails [\"half\"] [\"general\"]"])
        #expect(
            outline(merge.answers()["real"]) == """
                refuted (reported only; 1 of 2 on general models; 1 of 1 cells)
                verified open, general refuted, special open
                general#1 con
                half#1 pro, over toy-is-r1
                assuming [[]]
                """)
        // If a bridge fails, a claim across this bridge attacks no other claim.
        #expect(merge.members.allSatisfy { merge.attackOutcome.status(of: $0) == .in })
        #expect(merge.tasks(today: TestLedger.today).contains { $0.id == "why-differ:real/toy-is-r1" })
    }

    @Test func aBridgeIsContestedIfGeneralClaimsAreUndecided() {
        let merge = ledger(
            finding("half", dims(pro, assumed)) + finding("one", dims(pro, model: "r1"))
                + finding("two", dims(con, model: "r1"))
        ).merge()
        #expect(bridges(merge.answers()["real"]) == ["toy-is-r1 contested [\"half\"] [\"one\", \"two\"]"])
        #expect(
            MergeReport(merge).written().contains(
                "bridges: toy-is-r1 contested by one#1 and two#1 (1 toy claim for yes)"))
    }

    /// Claims on general models decide the answer, even if they are only reported while the toy claim is verified.
    @Test func aVerifiedToyClaimDefeatsNoGeneralClaim() throws {
        var ledger = ledger(finding("half", dims(pro, assumed)) + finding("general", dims(con, model: "r1")))
        try ledger.addRuns(of: "half", Array(repeating: 0.48, count: 8))
        #expect(ledger.merge().answers()["real"]?.status == .refuted)
    }

    /// If a claim could answer the question that tests its bridge, it would support its own bridge.
    @Test func aBridgeCarriesNothingToItsOwnTest() {
        for tests in ["real", "."] {
            let merge = ledger(finding("half", dims(pro, assumed)), testedBy: tests).merge()
            #expect(outline(merge.answers()["real"]).hasPrefix("open (no claims; 0 of 1 cells)"))
        }
    }

    @Test func aRefutedBridgeDefeatsItsClaims() {
        let merge = ledger(
            finding("half", dims(pro, assumed)) + finding("general", dims(con, model: "r1")), testedBy: "real"
        ).merge()
        #expect(merge.attackOutcome.failedAssumptions == ["toy-is-r1"])
        #expect(outline(merge.answers()["toy"]).contains("half#1 pro, out\n"))
    }

    // MARK: Numbers of models

    private func shown(_ id: String, _ merge: Merge, _ title: String) -> [String] {
        RecordView(id, in: merge)?.sections.first { $0.title == title }?.lines ?? []
    }

    @Test func countsTheModelsForWhichAQuestionHolds() throws {
        let merge = ledger(
            finding("half", dims(pro, assumed)) + finding("one", dims(pro, model: "[r1, cd3b]"))
                + finding("two", dims(con, model: "cd3b", density: "0.9"))
                + finding("silent", dims("[0, 2]", model: "r1"))
        ).merge()
        #expect(
            shown("toy", merge, "models") == ["holds at 3 models: cd3b, r1 and toy", "does not hold at 1 model: cd3b"])
        // Only models that the question covers are counted, so the toy model is not.
        #expect(shown("real", merge, "models") == ["holds at 1 model: r1", "does not hold at 0 models"])
        #expect(shown("skill", merge, "models") == [])
        let text = try #require(RecordView("toy", in: merge)).written("json")
        #expect(
            text.contains(
                "\"models\" : {\n    \"con\" : [\n      \"cd3b\"\n    ],\n    \"pro\" : [\n      \"cd3b\",\n      \"r1\",\n      \"toy\"\n    ]\n  }"
            ))
        #expect(try !#require(RecordView("skill", in: merge)).written("json").contains("\"models\""))
        #expect(try #require(RecordView("skill/order", in: merge)).written("json").contains("\"pro\" : [\n\n    ]"))
    }

    @Test func onlyClaimsThatAreInCountForModels() {
        let merge = ledger(finding("one", dims(pro, model: "r1")) + finding("two", dims(con, model: "r1"))).merge()
        #expect(shown("real", merge, "models") == [])
    }

    @Test func refutingRunsCountAgainstTheQuestion() throws {
        var ledger = ledger(finding("half", dims(pro)))
        try ledger.addRuns(of: "half", Array(repeating: 1, count: 8))
        // The refuted range is narrower than the question's `yes` range, so it decides nothing.
        #expect(shown("toy", ledger.merge(), "models") == [])
        ledger = BridgeTests.wide
        try ledger.addRuns(of: "half", Array(repeating: 1, count: 8))
        #expect(shown("toy", ledger.merge(), "models") == ["holds at 0 models", "does not hold at 1 model: toy"])
    }

    private static let wide = ledger(finding("half", dims("[0.4, 0.6]")))

    @Test func countsAgreeingClaimsOfAToyModel() {
        let merge = ledger(
            finding("half", dims(pro, assumed)) + finding("other", dims(con, density: "0.9", assumed))
                + finding("general", dims(pro, model: "r1"))
        ).merge()
        let report = merge.state.models["toy"].map { ToyModelReport($0, merge) }
        #expect(report?.agreementPhrase == "1 of 2 claims agrees with general models, 1 differs")
        #expect(report?.claims.map { "\($0.row.id) \($0.general)" } == ["half#1 agrees", "other#1 differs"])
    }
}
