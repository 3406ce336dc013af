import Foundation
import Testing

@Suite struct QuestionReadmeTests {
    private let pages = ["Claims/README.md", "Claims/superposition/README.md"]

    private func staleNotes(_ ledger: TemporaryLedger, _ options: String...) throws -> [String] {
        try ledger.run(["check", "--format", "json"] + options).json()["diagnostics"].items
            .filter { $0["code"].text == "stale-readme" }.map { "\($0["path"].text): \($0["message"].text)" }
    }

    @Test func writesPagesOnceAndThenOnlyChangedOnes() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try staleNotes(ledger) == [])
        expect(
            try ledger.run("merge", "--write"),
            says: """
                wrote    Claims/README.md
                wrote    Claims/superposition/README.md
                2 written, 0 removed, 0 unchanged

                """)
        #expect(try ledger.read(pages[1]).contains("[half-a-dimension\\#1](../../Findings/half-a-dimension.yaml)"))
        expect(try ledger.run("merge", "--write"), says: "0 written, 0 removed, 2 unchanged\n")
        try ledger.commit("READMEs")
        #expect(try ledger.git("log", "--format=%s") == "READMEs\nBegin")
        expect(try ledger.run("merge", "--write"), says: "0 written, 0 removed, 2 unchanged\n")
        let json = try ledger.run("merge", "--write", "--format", "json").json()
        #expect(json.keys == ["refused", "removed", "unchanged", "written"])
        #expect(json["unchanged"].texts == pages)
    }

    /// New receipts of `verify` count before they are committed. One commit can thus contain both the receipts and
    /// up-to-date pages.
    @Test func countsReceiptsOfTheSameCommit() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        #expect(try ledger.run("merge", "--write").status == 0)
        #expect(try ledger.read(pages[1]).contains("| own run, control refuted, toy |"))
        #expect(try staleNotes(ledger) == [])
        try ledger.commit("Audit")
        #expect(try staleNotes(ledger) == [])
        #expect(try ledger.run("merge", "--write").output == "0 written, 0 removed, 2 unchanged\n")
    }

    @Test func checkReportsStalePagesInEveryState() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("merge", "--write").status == 0)
        try ledger.commit("READMEs")
        try ledger.edit("Claims/superposition/question.yaml", "question: Do", "question: How do")
        let stale = pages.map { "\($0): this README differs from the records" }
        #expect(try staleNotes(ledger) == stale)
        #expect(try staleNotes(ledger, "--staged") == [])
        #expect(try staleNotes(ledger, "--at", "HEAD") == [])
        try ledger.git("add", "-A")
        #expect(try staleNotes(ledger, "--staged") == stale)
        try ledger.write("Claims/new/question.yaml", "question: New?\nwhy: It is new.\n")
        #expect(try staleNotes(ledger).contains("Claims/new/README.md: this question's README is missing"))
        try ledger.git("checkout", "-q", "-b", "side")
        #expect(try staleNotes(ledger) == [])
    }

    @Test func leavesForeignFilesAlone() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Claims/superposition/README.md", "Mine.\n")
        let printed = try ledger.run("merge", "--write")
        expect(
            printed,
            says: """
                wrote    Claims/README.md
                1 written, 0 removed, 0 unchanged
                ! arbor-ledger: left Claims/superposition/README.md unchanged: `merge --write` did not write it

                """)
        #expect(try ledger.read(pages[1]) == "Mine.\n")
        // A link in the ledger is an error. Nothing is written to its target, and nothing replaces it.
        try ledger.write("outside.md", try ledger.read(pages[0]))
        try FileManager.default.removeItem(atPath: ledger.place(pages[1]))
        try FileManager.default.createSymbolicLink(
            atPath: ledger.place(pages[1]), withDestinationPath: "../../outside.md")
        #expect(try ledger.run("merge", "--write").status == 1)
        #expect(try ledger.read("outside.md") == ledger.read(pages[0]))
        // In folders that are no longer questions, only generated pages are removed.
        try FileManager.default.removeItem(atPath: ledger.place(pages[1]))
        try ledger.write("Claims/old/README.md", try ledger.read(pages[0]))
        try ledger.write("Claims/notes/README.md", "Mine.\n")
        #expect(try ledger.run("merge", "--write").output.contains("removed  Claims/old/README.md\n"))
        #expect(ledger.exists("Claims/notes/README.md") && !ledger.exists("Claims/old/README.md"))
    }

    @Test func writesOnlyOnTheAuditBranchAndWithoutErrors() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("clone", "-q", "--bare", ".", "\(ledger.root)/bare")
        #expect(try ledger.run(["merge", "--write"], in: "\(ledger.root)/bare").status == 2)
        try ledger.write("Findings/broken.yaml", "title: Broken\n")
        #expect(try ledger.run("merge", "--write").errors.contains("fix what `arbor-ledger check` reports"))
        try FileManager.default.removeItem(atPath: ledger.place("Findings/broken.yaml"))
        try ledger.git("checkout", "-q", "-b", "side")
        let printed = try ledger.run("merge", "--write")
        #expect(printed.status == 1 && printed.errors.hasSuffix("  -> git switch main\n"))
        #expect(try ledger.run("merge", "--write", "--at", "HEAD").status == 64)
        #expect(!ledger.exists(pages[0]))
    }
}
