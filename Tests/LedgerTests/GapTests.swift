import Checking
import Merging
import Records
import Testing

/// Tests what the merge reports as missing: claims without a question, and behaviours without a toy model.
@Suite struct GapTests {
    private func question(_ id: String, _ more: String = "") -> String {
        "--- Claims/\(id)/question.yaml\nquestion: What of \(id)?\nwhy: It is a part.\n\(more)\n"
    }

    private let leaf = "quantity: dims\nyes: [0.45, 0.55]"

    private func behaviours(_ text: String) -> [String] {
        let ledger = baseLedger + TestLedger(text)
        #expect(ledger.check().diagnostics.filter { $0.severity == .error } == [])
        return ledger.merge().behavioursWithoutToy()
    }

    /// The toy model abstracts `toy`, but neither `skill` nor a question below it.
    @Test func questionWithLeavesIsABehaviour() {
        #expect(baseLedger.merge().behavioursWithoutToy() == ["skill"])
    }

    @Test func onlyActiveQuestionsAreBehaviours() {
        #expect(
            behaviours(
                question("proposed", "status: proposed") + question("proposed/a", leaf)
                    + question("idle") + question("idle/a", leaf + "\nstatus: proposed")
                    + question("retired", "status: retired\nreason: Nobody asks.") + question("retired/b")
                    + question("retired/b/c", leaf)) == ["skill"])
    }

    @Test func aLeafDirectlyBelowTheNorthStarIsABehaviour() {
        #expect(behaviours(question("alone", leaf)) == ["alone", "skill"])
    }

    /// `area` only groups questions; `area/x` and `area/y` have leaves.
    @Test func aToyModelCoversParentsAndParts() {
        let tree =
            question("area") + question("area/x") + question("area/x/a", leaf) + question("area/y")
            + question("area/y/b", leaf)
        func model(_ abstracts: String) -> String {
            """
            --- Verifiers/second/model.yaml
            title: Another toy model
            contributors: [A. Handle]
            abstracts: \(abstracts)
            kernel: toy
            config: {features: 20}
            budget: {minutes: 2, memory_gib: 1}

            """
        }
        #expect(behaviours(tree) == ["area/x", "area/y", "skill"])
        #expect(behaviours(tree + model("area/x")) == ["area/y", "skill"])
        #expect(behaviours(tree + model("area/x/a")) == ["area/y", "skill"])
        #expect(behaviours(tree + model("area")) == ["skill"])
        #expect(
            behaviours(tree + model(".")) == ["area/x", "area/y", "skill"],
            "the root question is not a single behaviour")
    }

    @Test func questionsListedInAlsoUnderDoNotCount() {
        #expect(
            behaviours(question("other") + question("other/leaf", leaf + "\nalso_under: [skill]")) == [
                "other", "skill",
            ])
        // The toy model abstracts `toy`, which is listed under `skill` but is not a part of it.
        #expect(
            behaviours(
                question("toy", leaf + "\ncovers: {density: [0.3, 0.9]}\nalso_under: [skill]")) == ["skill"])
    }

    @Test func listsClaimsOnWhichNoQuestionAsks() {
        let ledger =
            baseLedger
            + TestLedger(finding("new", "  - {quantity: dims, value: [0.9, 1], tested: {model: toy, density: 0.05}}"))
        #expect(ledger.merge().unaskedClaims().map(\.description) == ["new#1"])
    }
}
