import Foundation
import Testing

/// `fix` shows its corrections as a diff, which the user accepts.
@Suite struct FixTests {
    /// The example with three mistakes: two that can be mended, and one that needs a decision.
    private func mistaken() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Findings/other.yaml",
            finding("Other # kept", value: "0.45 to 0.55").replacingOccurrences(
                of: "date: ", with: "# A comment that stays.\ndate:  "))
        try ledger.edit(modelFile, "dimensions: 10", "dimensoins: 10")
        try ledger.write("Findings/third.yaml", finding("Third", value: "0.5"))
        return ledger
    }

    private static let diff = """
        --- a/Findings/other.yaml
        +++ b/Findings/other.yaml
        """

    @Test func withoutTerminalItShowsTheDiffAndChangesNothing() throws {
        let ledger = try mistaken()
        let before = try ledger.read("Findings/other.yaml")
        let shown = try ledger.run("fix")
        #expect(shown.status == 1)
        #expect(shown.output.hasPrefix(Self.diff))
        #expect(shown.output.contains("\n-    value: 0.45 to 0.55\n+    value: [0.45, 0.55]\n"))
        #expect(shown.output.contains("\n-  dimensoins: 10\n+  dimensions: 10\n"))
        #expect(
            shown.output.hasSuffix(
                "Nothing was changed. `arbor-ledger fix --yes` mends 2 mistakes in 2 files.\n"))
        #expect(try ledger.read("Findings/other.yaml") == before)
        #expect(try ledger.run("check").output.contains("`arbor-ledger fix` mends 2 of these.\n"))
    }

    @Test func acceptedChangesAreWrittenAndTheRestIsListed() throws {
        let ledger = try mistaken()
        let before = try ledger.read("Findings/other.yaml")
        let receipts = try ledger.git("status", "--short", "--", "Verifiers/superposition-geometry/receipts")
        let applied = try ledger.run("fix", "--yes")
        // An error is left.
        #expect(applied.status == 1)
        #expect(
            applied.output.contains(
                "\nMended 2 mistakes in 2 files.\n\nThese need a decision:\n\nFindings/third.yaml\n"))
        #expect(applied.output.contains("write [0.5, 0.5], {at_most: 0.5} or {at_least: 0.5}"))
        #expect(
            try ledger.read("Findings/other.yaml")
                == before.replacingOccurrences(of: "0.45 to 0.55", with: "[0.45, 0.55]"))
        #expect(try ledger.git("status", "--short", "--", "Verifiers/superposition-geometry/receipts") == receipts)
        let again = try ledger.run("fix")
        #expect(again.status == 1)
        #expect(again.output.hasPrefix("There is nothing to mend.\n\nThese need a decision:\n"))
        try ledger.edit("Findings/third.yaml", "value: 0.5", "value: [0.45, 0.55]")
        let nothing = try ledger.run("fix")
        #expect(nothing.status == 0 && nothing.output == "There is nothing to mend.\n", "\(nothing)")
    }

    @Test func pathsLimitWhatIsMended() throws {
        let ledger = try mistaken()
        let applied = try ledger.run("fix", "--yes", "Verifiers")
        #expect(applied.status == 0)
        #expect(applied.output.hasSuffix("Mended 1 mistake in 1 file.\n"))
        #expect(try ledger.read("Findings/other.yaml").contains("0.45 to 0.55"))
        #expect(try ledger.run("fix", "nothing").status == 64)
    }

    @Test func jsonHasTheDiffAndWhatIsLeft() throws {
        let ledger = try mistaken()
        let shown = try ledger.run("fix", "--format", "json")
        #expect(shown.status == 1)
        let report = try shown.json()
        #expect(report["applied"].description == "0")
        #expect(report["mended"].number == 2)
        #expect(report["files"].items.map(\.["path"].text) == ["Findings/other.yaml", modelFile])
        #expect(report["files"].items[0]["diff"].text.hasPrefix(Self.diff))
        #expect(report["left"].items.map(\.["path"].text) == ["Findings/third.yaml"])
        let applied = try ledger.run("fix", "--yes", "--format", "json")
        #expect(applied.status == 1)
        #expect(try applied.json()["applied"].description == "1")
    }

    /// The quick fixes of `check` are the changes that `fix` makes.
    @Test func editsOfCheckAreThoseOfFix() throws {
        let ledger = try mistaken()
        let found = try ledger.run("check", "--format", "json", "Findings/other.yaml").json()["diagnostics"].items
        let edit = try #require(found.first?["fixes"].items.first?["edits"].items.first)
        let (start, end) = (Int(edit["column"].number ?? 0), Int(edit["end_column"].number ?? 0))
        let line = try ledger.read("Findings/other.yaml").components(separatedBy: "\n")[
            Int(edit["line"].number ?? 0) - 1]
        #expect(line.dropFirst(start - 1).prefix(end - start) == "0.45 to 0.55")
        #expect(edit["text"].text == "[0.45, 0.55]")
        let results = try ledger.run("check", "--format", "sarif").json()["runs"].items[0]["results"].items
        let change = try #require(results.first?["fixes"].items.first?["artifactChanges"].items.first)
        #expect(change["artifactLocation"]["uri"].text == "Findings/other.yaml")
        let replacement = try #require(change["replacements"].items.first)
        #expect(replacement["deletedRegion"]["startColumn"].number == Double(start))
        #expect(replacement["deletedRegion"]["endColumn"].number == Double(end))
        #expect(replacement["insertedContent"]["text"].text == "[0.45, 0.55]")
    }

    /// Line ends of a checkout, permissions, links and foreign files stay as they are.
    @Test func everythingElseKeepsItsBytes() throws {
        let ledger = try mistaken()
        try ledger.git("config", "core.autocrlf", "true")
        try ledger.write(".gitattributes", "")
        let text = try ledger.read("Findings/other.yaml").replacing("\n", with: "\r\n")
        try ledger.write("Findings/other.yaml", text)
        chmod(ledger.place("Findings/other.yaml"), 0o600)
        try ledger.write("elsewhere.yaml", finding("Elsewhere", value: "<= 0.5"))
        try FileManager.default.createSymbolicLink(
            atPath: ledger.place("Findings/link.yaml"), withDestinationPath: "../elsewhere.yaml")
        #expect(try ledger.run("fix", "--yes").output.contains("\nMended "))
        #expect(
            try ledger.read("Findings/other.yaml") == text.replacing("0.45 to 0.55", with: "[0.45, 0.55]"))
        let attributes = try FileManager.default.attributesOfItem(atPath: ledger.place("Findings/other.yaml"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try ledger.read("elsewhere.yaml").contains("<= 0.5"))
    }

    /// Nothing that a record holds reaches the terminal unescaped.
    @Test func diffEscapesWhatTerminalsObey() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/other.yaml", finding("Other\u{202E}", value: "[0.45, 0.55]"))
        let shown = try ledger.run("fix")
        #expect(shown.status == 1)
        #expect(shown.output.contains("Other\\u{202e}"))
        #expect(!shown.output.unicodeScalars.contains("\u{202E}"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
    func terminalAsksBeforeItWrites() throws {
        let ledger = try mistaken()
        func answer(_ text: String) throws -> ProcessResult {
            let environment = ledger.environment.merging(["TERM": "dumb"]) { $1 }
            let command = "echo \(text) | script -qec \"'\(binary)' fix\" /dev/null"
            return try RunningProcess("/bin/sh", ["-c", command], in: ledger.path, environment).wait()
        }
        #expect(try answer("n").output.contains("Apply? [y/N] "))
        #expect(try ledger.read(modelFile).contains("dimensoins"))
        #expect(try answer("y").output.contains("Mended 2 mistakes in 2 files."))
        #expect(try ledger.read(modelFile).contains("dimensions: 10"))
    }
}
