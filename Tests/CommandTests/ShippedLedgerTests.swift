import Foundation
import Testing

/// Tests the results of the shipped ledger for findings that seem to disagree.
@Suite struct ShippedLedgerTests {
    let report: JSON

    init() throws { report = try ShippedLedger.conflicts() }

    private func quantity(_ slug: String) -> JSON { report["quantities"].first("quantity", slug) }

    /// Returns each near miss as `a b [differing conditions]`, and each conflict with its class.
    private func nearMisses(_ found: JSON) -> [String] {
        found["near_misses"].items.map { "\($0["a"]) \($0["b"]) \($0["differs"])" }
    }
    private func conflicts(_ found: JSON) -> [String] {
        found["pairs"].items.map { "\($0["a"]) \($0["b"]) \($0["class"]) \($0["differs"])" }
    }

    @Test func hasNoErrors() throws {
        let check = try ShippedLedger.unchanged().run("check", "--format", "json")
        #expect(check.status == 0)
        let report = try check.json()
        #expect(report["diagnostics"].items.filter { $0["severity"].text == "error" }.isEmpty)
        // At most two fifths of the claims rest on sources that no contributor says to have read.
        let claims = try #require(report["counts"]["claims"].number)
        let unread = try #require(report["counts"]["unread_claims"].number)
        #expect(unread > 0 && unread <= 0.4 * claims)
    }

    /// For one of the toy models, the control measures trained networks.
    @Test func drawsEveryToyModel() throws {
        let ledger = try ShippedLedger.unchanged()
        let models = ledger.names(in: "Verifiers")
        #expect(models.contains("othello-16-moves"))
        let programs = ledger.names(in: "Kernels")
        for model in models {
            let record = try ledger.read("Verifiers/\(model)/model.yaml")
            // The programs of contributors train nothing.
            let isTrained = !programs.contains { record.contains("\nkernel: \($0)\n") }
            let shown = try ledger.run("show", model).output
            #expect(shown.contains("\n  trained networks\n") == isTrained, "\(model): \(shown)")
        }
    }

