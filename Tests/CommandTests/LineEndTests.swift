import Foundation
import Testing

/// A checkout may have different line ends from the files that git stores. Records and receipts are read as git stores
/// them.
@Suite struct LineEndTests {
    private let clone = "clone"

    /// Returns a ledger with receipts, and a clone of it with the given settings.
    private func cloned(
        withAttributes: Bool, _ settings: String...
    ) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        if !withAttributes { try ledger.git("rm", "-q", ".gitattributes") }
        #expect(try ledger.run("verify").status == 0)
        try ledger.commit("Receipts")
        let options = settings.flatMap { ["-c", $0] }
        #expect(try ledger.tryGit(["clone", "-q"] + options + [".", clone]).status == 0)
        return ledger
    }

    private func hasCarriageReturn(_ ledger: TemporaryLedger, _ file: String) throws -> Bool {
        try Data(contentsOf: URL(fileURLWithPath: ledger.place("\(clone)/\(file)"))).contains(0x0D)
    }

    @Test(arguments: ["core.autocrlf=true", "core.eol=crlf"]) func attributesPreserveRecordBytes(setting: String)
        throws
    {
        let ledger = try cloned(withAttributes: true, setting, "core.autocrlf=true")
        #expect(try hasCarriageReturn(ledger, ".editorconfig"))
        #expect(try !hasCarriageReturn(ledger, exampleFinding))
        let receipts = ledger.names(in: "\(clone)/\(receiptsFolder)")
        #expect(receipts.count == 2)
        for name in receipts { #expect(try !hasCarriageReturn(ledger, "\(receiptsFolder)/\(name)")) }
        #expect(try ledger.run(["check"], in: clone).status == 0)
    }

    @Test func readsOtherLineEndsAsGitStoresThem() throws {
        let ledger = try cloned(withAttributes: false, "core.autocrlf=true")
        #expect(try hasCarriageReturn(ledger, exampleFinding))
        for arguments in [["check", "--all"], ["merge"], ["conflicts"], ["show", "half-a-dimension#1"], ["verify"]] {
            let here = try ledger.run(arguments, in: clone)
            #expect(here.output == (try ledger.run(arguments).output))
            #expect(here.status == 0)
        }
        #expect(try ledger.run(["diff", "HEAD"], in: clone).output.hasPrefix("No record file differs.\n"))
        let added = finding("New", value: "[0.4, 0.6]").replacing("\n", with: "\r\n")
        try ledger.write("\(clone)/Findings/new.yaml", added)
        #expect(try ledger.run(["submit", "Findings/new.yaml"], in: clone).status == 0)
        let blob = try ledger.tryGit(["cat-file", "blob", "HEAD:Findings/new.yaml"], in: clone)
        #expect(blob.output == finding("New", value: "[0.4, 0.6]"))
        #expect(try ledger.tryGit(["status", "--short"], in: clone).output == "")
    }

    /// It is an error if git would store the carriage returns, and the suggested remedy fixes it.
    @Test func reportsStoredCarriageReturnsWithARemedy() throws {
        let ledger = try cloned(withAttributes: false, "core.autocrlf=true")
        _ = try ledger.tryGit(["config", "core.autocrlf", "false"], in: clone)
        let report = try ledger.run(["check", "--format", "json"], in: clone)
        #expect(report.status == 1)
        let items = try report.json()["diagnostics"].items
        let remedy =
            "put `*.yaml text eol=lf` and `*.json text eol=lf` in .gitattributes, then `git add --renormalize .` and commit"
        #expect(Set(items.map(\.["fix"].text)) == [remedy])
        #expect(
            Set(items.map(\.["message"].text)) == [
                "the line ends in CR LF (U+000D)", "the receipt's lines end in CR LF instead of LF",
            ])
        for receipt in ledger.names(in: "\(clone)/\(receiptsFolder)") {
            #expect(items.contains { $0["path"].text == "\(receiptsFolder)/\(receipt)" })
        }
        _ = try ledger.tryGit(["switch", "-q", "-c", "returns"], in: clone)
        _ = try ledger.tryGit(["commit", "-q", "-a", "-m", "Returns"], in: clone)
        #expect(try ledger.run(["check", "--at", "HEAD"], in: clone).status == 1)
        try ledger.write("\(clone)/.gitattributes", "*.yaml text eol=lf\n*.json text eol=lf\n")
        // No file has changed, but all of them are now read with LF.
        #expect(try ledger.run(["check"], in: clone).status == 0)
        _ = try ledger.tryGit(["add", "--renormalize", "."], in: clone)
        _ = try ledger.tryGit(["commit", "-q", "-m", "Line ends"], in: clone)
        #expect(try ledger.run(["check", "--at", "HEAD"], in: clone).status == 0)
    }
}
