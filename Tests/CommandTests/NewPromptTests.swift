import Foundation
import Testing

/// The prompts of `new` on a terminal, which `script` provides.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"))) struct NewPromptTests {
    /// Types one answer after the other; returns everything that the terminal shows.
    private func typed(_ answers: [String], at arguments: [String], in ledger: TemporaryLedger) throws -> String {
        let file = "\(ledger.root)/answers"
        try Data((answers.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
        let call = (["'\(binary)'"] + arguments.map { "'\($0)'" }).joined(separator: " ")
        let command = "script -qec \"stty cols 200; \(call)\" /dev/null < '\(file)'"
        let environment = ledger.environment.merging(["TERM": "dumb"]) { $1 }
        return try RunningProcess("/bin/bash", ["-c", command], in: ledger.path, environment).wait().output
            .replacing("\r\n", with: "\n")
    }

    /// A finding with two claims, a quantity and a model that the ledger lacks. Beyond its own content it takes at most
    /// ten answers: empty ones for defaults and optional keys, and yes or no.
    @Test func writesAFindingWithMissingRecordsAndTwoClaims() throws {
        let ledger = try TemporaryLedger.example()
        let answers: [(text: String, isContent: Bool)] = [
            ("R1 waits", true), ("A. Author", true), ("", false), ("2025-03-01", true), ("arXiv:2503.00001", true),
            ("Waiting may be search.", true),
            // The quantity does not exist yet.
            ("wait-rate", true), ("y", false), ("Rate of waiting", true), ("Waits per sentence.", true), ("", false),
            ("", false), ("[0, 1]", true), ("[model]", true),
            // The first claim.
            ("[0.2, 0.4]", true), ("r2", true), ("y", false), ("A model", true), ("true", true),
            ("", false), ("", false), ("0.3", true), ("", false),
            // The second claim.
            ("y", false), ("wait-rate", true), ("[0.5, 0.6]", true), ("superposition-geometry", true), ("", false),
            ("", false), ("", false), ("", false), ("n", false),
        ]
        #expect(answers.count { !$0.isContent } <= 10 + answers.count { $0.text.isEmpty })
        let shown = try typed(answers.map(\.text), at: ["new", "finding", "waiting"], in: ledger)
        let written = try ledger.read("Findings/waiting.yaml")
        #expect(written.contains("  - quantity: wait-rate\n    value: [0.2, 0.4]"), "\(shown)")
        #expect(written.contains("reported: {value: 0.3}"))
        #expect(written.contains("    value: [0.5, 0.6]"))
        #expect(ledger.exists("Claims/vocabulary/quantities/wait-rate.yaml"))
        #expect(ledger.exists("Claims/vocabulary/conditions/model/r2.yaml"))
        #expect(try ledger.run("check").status == 0)
        #expect(shown.contains("Next: arbor-ledger submit Findings/waiting.yaml"))
    }

    @Test func asksAgainForAWrongNameAndOffersTheParent() throws {
        let ledger = try TemporaryLedger.example()
        let shown = try typed(
            [
                "Bad Name", "circuits/depth", "y", "What do circuits do?", "They compute.", "", "", "", "", "", "", "",
                "",
            ],
            at: ["new", "question"], in: ledger)
        #expect(shown.contains("\"Bad Name\""), "\(shown)")
        #expect(shown.contains("There is no question \"circuits\". Write it now?"), "\(shown)")
        #expect(ledger.exists("Claims/circuits/question.yaml"))
    }

    /// The answers of an interrupted record are saved outside of the ledger.
    @Test func anEndedInputLosesNoAnswer() throws {
        let ledger = try TemporaryLedger.example()
        let shown = try typed(["Half a finding", "A. Author"], at: ["new", "finding", "half-done"], in: ledger)
        #expect(shown.contains("stopped; Findings/half-done.yaml was not written"), "\(shown)")
        #expect(!ledger.exists("Findings/half-done.yaml"))
        let saved = "\(ledger.path)/.git/arbor-ledger/drafts/Findings/half-done.yaml"
        #expect(try String(contentsOfFile: saved, encoding: .utf8).contains("title: Half a finding"))
    }

    @Test func kernelSettingsAreListedWithDefaults() throws {
        let ledger = try TemporaryLedger.example()
        let shown = try typed(
            ["Small", "", "superposition", "superposition"], at: ["new", "model", "small"], in: ledger)
        #expect(shown.contains("features: n, the number of input features"), "\(shown)")
        #expect(shown.contains("10000 by default"))
    }

    @Test func valuesOfClosedListsAreAdded() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Claims/vocabulary/conditions/hue.yaml", "title: Hue  # of a disc\nvalues: [red, \"blue\"] # two\n")
        try ledger.write(
            "Claims/vocabulary/conditions/size.yaml",
            "title: Size\nvalues:\n  - small\n  - large # big\nordered: true\n")
        #expect(try ledger.run("new", "value", "hue", "grey").status == 0)
        #expect(
            try ledger.read("Claims/vocabulary/conditions/hue.yaml")
                == "title: Hue  # of a disc\nvalues: [red, \"blue\", grey] # two\n")
        #expect(try ledger.run("new", "value", "size/huge").status == 0)
        #expect(
            try ledger.read("Claims/vocabulary/conditions/size.yaml")
                == "title: Size\nvalues:\n  - small\n  - large # big\n  - huge\nordered: true\n")
        let again = try ledger.run("new", "value", "hue", "grey")
        #expect(again.status == 64)
        #expect(again.errors.contains("hue has the value \"grey\" already"))
        let flagged = try ledger.run("new", "value", "hue", "green", "--title", "Green")
        #expect(flagged.status == 64)
        #expect(try ledger.run("new", "value", "model", "o1", "--title", "o1", "--general", "true").status == 0)
        #expect(ledger.exists("Claims/vocabulary/conditions/model/o1.yaml"))
    }
}