    @Test func fewerAndFewerVerificationHeadsSuffice() {
        let found = quantity("verification-heads-needed")
        #expect(
            found["refinements"].description
                == "[{chain: [verification-heads-27#1, verification-heads-6#1, verification-heads-3#1], tightest: verification-heads-3#1}]"
        )
        #expect(found["home"].text == "verification/heads/few")
        #expect(conflicts(found) == [])
        #expect(nearMisses(found) == [])
        #expect(!report["superseded"].items.contains { $0["claim"].text.hasPrefix("verification-heads") })
    }

    @Test func boardIsLinearInAnotherEncoding() {
        let found = quantity("board-linearity")
        #expect(conflicts(found) == [])
        #expect(
            nearMisses(found) == [
                "othello-6x6#1 othello-nonlinear-board#1 [encoding, model, model.size]",
                "othello-linear-board#1 othello-nonlinear-board#1 [encoding]",
            ])
        #expect(
            found["sides"].description == "[[othello-6x6#1, othello-linear-board#1], [othello-nonlinear-board#1]]")
        #expect(found["explanations"].description == "[[encoding]]")
        #expect(found["core"].description == "[encoding]")
        #expect(found["unexplained"].description == "[]")
        #expect(found["home"].text == "search/world-model")
    }

    /// A toy model and a 3B model have findings on one quantity, and the toy model's label makes them comparable. Their
    /// interventions changed different tokens.
    @Test func verdictIsReadableAtOneTokenOnly() {
        let found = quantity("verdict-decodability")
        #expect(conflicts(found) == [])
        #expect(
            nearMisses(found) == [
                "countdown-toy-onset#1 countdown-toy-onset#2 [position]",
                "countdown-toy-onset#2 steering-verification-vectors#1 [assume:cd3b-verifies-like-r1, assume:probe-code-trains-a-probe, assume:target-in-context, layer, model, position, probe]",
            ])
        #expect(found["explanations"].description == "[[position]]")
        #expect(found["home"].text == "verification/signal")
    }

    /// The paper has a number for each layer but no uncertainty, so it only leans to the side of the toy model.
    @Test func encodingGainIsSharedByPapersAndToy() throws {
        #expect(!report["quantities"].items.contains { $0["quantity"].text == "encoding-gain" })
        let questions = try ShippedLedger.questions()
        let question = questions.first("id", "search/world-model/encoding-gain")
        #expect(question["status"].text == "supported")
        #expect(question["leans"].description == "{no: 0, yes: 8}")
        #expect(
            question["claims"].items.filter { $0["side"].text == "pro" }.map { "\($0["claim"]) \($0["model"])" } == [
                "othello-toy-by-owner#2 toy"
            ])
    }

    @Test(arguments: [
        ("base-models-know-how-v1", "base-models-know-how-v4", "training-teaches-when"),
        ("reasoning-features-falsified-v1", "reasoning-features-falsified-later", "features-follow-wording"),
    ]) func namesFindingsThatBuildOnAnOldVersion(_ old: String, _ new: String, _ builder: String) {
        let superseded = report["superseded"].items.filter { $0["claim"].text.hasPrefix(old + "#") }
        #expect(!superseded.isEmpty)
        for item in superseded {
            #expect(item["by"].text == new)
            #expect(item["builds_on"].texts.contains(builder))
        }
        let compared = report["quantities"].items.flatMap { $0["pairs"].items + $0["near_misses"].items }
        #expect(!compared.contains { $0["a"].text.hasPrefix(old + "#") || $0["b"].text.hasPrefix(old + "#") })
    }

    @Test func emergenceOfVerificationDependsOnSize() {
        let found = quantity("verification-emergence")
        #expect(
            nearMisses(found) == [
                "tinyzero#1 tinyzero#2 [model, model.size]",
                "tinyzero#2 tinyzero#3 [model, model.size]",
                "tinyzero#2 tinyzero#6 [model, model.size]",
            ])
        #expect(found["explanations"].description == "[[model], [model.size]]")
        #expect(
            conflicts(found) == [
                "tinyzero#1 tinyzero-user-run#1 unrecorded []",
                "tinyzero#3 tinyzero-user-run#1 unrecorded []",
                "tinyzero#6 tinyzero-user-run#1 unrecorded []",
            ])
        #expect(
            found["unexplained"].description
                == "[[tinyzero#1, tinyzero-user-run#1], [tinyzero#3, tinyzero-user-run#1], [tinyzero#6, tinyzero-user-run#1]]"
        )
    }

    @Test func trainingGainDependsOnFamilyAndPriming() {
        let found = quantity("rl-self-improvement")
        #expect(conflicts(found) == [])
        #expect(
            nearMisses(found) == [
                "countdown-toy-reward#2 four-habits#2 [model, priming]",
                "four-habits#1 four-habits#2 [model, model.family]",
                "four-habits#2 four-habits#3 [priming]",
                "four-habits#2 tinyzero#5 [model, model.family]",
            ])
        #expect(found["explanations"].description == "[[model.family, priming], [model, priming]]")
        #expect(found["core"].description == "[priming]")
    }

    @Test func originOfReflectionDependsOnTraining() {
        let found = quantity("reflection-origin")
        #expect(conflicts(found) == [])
        let near = found["near_misses"].items
        #expect(
            Set(near.flatMap { [$0["a"].text, $0["b"].text] }) == [
                "backtracking-direction-in-base#3", "four-habits#5", "no-aha-moment#1", "tinyzero#4",
                "understanding-r1-zero#1",
            ])
        #expect(near.count == 4)
        #expect(near.allSatisfy { Set($0["differs"].texts).isSuperset(of: ["model", "model.training"]) })
        #expect(found["explanations"].description == "[[model.training], [model]]")
    }

    /// Reflection that steering adds helps; reflection that the model shows by itself can be left out.
    @Test func studiesOfReconsiderationAreAboutDifferentParts() {
        let found = quantity("reconsideration-benefit")
        #expect(conflicts(found) == [])
        #expect(found["near_misses"].items.count == 12)
        #expect(found["near_misses"].items.allSatisfy { $0["class"].text == "scope" })
        #expect(found["explanations"].description == "[[model]]")
        #expect(found["sides"].items.count == 2)
    }

    @Test func fourDifferencesEachExplainTheKindOfHead() {
        let found = quantity("verification-head-kind")
        #expect(
            nearMisses(found) == [
                "validation-gap#1 verification-heads-3#2 [assume:target-in-context, model, model.training, task]"
            ])
        #expect(
            Set(found["explanations"].items.map(\.description)) == [
                "[assume:target-in-context]", "[model]", "[model.training]", "[task]",
            ])
    }

    @Test(arguments: [
        ("answer-settled", "[[task]]"), ("reflection-part-in-base", "[[feature-class]]"),
        ("features-per-dimension", "[[model], [model.size]]"), ("length-bias", "[[algorithm]]"),
        ("backtracking-induced", "[[model], [model.training]]"),
    ]) func explainsANearMiss(_ slug: String, _ explanations: String) {
        let found = quantity(slug)
        #expect(conflicts(found) == [])
        #expect(found["near_misses"].items.count == 1)
        #expect(found["explanations"].description == explanations)
    }

    /// Several quantities of one construct are listed together, but they are neither compared nor pooled.
    @Test(arguments: [
        ("cot-faithfulness", ["hint-mention-rate", "cue-description-rate", "unfaithful-pair-rate"]),
        ("board-readout", ["board-probe-error", "readout-comparison"]),
        ("world-model", ["board-algorithm", "unsupervised-grounding"]),
        ("hidden-correctness", ["verdict-decodability", "answer-correctness-decodability"]),
    ]) func listsAConstructTogether(_ name: String, _ quantities: [String]) {
        let construct = report["constructs"].first("construct", name)
        #expect(Set(construct["quantities"].texts).isSuperset(of: quantities))
        #expect(construct.keys == ["claims", "construct", "quantities"])
        #expect(!construct["claims"].items.isEmpty)
    }

    @Test func omitsPlannedFindings() throws {
        let planned = [
            "earliest-verdict", "filler-tokens-in-r1", "hybrid-steering-on-countdown",
            "reflection-features-token-control",
        ]
        let claims = try ShippedLedger.questions().items
            .flatMap { $0["claims"].items.map(\.["claim"].text) }
        #expect(!claims.isEmpty)
        #expect(!claims.contains { claim in planned.contains { claim.hasPrefix($0 + "#") } })
    }
}
