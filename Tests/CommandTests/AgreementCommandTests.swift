import Foundation
import Testing

/// Tests `agreement` in a ledger with one trace that two people labelled.
@Suite struct AgreementCommandTests {
    private func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try Data("Go on. Stop. Go on.\n".utf8).write(to: URL(filePath: "\(ledger.path)/chain.txt"))
        var commands = [
            [
                "new", "trace", "chain", "--text", "chain.txt", "--title", "A chain", "--model",
                "superposition-geometry", "--licence", "CC0-1.0",
            ],
            [
                "new", "codebook", "steps", "--title", "Steps", "--labels",
                "{go: {definition: Goes on., examples: [a, b]}}",
            ],
        ]
        for (annotator, spans) in [("ada", "[0, 6, \"go\"], [13, 19, \"go\"]"), ("bob", "[0, 6, \"go\"]")] {
            let file = "\(annotator).jsonl"
            try Data("{\"text\": \"Go on. Stop. Go on.\\n\", \"label\": [\(spans)]}\n".utf8)
                .write(to: URL(filePath: "\(ledger.path)/\(file)"))
            commands.append([
                "annotations", "import", file, "--trace", "chain", "--codebook", "steps", "--annotator", annotator,
                "--by",
                "human",
            ])
        }
        for command in commands {
            let printed = try ledger.run(command)
            #expect(printed.status == 0, "\(command): \(printed)")
        }
        return ledger
    }

    @Test func oneTraceHasAlphaAndNoInterval() throws {
        let printed = try ledger().run("agreement", "steps")
        #expect(
            printed.output == """
                steps
                  nominal labels of segments; 1 trace, 2 annotators

                  go: alpha 0.444, no interval: fewer than 3 traces
                    raw agreement 0.667; AC1 0.333; prevalence 0.500; 3 segments in 1 trace by 2
                    annotators

                """)
        #expect((printed.errors, printed.status) == ("", 0))
    }

    @Test func refusesAnUnknownCodebook() throws {
        let printed = try ledger().run("agreement", "step")
        #expect(printed.status == 64 && printed.output.isEmpty)
        #expect(
            printed.errors
                == "arbor-ledger: the ledger has no codebook \"step\" without errors\n  -> did you mean \"steps\"?\n")
    }

    @Test func aLedgerWithoutCodebooksSaysSo() throws {
        let printed = try TemporaryLedger.example().run("agreement")
        #expect(printed.output == "No codebooks: `arbor-ledger new codebook` writes one.\n")
    }
}
