import Foundation
import Testing

/// Tests the answers of the shipped ledger, and pairs of findings that must not be mistaken for contradictions.
@Suite struct ShippedQuestionsTests {
    let report: JSON
    let questions: JSON

    init() throws {
        report = try ShippedLedger.conflicts()
        questions = try ShippedLedger.questions()
    }

    private func pair(_ slug: String, _ a: String, _ b: String) -> JSON {
        let found = report["quantities"].first("quantity", slug)
        let pairs = found["near_misses"].items + found["pairs"].items
        return pairs.first { $0["a"].text == a && $0["b"].text == b } ?? JSON(NSNull())
    }

    private func answer(_ id: String) -> String {
        let question = questions.first("id", id)
        return "\(question["status"]), general \(question["general"]), special \(question["special"])"
    }

    @Test func mergeAnswersEveryQuestion() {
        #expect(questions.items[0]["id"].text == ".")
        #expect(answer(".") == "open, general open, special open")
        #expect(answer("verification") == "open, general open, special answered")
        #expect(answer("search") == "open, general open, special open")
        #expect(answer("chain-of-thought") == "open, general open, special open")
        #expect(answer("verification/heads") == "open, general open, special answered")
        #expect(answer("verification/heads/few") == "supported, general open, special supported")
        #expect(answer("search/world-model/board-linear") == "depends, general open, special depends")
        #expect(answer("search/world-model/board-linear-mine") == "supported, general open, special supported")
        #expect(answer("origin/emergence") == "depends, general open, special depends")
        #expect(answer("origin/base-models/superficial") == "refuted, general open, special refuted")
        #expect(answer("transfer/superposition") == "open, general open, special open")
        // One question depends on evidence from another commit, and the other question is proposed. Both are open
        // because neither has a claim.
        #expect(questions.first("id", "verification/heads/off-task")["phrase"].text == "open (no claims; 0 of 1 cells)")
    }

    /// A toy model refutes it for toy models; for R1 the question stays open.
    @Test func aToyModelSettlesNoQuestionOfR1() {
        #expect(answer("verification/signal/earliest") == "open, general open, special refuted")
    }

    @Test func everyQuestionSaysWhatItAsks() {
        let asks = Dictionary(grouping: questions.items, by: { $0["asks"].text }).mapValues {
            Set($0.map(\.["id"].text))
        }
        #expect(
            asks["general"]?.isSuperset(of: [".", "verification", "search", "chain-of-thought/faithfulness/hints"])
                == true)
        #expect(asks["special"]?.isSuperset(of: ["search/world-model/readout", "verification/learned"]) == true)
        #expect(
            asks["either"] == [
                "origin/improvement", "origin/length", "origin/length/bias", "origin/length/cause", "origin/primed",
                "origin/priming", "origin/source", "traces", "traces/labels", "traces/labels/backtracking",
                "traces/labels/backward-chaining", "traces/labels/subgoal-setting", "traces/labels/verification",
                "verification/arithmetic",
            ])
    }

    /// Questions of the founding text of ARBOR; those at the end have no finding yet.
    @Test(arguments: [
        ("search/stopping", "open"), ("search/next-step/kind", "supported"),
        ("chain-of-thought/difficulty", "answered"),
        ("chain-of-thought/reconsideration/aha", "supported"),
        ("chain-of-thought/reconsideration/better-after-aha", "open"), ("search/kind", "open"), ("search/tree", "open"),
        ("origin/base-models/divergence", "open"), ("origin/base-models/given-chain", "open"),
    ]) func founderQuestionsAreAsked(_ id: String, _ status: String) {
        #expect(questions.first("id", id)["general"].text == status)
    }

    /// Spontaneous reflection after the first answer confirms it; reflection that was added by steering helps.
    @Test(arguments: [
        ("reconsideration-vector-math500#1", "reflections-confirm#2"),
        ("reflection-features-v2#1", "reflections-confirm#2"),
    ]) func spontaneousAndSteeredReflectionAreDifferentParts(_ a: String, _ b: String) {
        let found = pair("reconsideration-benefit", a, b)
        #expect(found["class"].text == "scope")
        #expect(Set(found["differs"].texts).isSuperset(of: ["direction", "method", "model"]))
    }

    /// The mistake of a survey is one claim, and rates of hints that two teams scored have no interval.
    @Test(arguments: ["citation-of-probe-class", "hint-mention-rate"]) func isNoDisagreement(_ quantity: String) {
        #expect(!report["quantities"].items.contains { $0["quantity"].text == quantity })
    }

    /// A base model holds a direction for backtracking and no sparse feature for reflection.
    @Test func aPartInTheBaseModelDependsOnTheClassOfFeature() {
        let found = pair("reflection-part-in-base", "backtracking-direction-in-base#5", "reflection-features-v2#4")
        #expect(found["class"].text == "scope")
        #expect(found["differs"].description == "[feature-class]")
    }

    @Test(arguments: [
        ("turning-points#1", "reasoning-theater"), ("reflection-features#1", "reflection-features-v2"),
        ("reflection-features#5", "reflection-features-v2"),
    ]) func aNewerAccountReplacesAnOlderOne(_ old: String, _ new: String) {
        let item = report["superseded"].first("claim", old)
        #expect(item["by"].text == new)
        #expect(item["obstacle"].description == "null")
    }

    /// The features of both studies were chosen by words of reasoning.
    @Test func steeringOfReasoningFeaturesIsInConflict() {
        let found = pair(
            "feature-steering-benefit", "reasoning-features-falsified-later#3", "reflection-features-v2#5")
        #expect(found["class"].text == "assumption")
    }

    /// CD3B knows countdown only, and a distilled model is not trained by reward.
    @Test func decidingRunsArePossible() {
        let kind = report["quantities"].first("quantity", "verification-head-kind")["deciding_run"]
        #expect(kind["base"].text == "verification-heads-3#2")
        #expect(report["quantities"].first("quantity", "reasoning-boundary")["deciding_run"].description == "null")
    }

    /// Faults of the probe code doubt the assumptions of the findings that rest on it.
    @Test(arguments: [
        ("verification-at-last-number#1", "positions-are-located-right is doubted by verify-circuit-code#1"),
        ("steering-verification-vectors#1", "probe-code-trains-a-probe is doubted by verify-circuit-code#2"),
        (
            "reflection-features-v2#1",
            "contrastive-features-are-parts is doubted by reasoning-features-falsified-later#2"
        ),
        ("training-teaches-when#1", "recovered-gap-is-timing is doubted by base-models-know-how-v4#5"),
        ("othello-linear-board#20", "untrained-networks-are-alike is doubted by othello-nonlinear-board#18"),
    ]) func doubtIsFiledAgainstWhatItUndercuts(_ claim: String, _ doubt: String) throws {
        let text = try ShippedLedger.mergedText()
        let entry = try #require(text.components(separatedBy: " \(claim) ").dropFirst().first?.prefix(300))
        #expect(entry.contains(doubt), "\(entry)")
    }
}
