import Foundation
import Testing

@Suite struct DiffTests {
    private let whole = finding("Features take a whole dimension each", value: "[0.9, 1.1]")

    @Test func comparesTwoCommits() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/whole.yaml", whole)
        try ledger.commit("Disagree")
        expect(
            try ledger.run("diff", "HEAD~1", "main"),
            says: """
                1 finding changed.

                \(contradictionOutput(by: "whole"))
                """)
        let backwards = try ledger.run("diff", "main", "HEAD~1", "--format", "json").json()
        #expect(
            backwards.keys == ["basis", "claims", "files", "from", "pairs", "questions", "superseded", "to"])
        #expect(backwards["from"].text == (try ledger.git("rev-parse", "main")))
        #expect(backwards["pairs"]["end"].items.map(\.["kind"].text) == ["conflict"])
        #expect(backwards["claims"].items.map(\.["change"].text) == ["changed", "gone"])
        #expect(
            backwards["questions"].first("id", "superposition")["causes"].description
                == "[{change: gone, moved_from: null, path: Findings/whole.yaml}]")
    }

    @Test func comparesWithTheWorkTree() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("diff", "HEAD"),
            says: "No record file differs.\n\n  nothing in the merged tree changes\n")
        try ledger.edit(exampleFinding, "title: ", "title: Once more, ")
        expect(
            try ledger.run("diff", "HEAD"),
            says: "1 finding changed.\n\n  nothing in the merged tree changes\n")
        try ledger.git("mv", exampleFinding, "Findings/broken.yaml")
        try ledger.edit("Findings/broken.yaml", "quantity: ", "quantity: no-")
        let printed = try ledger.run("diff", "HEAD")
        #expect(
            printed.errors
                == "arbor-ledger: 1 file of the work tree with errors left out; see `arbor-ledger check`\n")
        #expect(printed.output.contains("- half-a-dimension#1"))
        #expect(try ledger.run("diff", "HEAD", "nope").status == 64)
        try ledger.git("clone", "-q", "--bare", ".", "\(ledger.root)/bare")
        let bare = try ledger.run(["diff", "main"], in: "\(ledger.root)/bare")
        #expect(bare.errors == "arbor-ledger: a bare repository has no work tree\n  -> name two commits: diff A B\n")
    }

    /// Receipts change a verdict only once they are on the audit branch.
    @Test func eachStateCountsItsOwnReceipts() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        #expect(!(try ledger.run("diff", "HEAD").output.contains("verified")))
        try ledger.git("checkout", "-q", "-b", "offered")
        try ledger.commit("Receipts")
        #expect(try ledger.run("diff", "main", "offered").output.contains("nothing in the merged tree changes"))
        let preview = try ledger.run(["merge", "main"])
        #expect(preview.output == "HEAD already contains main.\n")
        try ledger.git("checkout", "-q", "main")
        // The receipts count after the merge.
        let merged = try ledger.run(["merge", "offered"])
        #expect(merged.output.contains("reported -> own run\n    by 2 new receipts of superposition-geometry\n"))
        try ledger.git("merge", "-q", "offered")
        let changes = try ledger.run("diff", "HEAD~1", "HEAD").output
        #expect(changes.contains("reported -> own run\n    by 2 new receipts of superposition-geometry\n"))
        // A receipt that was removed later still counts in the earlier state.
        try ledger.git("rm", "-rq", receiptsFolder)
        try ledger.commit("Remove them")
        #expect(try ledger.run("diff", "HEAD~2", "HEAD~1").output == changes)
        #expect(try ledger.run("diff", "HEAD~1", "HEAD").output.contains("own run -> reported"))
    }

    /// A change of the basis is listed even if it changes no conclusion.
    @Test func listsChangesOfWhatConclusionsRestOn() throws {
        let ledger = try TemporaryLedger.example()
        let quantity = "Claims/vocabulary/quantities/dimensions-per-feature.yaml"
        try ledger.write(
            ".arbor-ledger/signers",
            """
            ada@example.org namespaces="git" \
            ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBZ4qZjCYGjkBQ3fRTvOz6yj0rY2cXJ5y2NAdvT5MxFz

            """)
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        try ledger.edit(quantity, "range: [0, 2]", "range: [0, 3]")
        try ledger.edit(quantity, "definition: m", "definition: 2 m")
        try ledger.edit(exampleFinding, "[\"Ada <ada@example.org>\"]", "[Mallory]")
        try ledger.edit(exampleFinding, "All features", "Some features")
        try ledger.edit(
            exampleFinding, "    verify:",
            "    holds_for: {model: superposition-geometry, density: [0.1, 0.3]}\n    verify:")
        try ledger.edit(".arbor-ledger.yaml", "0.05", "0.5")
        let basis = """
            1 finding, 2 other files, 1 quantity and 1 toy model changed.

            Basis
              ~ quantity dimensions-per-feature
                its "range" is 0 to 3 instead of 0 to 2
              ~ quantity dimensions-per-feature
                its definition changed
              ~ claim half-a-dimension#1
                it holds for 2 settings instead of 1
              ~ finding half-a-dimension
                its contributors are Mallory instead of Ada <ada@example.org>
              ~ finding half-a-dimension
                its caveat "All features are equally important." was edited
              ~ toy model superposition-geometry
                its setting "steps" is 201 instead of 200
              ~ file .arbor-ledger.yaml
                its "alpha" is 0.5 instead of 0.05
              ~ file .arbor-ledger/signers
                it was added and it now lists ada@example.org with
                  SHA256:X76YxcoXeZ5ggW91wpy1vAXeIUB+ZOZRxNQCuqTiE2Q for git

            """
        expect(try ledger.run("diff", "HEAD"), says: basis)
        try ledger.commit("Change")
        expect(try ledger.run("diff", "HEAD~1", "HEAD"), says: basis)
        let entries = try ledger.run("diff", "HEAD~1", "HEAD", "--format", "json").json()["basis"].items
        #expect(
            entries.map(\.["kind"].text) == [
                "meaning", "definition", "scope", "contributors", "caveat", "verifier", "settings", "settings",
            ])
        let markdown = try ledger.run("diff", "HEAD~1", "HEAD", "--format", "markdown").output
        #expect(markdown.contains("**Changed: 8 basis changes.**"))
        #expect(markdown.contains("- **changed** quantity dimensions-per-feature<br>its definition changed\n"))
    }

    /// A changed toy model is listed with the claims whose runs no longer match it, and a retraction is listed with its
    /// claims.
    @Test func basisNamesTheClaimsWhoseRunsRestOnIt() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        try ledger.commit("Audit")
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        let output = try ledger.run("diff", "HEAD").output
        #expect(
            output.hasSuffix(
                """
                Basis
                  ~ toy model superposition-geometry
                    its setting "steps" is 201 instead of 200
                    recorded runs of half-a-dimension#1 rest on it

                """), "\(output)")
        try ledger.git("checkout", "-q", ".")
        try ledger.edit(exampleFinding, "claims:", "retracted: Wrong.\nclaims:")
        let retracted = try ledger.run("diff", "HEAD").output
        #expect(retracted.contains("- half-a-dimension#1\n    retracted; it said"), "\(retracted)")
        #expect(!retracted.contains("Basis"))
    }

    // MARK: merge BRANCH

    private func everything(_ ledger: TemporaryLedger) throws -> [String] {
        let files = FileManager.default.enumerator(atPath: ledger.path)?.compactMap { $0 as? String } ?? []
        // The stored results are not part of the repository's state.
        let dated = try files.filter { !$0.hasPrefix(".git/arbor-ledger") }.sorted().map { file in
            let date = try FileManager.default.attributesOfItem(atPath: ledger.place(file))[.modificationDate] as? Date
            return "\(file) \(date?.timeIntervalSinceReferenceDate ?? 0)"
        }
        return try dated + [
            Data(contentsOf: URL(fileURLWithPath: ledger.place(".git/index"))).base64EncodedString(),
            ledger.git("count-objects", "-v"), ledger.git("for-each-ref"),
            ledger.git("--no-optional-locks", "status", "--short"),
        ]
    }

    @Test func previewWritesNothing() throws {
        let ledger = try TemporaryLedger.example()
        let question = "Claims/superposition/question.yaml"
        try ledger.git("checkout", "-q", "-b", "side")
        try ledger.write("Findings/whole.yaml", whole)
        try ledger.edit(question, "yes: [0.45, 0.55]", "yes: [0.4, 0.6]")
        try ledger.commit("Side")
        try ledger.git("checkout", "-q", "main")
        try ledger.edit(question, "question: Do", "question: How do")
        try ledger.commit("Main")
        try ledger.write("Findings/untracked.yaml", whole)
        try ledger.git("status")
        // This command creates the folder for stored results.
        _ = try ledger.run("check")
        let before = try everything(ledger)
        let printed = try ledger.run("merge", "side")
        #expect(try everything(ledger) == before)
        #expect(printed.status == 0)
        #expect(
            printed.output.hasPrefix("1 finding and 1 question changed.\n\nMerging side would change:\nQuestions\n"))
        // git's own merge then makes the same changes.
        #expect(printed.output.hasSuffix("\n\nNext: git merge side\n"))
        let changes = printed.output.components(separatedBy: "Merging side would change:\n")[1]
            .replacing("\nNext: git merge side\n", with: "")
        try ledger.git("merge", "-q", "-m", "merged", "side")
        #expect(try ledger.run("diff", "HEAD~1", "HEAD").output.hasSuffix("\n\n" + changes))
    }

    @Test func previewReportsConflictsAndNewErrors() throws {
        let ledger = try TemporaryLedger.example()
        let question = "Claims/superposition/question.yaml"
        try ledger.git("checkout", "-q", "-b", "side")
        try ledger.edit(question, "question: Do", "question: Why do")
        try ledger.write("Findings/whole.yaml", whole.replacingOccurrences(of: "quantity: d", with: "quantity: no-d"))
        try ledger.commit("Side")
        try ledger.git("checkout", "-q", "main")
        try ledger.edit(question, "question: Do", "question: How do")
        try ledger.commit("Main")
        let printed = try ledger.run("merge", "side")
        #expect(printed.status == 1)
        #expect(
            printed.output.hasPrefix(
                """
                git cannot merge these files; the preview keeps the versions of HEAD:
                  Claims/superposition/question.yaml (both changed the same lines)

                1 finding changed.

                Merging side would change:
                  nothing in the merged tree changes

                New errors:
                Findings/whole.yaml

                """))
        let json = try ledger.run("merge", "side", "--format", "json").json()
        #expect(json.keys == ["bases", "branch", "diff", "errors", "unmerged"])
        #expect(json["errors"].items.map(\.["code"].text) == ["unknown-quantity"])
        #expect(try ledger.run("merge", "side", "--at", "HEAD").status == 64)
        #expect(try ledger.run("merge", "side", "--write").status == 64)
        #expect(try ledger.run("merge", "nope").status == 64)
    }

    @Test func previewReportsSeveralMergeBases() throws {
        let ledger = try TemporaryLedger.example()
        for name in ["one", "two"] {
            try ledger.git("checkout", "-q", "-b", name, "main")
            try ledger.write("\(name).txt", name)
            try ledger.commit(name)
        }
        let (one, two) = (try ledger.git("rev-parse", "one"), try ledger.git("rev-parse", "two"))
        try ledger.git("merge", "-q", "-m", "in", one)
        try ledger.write("Findings/whole.yaml", whole)
        try ledger.commit("Disagree")
        try ledger.git("checkout", "-q", "one")
        try ledger.git("merge", "-q", "-m", "in", two)
        let printed = try ledger.run("merge", "two")
        #expect(printed.output.hasPrefix("This merge has 2 bases; the preview uses git's first, "))
        #expect(printed.output.contains("+ whole#1"))
    }
}
