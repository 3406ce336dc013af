import Foundation
import Testing

/// Votes, proposals, retirements and moves are ordinary commits: hooks accept them, and they change no results.
@Suite struct CommunityTests {
    /// The example with a verified claim, committed receipts, and the hook installed.
    private func audited() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        guard try ledger.run("verify").status == 0 else { throw Failure(description: "verify failed") }
        try ledger.commit("Audit")
        guard try ledger.run("hook", "install").status == 0 else { throw Failure(description: "no hook") }
        return ledger
    }

    private func vote(_ weight: Int, _ reason: String) -> String {
        "weight: \(weight)\nreason: \(reason)\ndate: 2026-01-05\n"
    }

    private func question(_ text: String, _ more: String = "") -> String {
        "question: \(text)\nwhy: It is a part.\n\(more)"
    }

    /// Returns every claim with its side and its evidence, without the place of its question in the tree.
    private func claims(_ ledger: TemporaryLedger) throws -> [String] {
        try ledger.run("merge", "--format", "json").json()["questions"].items.flatMap { $0["claims"].items }
            .map(\.description)
    }

    @Test func votesNeverConflict() throws {
        let ledger = try audited()
        for (branch, handle, weight) in [("one", "ada", 8), ("two", "bert", 3)] {
            try ledger.git("checkout", "-q", "-b", branch, "main")
            try ledger.write("Claims/superposition/votes/\(handle).yaml", vote(weight, "It comes first."))
            try ledger.commit("Vote")
        }
        try ledger.git("checkout", "-q", "main")
        try ledger.git("merge", "-q", "one")
        try ledger.git("merge", "-q", "--no-edit", "two")
        #expect(try ledger.run("check").status == 0)
        let text = try ledger.run("show", "superposition").output
        #expect(text.contains("votes\n    11 in 2 votes\n    8: It comes first. (ada, 2026-01-05)\n    3: "))
        let votes = try ledger.run("show", "superposition", "--format", "json").json()["votes"]
        #expect(votes["sum"].number == 11)
        #expect(votes["votes"].items.map(\.["handle"].text) == ["ada", "bert"])
    }

    @Test func hookRejectsAWrongVote() throws {
        let ledger = try audited()
        try ledger.write("Claims/superposition/votes/ada.yaml", vote(11, "Very much."))
        try ledger.git("add", "-A")
        let refused = try ledger.tryGit(["commit", "-q", "-m", "Vote"])
        #expect(refused.status == 1)
        #expect(refused.description.contains("\"weight\" must be a whole number from 0 to 10, not 11"))
    }

    @Test func acceptsProposedAndRetiredQuestions() throws {
        let ledger = try audited()
        let before = try claims(ledger)
        try ledger.write("Claims/other/question.yaml", question("Something else?", "status: proposed\n"))
        try ledger.commit("Propose a question")
        #expect(try claims(ledger) == before)
        try ledger.write("Claims/other/question.yaml", question("Something else?"))
        try ledger.commit("Take it up")
        try ledger.write(
            "Claims/other/question.yaml",
            question("Something else?", "status: retired\nreason: Nobody asks any more.\n"))
        try ledger.commit("Retire it")
        #expect(try claims(ledger) == before)
        #expect(try ledger.run("check").status == 0)
        #expect(try ledger.run("merge").output.contains("  Something else?\n    retired\n"))
        #expect(try ledger.git("diff", "--stat", "HEAD~3", "--", "Findings").isEmpty)
    }

    @Test func findingsSurviveAMovedQuestion() throws {
        let ledger = try audited()
        try ledger.write("Claims/superposition/votes/ada.yaml", vote(8, "It comes first."))
        try ledger.write("Claims/other/question.yaml", question("Something else?"))
        try ledger.write("Claims/more/question.yaml", question("Something more?", "also_under: [other]\n"))
        try ledger.write(
            "Claims/vocabulary/assumptions/tested.yaml", "statement: A question tests it.\ntested_by: superposition\n")
        try ledger.commit("Ask more")
        let before = try claims(ledger)
        #expect(before.count == 1 && before[0].contains("verdict: verified"))

        try ledger.write("Claims/internals/question.yaml", question("What is inside?"))
        try ledger.git("mv", "Claims/superposition", "Claims/internals/superposition")
        try ledger.git("mv", "Claims/other", "Claims/internals/other")
        try ledger.git("add", "-A")
        let refused = try ledger.tryGit(["commit", "-q", "-m", "Move"])
        #expect(refused.status == 1)
        let remedy = "write \"internals/superposition\", the only question with that name"
        let found = try ledger.run("check", "--format", "json").json()["diagnostics"].items
            .filter { $0["severity"].text == "error" }.map { "\($0["path"]) \($0["fix"])" }
        #expect(
            found == [
                "Claims/more/question.yaml write \"internals/other\", the only question with that name",
                "Claims/vocabulary/assumptions/tested.yaml \(remedy)", "\(modelFile) \(remedy)",
            ])
        try ledger.edit(modelFile, "abstracts: superposition", "abstracts: internals/superposition")
        try ledger.edit("Claims/vocabulary/assumptions/tested.yaml", "by: superposition", "by: internals/superposition")
        try ledger.edit("Claims/more/question.yaml", "[other]", "[internals/other]")
        try ledger.commit("Move what is inside below one question")

        #expect(try ledger.run("check").status == 0)
        #expect(try claims(ledger) == before)
        #expect(try ledger.git("diff", "--stat", "HEAD~1", "--", "Findings", receiptsFolder).isEmpty)
        #expect(try ledger.run("show", "internals/superposition").output.contains("8 in 1 vote\n"))
    }

    @Test func suggestsTheNewPathOfAMisplacedVote() throws {
        let ledger = try audited()
        try ledger.write("Claims/internals/question.yaml", question("What is inside?"))
        try ledger.git("mv", "Claims/superposition", "Claims/internals/superposition")
        try ledger.edit(modelFile, "abstracts: superposition", "abstracts: internals/superposition")
        try ledger.write("Claims/superposition/votes/ada.yaml", vote(8, "It comes first."))
        expect(
            try ledger.run("check"),
            says: """
                Claims/superposition/votes/ada.yaml
                  1:1     error   [unknown-question]
                          the vote is on the unknown question "superposition"
                          -> move it to Claims/internals/superposition/votes/

                1 finding, 1 claim, 3 questions, 1 verifier: 1 error, 0 warnings
                exit 1

                """)
    }

    @Test func mergeListsClaimsWithoutAQuestionAndBehavioursWithoutAToyModel() throws {
        let ledger = try audited()
        try ledger.write(
            "Findings/dense.yaml",
            finding("Dense", value: "[0.9, 1.1]", tested: "{model: superposition-geometry, density: 1}"))
        try ledger.write("Claims/other/question.yaml", question("Something else?"))
        try ledger.write(
            "Claims/other/leaf/question.yaml",
            question("How much?", "quantity: dimensions-per-feature\nyes: [0.9, 1.1]\ncovers: {density: [0.1]}\n"))
        let report = try ledger.run("merge", "--format", "json").json()
        #expect(report["unasked_claims"].texts == ["dense#1"])
        #expect(report["behaviours_without_toy"].texts == ["other"])
        let text = try ledger.run("merge").output
        #expect(text.contains("\nClaims on which no question asks\n  dense#1\n"))
        #expect(text.contains("\nBehaviours without a toy model\n  other\n"))
    }
}
