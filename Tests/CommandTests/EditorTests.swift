import Foundation
import Testing

/// Runs `schema`, `new`, `doctor` and the completions as a user would, and tests their output.
@Suite struct EditorTests {
    @Test func shippedSchemasAreCurrent() throws {
        let ledger = try TemporaryLedger()
        #expect(try ledger.run("init", "--no-hook").status == 0)
        for file in ledger.names(in: ".arbor-ledger/schemas").map({ ".arbor-ledger/schemas/\($0)" }) + [
            ".vscode/settings.json"
        ] {
            let shipped = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "\(ShippedLedger.root)/\(file)")), as: UTF8.self)
            #expect(try ledger.read(file) == shipped, "run `arbor-ledger schema --write` for \(file)")
        }
    }

    @Test func listsKindsAndRejectsAnUnknownOne() throws {
        let ledger = try TemporaryLedger()
        #expect(try ledger.run("schema").output == ledger.run("schema", "--list").output)
        #expect(try ledger.run("schema", "finding").json()["$schema"].text == "http://json-schema.org/draft-07/schema#")
        #expect(try ledger.run("schema", "fnding").status == 64)
        #expect(try ledger.run("schema", "finding", "--write").status == 64)
    }

    @Test func newWritesValidRecordsOfEveryKind() throws {
        let ledger = try TemporaryLedger.example()
        let records: [[String]] = [
            ["condition", "layer", "--title", "Layer", "--values", "{from: 0, to: 9}"],
            ["value", "model/cd3b", "--title", "Qwen: 3B", "--attribute", "family=qwen", "--attribute", "size=3B"],
            [
                "quantity", "loss", "--title", "Loss", "--definition", "Mean, in nats.", "--range", "{at_least: 0}",
                "--conditions", "model, layer",
            ],
            [
                "question", "loss", "--question", "Is it low?", "--why", "So.", "--quantity", "loss", "--yes",
                "{below: 1}",
                "--covers", "layer={from: 0, to: 3}",
            ],
            ["vote", "loss", "--weight", "7", "--reason", "It: matters"],
            ["assumption", "low-is-good", "--statement", "Low is good."],
            [
                "finding", "low", "--folder", "loss", "--title", "Low # is it", "--authors", "A, B", "--date",
                "2025-03",
                "--source", "a note", "--north-star", "New.", "--quantity", "loss", "--value", "[0.1, 0.2]", "--tested",
                "model=cd3b", "--tested", "layer=[1, 2]", "--assumes", "low-is-good",
            ],
            [
                "model", "small", "--title", "Small", "--abstracts", "superposition", "--kernel", "superposition",
                "--config", "{features: 20, dimensions: 5}",
            ],
            [
                "measurement", "small/dims", "--measurement", "dimensionality", "--measures", "dimensions-per-feature",
                "--conditions", "density", "--control", "network=untrained",
            ],
        ]
        for record in records { #expect(try ledger.run(["new"] + record).status == 0, "\(record)") }
        #expect(try ledger.run("check").output.contains(": 0 errors"))
        #expect(
            try ledger.read("Findings/loss/low.yaml") == """
                # yaml-language-server: $schema=../../.arbor-ledger/schemas/finding.json
                title: "Low # is it"
                authors: [A, B]
                contributors: ["Ada <ada@example.org>"]
                date: 2025-03
                source: a note
                north_star: New.
                claims:
                  - quantity: loss
                    value: [0.1, 0.2]
                    tested:
                      layer: [1, 2]
                      model: cd3b
                    assumes: [low-is-good]

                """)
        for record in records {
            let again = try ledger.run(["new"] + record)
            #expect(again.status == 1 && again.errors.contains("already exists"), "\(record)")
        }
    }

    @Test func newNamesMissingFields() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("new", "vote", "superposition"),
            says: """
                ! arbor-ledger: missing --weight, --reason
                !   -> add it, or run on a terminal; --draft writes TODO for sentences
                exit 64

                """)
        expect(
            try ledger.run("new", "vote", "superposition", "--weight", "3", "--draft"),
            says: """
                wrote  Claims/superposition/votes/ada.yaml
                Still to write: reason
                Next: write these, then arbor-ledger submit Claims/superposition/votes/ada.yaml

                """)
        #expect(try ledger.run("new", "vote").status == 64)
    }

    @Test func newRejectsWhatCheckRejects() throws {
        let ledger = try TemporaryLedger.example()
        let refused: [[String]] = [
            ["vote", "superpositon", "--weight", "3", "--reason", "x"],
            ["vote", "superposition", "--weight", "11", "--reason", "x"],
            ["vote", "superposition", "--weight", "3\nwho: x", "--reason", "x"],
            ["vote", "superposition", "--weight", "3", "--reason", "\u{1B}[31m"],
            ["quantity", "Loud", "--title", "x", "--definition", "x", "--range", "[0, 1]", "--conditions", "model"],
            ["quantity", "q", "--title", "x", "--definition", "x", "--range", "[1, 0]", "--conditions", "model"],
            ["finding", "../../x", "--draft"], ["value", "model", "--title", "x"],
            // A leaf cannot have parts. Since this error would be reported in another file, the command rejects it.
            ["question", "superposition/part", "--question", "x", "--why", "x", "--needs", "all"],
        ]
        for record in refused {
            let printed = try ledger.run(["new"] + record)
            #expect([1, 64].contains(printed.status), "\(record)")
            #expect(!printed.errors.contains("\u{1B}"))
        }
        #expect(try ledger.git("status", "--short") == "")
    }

    @Test func completesOnlyNamesThatNeedNoQuoting() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/$(touch pwned).yaml", finding("Hostile"))
        func offered(_ words: String...) throws -> [String] {
            try ledger.run(["---completion"] + words, extra: ["SAP_SHELL": "bash"]).output
                .split(separator: "\n").map(String.init)
        }
        #expect(
            try offered("show", "--", "positional@0", "2", "0", "arbor-ledger", "show", "") == [
                "half-a-dimension", ".", "superposition", "dimensions-per-feature", "superposition-geometry",
                "superposition-geometry/dimensionality", "toy-superposition-is-r1s", "density", "model",
            ])
        #expect(
            try offered("verify", "--", "positional@0", "2", "17", "arbor-ledger", "verify", "half-a-dimension#")
                .first == "half-a-dimension#1")
        #expect(
            try offered("tasks", "take", "--", "positional@0", "3", "0", "arbor-ledger", "tasks", "take", "")
                .contains("test-caveat:half-a-dimension/1"))
    }

    @Test func doctorReportsLocksAndHooksWithoutRemovingThem() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(".git/index.lock", "")
        let report = try ledger.run("doctor", "--format", "json")
        let checks = try report.json()["checks"]
        #expect(
            checks.items.map { $0["name"].text }.prefix(8) == [
                "git", "libgit2", "repository", "audit branch", "hook pre-commit", "hook pre-merge-commit",
                "hook pre-push", "identity",
            ])
        #expect(checks.first("name", "locks")["state"].text == "warning")
        #expect(checks.first("name", "locks")["message"].text.contains("index.lock"))
        #expect(checks.first("name", "hook pre-push")["remedy"].text == "arbor-ledger hook install")
        #expect(checks.first("name", "audit branch")["message"].text.hasPrefix("main at "))
        #expect(checks.first("name", "blas")["state"].text == "ok")
        #expect(ledger.exists(".git/index.lock"))
        #expect(report.status == 0)
    }

    @Test func doctorFailsWhereACommandWouldFail() throws {
        let ledger = try TemporaryLedger()
        let printed = try ledger.run(["doctor"], in: ledger.root)
        #expect(printed.status == 1)
        #expect(printed.output.contains("broken   repository"))
    }
}
