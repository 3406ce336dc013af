import Foundation
import Testing

/// Tests `traces` and `annotations match`.
@Suite struct TraceCommandTests {
    /// Writes a countdown toy that trains in a moment.
    private func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        let config = [
            "layers: 1", "heads: 1", "width: 16", "hidden_width: 16", "steps: 60", "batch: 16", "traces: 500",
            "most_number: 5", "most_value: 10",
        ].joined(separator: ", ")
        try ledger.write(
            "Verifiers/tiny/model.yaml",
            "title: Tiny\ncontributors: [Ada <ada@example.org>]\nabstracts: superposition\nkernel: countdown\n"
                + "config: {\(config)}\nbudget: {minutes: 1, memory_gib: 1}\n")
        try ledger.write("Claims/vocabulary/conditions/task.yaml", "title: Task\nvalues: [countdown]\n")
        return ledger
    }

    private func folders(_ ledger: TemporaryLedger) -> [String] { ledger.names(in: "Traces").sorted() }

    @Test func writesTracesThatPassCheckAndOverwritesNothing() throws {
        let ledger = try ledger()
        let printed = try ledger.run("traces", "tiny", "--count", "3", "--set", "split=seen")
        #expect(printed.status == 0 && printed.errors == "", "\(printed)")
        let names = folders(ledger)
        #expect(names.count == 3 && names.allSatisfy { $0.wholeMatch(of: /tiny-[0-9a-f]{8}-000[1-3]/) != nil })
        #expect(printed.output.hasPrefix("3 traces of tiny, seed "))
        let trace = try ledger.read("Traces/\(names[0])/trace.yaml")
        for line in ["model: tiny", "task: countdown", "prompt: \"Reach ", "licence: CC0-1.0", "Ada <ada@example.org>"]
        {
            #expect(trace.contains(line))
        }
        #expect(trace.contains("sampling: {network: \"trained\", run: 0, seed: \""))
        #expect(trace.contains("split: \"seen\", temperature: 1}"))
        let checked = try ledger.run("check")
        #expect(checked.status == 0, "\(checked)")

        let status = try ledger.git("status", "--porcelain")
        let again = try ledger.run("traces", "tiny", "--count", "4")
        #expect(again.status == 1)
        #expect(
            again.errors == """
                arbor-ledger: Traces/\(names[0]) already exists
                  -> choose another --run or --seed, or move it aside

                """)
        #expect(try ledger.git("status", "--porcelain") == status)
    }

    @Test func theSameSeedGivesTheSameBytes() throws {
        let (one, other) = (try ledger(), try ledger())
        let first = try one.run("traces", "tiny", "--count", "2", "--run", "1")
        let seed = try #require(first.output.firstMatch(of: /seed ([0-9a-f]{16}):/)).1
        let second = try other.run("traces", "tiny", "--count", "3", "--seed", String(seed))
        #expect(second.status == 0, "\(second)")
        for name in folders(one) {
            #expect(try one.read("Traces/\(name)/text.txt") == other.read("Traces/\(name)/text.txt"))
        }
        let otherRun = try one.run("traces", "tiny", "--count", "2", "--run", "2")
        #expect(otherRun.status == 0 && folders(one).count == 4)
    }

    @Test func refusesWhatWritesNoTexts() throws {
        let ledger = try ledger()
        for (arguments, message) in [
            (["superposition-geometry"], "the networks of superposition-geometry write no texts"),
            (["tini"], "did you mean \"tiny\"?"),
            (["tiny", "--set", "splt=seen"], "did you mean \"split\"?"),
            (["tiny", "--set", "split=none"], "split must be unseen or seen, not \"none\""),
            (["tiny", "--set", "split"], "has no \"=\""),
            (["tiny", "--count", "0"], "--count must be from 1 to 9999"),
            (["tiny", "--seed", "12"], "--seed must have 16 lower-case hexadecimal digits"),
            (["tiny", "--seed", "0123456789abcdef", "--run", "1"], "give --seed or --run, not both"),
        ] {
            let printed = try ledger.run(["traces"] + arguments)
            #expect(printed.status == 64 && printed.errors.contains(message), "\(printed)")
        }
        #expect(folders(ledger) == [])
        #expect(ledger.networkFiles() == [], "nothing was trained")
    }

    // MARK: Rules

    private func annotated() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Codebooks/checks.yaml", TemporaryLedger.codebook)
        try ledger.writeTrace("one", model: "superposition-geometry", ["Let me check 4.", "We add.", "Is it 4?"])
        try ledger.writeTrace("two", model: "superposition-geometry", ["We add."])
        try ledger.write("Codebooks/rules/words.txt", "# A question or a check.\ncheck: check\ncheck: \\?$\n")
        return ledger
    }

    private func match(_ ledger: TemporaryLedger, _ more: String...) throws -> ProcessResult {
        try ledger.run(
            ["annotations", "match", "checks", "--rules", "Codebooks/rules/words.txt", "--annotator", "words"] + more)
    }

    private func files(_ ledger: TemporaryLedger, _ trace: String) -> [String] {
        ledger.names(in: "Traces/\(trace)/annotations/checks/words").sorted()
    }

    @Test func rulesLabelSegments() throws {
        let ledger = try annotated()
        let printed = try match(ledger)
        #expect(printed.errors == "" && printed.status == 0)
        #expect(printed.output == "2 annotations by words with checks\n  check  2 of 4 segments\n")
        let name = try #require(files(ledger, "one").first)
        let file = try ledger.read("Traces/one/annotations/checks/words/\(name)")
        for line in [
            "[0, 15, \"check\", \"Let me check 4.\"],", "[24, 32, \"check\", \"Is it 4?\"]", "\"by\": \"rule\"",
            "\"covers\": \"all\"",
        ] {
            #expect(file.contains(line), "\(file)")
        }
        let checked = try ledger.run("check")
        #expect(checked.status == 0, "\(checked)")
        let again = try match(ledger)
        #expect(
            again.output == "0 annotations by words with checks; 2 were there already\n  check  2 of 4 segments\n")
        #expect(files(ledger, "one") == [name] && files(ledger, "two").count == 1)
    }

    @Test func changedRulesReplaceOnDemandOnly() throws {
        let ledger = try annotated()
        _ = try match(ledger, "--trace", "one")
        #expect(files(ledger, "two") == [])
        try ledger.write("Codebooks/rules/words.txt", "check: add\n")
        let refused = try match(ledger)
        #expect(refused.status == 1 && refused.errors.contains("words has another annotation of one"))
        #expect(files(ledger, "one").count == 1 && files(ledger, "two") == [])
        let replaced = try match(ledger, "--replace", "--model", "superposition-geometry")
        #expect(replaced.output == "2 annotations by words with checks\n  check  2 of 4 segments\n")
        #expect(files(ledger, "one").count == 2)
        #expect(try match(ledger).output.hasPrefix("0 annotations by words with checks; 2 were there already\n"))
        #expect(try ledger.run("check").status == 0)
    }

    @Test func mistakesOfRulesAreLocated() throws {
        let ledger = try annotated()
        for (rules, message) in [
            ("check: a\nchek: a\n", "Codebooks/rules/words.txt:2: the codebook has no label \"chek\""),
            ("check: [a\n", "Codebooks/rules/words.txt:1: \"[a\" is not a regular expression"),
            ("\n", "the label \"check\" has no pattern"),
        ] {
            try ledger.write("Codebooks/rules/words.txt", rules)
            let printed = try match(ledger)
            #expect(printed.status == 64 && printed.errors.contains(message), "\(printed)")
        }
        try ledger.write("Codebooks/rules/words.txt", "check: a\n")
        for (arguments, message) in [
            (["--trace", "on"], "did you mean \"one\"?"), (["--model", "r2"], "no such trace is of the model \"r2\""),
            (["--annotator", "../x"], "is not a valid handle"),
        ] {
            let printed = try ledger.run(
                ["annotations", "match", "checks", "--rules", "Codebooks/rules/words.txt"]
                    + (arguments.contains("--annotator") ? [] : ["--annotator", "words"]) + arguments)
            #expect(printed.status == 64 && printed.errors.contains(message), "\(printed)")
        }
        #expect(files(ledger, "one") == [])
    }
}
