import Foundation
import Testing

/// Two values at one density, a value at another density, and a claim that differs only by an assumption.
private let disagreeing = [
    "Findings/a/high.yaml": finding("Features take a whole dimension each", value: "[0.9, 1.1]"),
    "Findings/b/dense.yaml": finding(
        "Dense features take a whole dimension each", value: "[0.9, 1.1]",
        tested: "{model: superposition-geometry, density: 1}"),
    "Findings/c/trusting.yaml": finding(
        "Features take a fifth, if the probe is faithful", value: "[0.15, 0.25]", more: "assumes: [probe-is-faithful]"),
    "Findings/d/near.yaml": finding("Features take about half a dimension", value: "[0.4, 0.6]"),
    "Claims/vocabulary/assumptions/probe-is-faithful.yaml": "statement: The probe is faithful.\n",
    "Claims/other/question.yaml": "question: Something else?\nwhy: It is a part too.\n",
]

@Suite struct ReportTests {
    private func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        for (file, text) in disagreeing { try ledger.write(file, text) }
        return ledger
    }

    @Test func mergePrintsTheTree() throws {
        expect(
            try ledger().run("merge"),
            says: """
                How does the model reason?
                  contested (reported only; toys only; 1 of 1 cells); 0 of 2 parts answered
                  general models: open; special-purpose models: contested
                  contested parts: superposition

                  Something else?
                    open (no claims); 0 of 0 parts answered

                  Do sparse features settle into half a dimension each?
                    contested (reported only; toys only; 1 of 1 cells)
                    general models: open; special-purpose models: contested
                    conflict, not all explained
                    + half-a-dimension#1  reported, toy
                        undecided: attacked by high#1 and trusting#1
                    - high#1  reported, toy
                        undecided: attacked by half-a-dimension#1, near#1 and trusting#1
                    . near#1  reported, toy
                        undecided: attacked by high#1 and trusting#1
                    - trusting#1  reported, toy
                        undecided: attacked by half-a-dimension#1, high#1 and near#1

                Claims on which no question asks
                  dense#1

                Toy claims without a finding on a general model
                  dense#1, half-a-dimension#1, high#1, near#1, trusting#1


                """)
    }

    /// The limit applies to any output, not only to a terminal.
    @Test(arguments: ["merge", "conflicts"]) func printsOnlyTheFirstLinesOfEachQuestion(command: String) throws {
        let ledger = try ledger()
        for number in 10..<30 {
            try ledger.write(
                "Findings/e/high-\(number).yaml", finding("High \(number)", value: "[0.8, 0.\(80 + number % 10)]"))
        }
        let (cut, all) = (try ledger.run(command).output, try ledger.run(command, "--all").output)
        #expect(cut.contains("more lines, printed with --all\n") && !all.contains("--all"))
        #expect(cut.split(separator: "\n").count < 50 && all.split(separator: "\n").count > 60)
    }

    @Test func mergePrintsJSON() throws {
        let questions = try ledger().run("merge", "--format", "json").json()["questions"].items
        #expect(questions.map(\.["id"].text) == [".", "other", "superposition"])
        #expect(questions.map(\.["status"].text) == ["contested", "open", "contested"])
        #expect(
            questions[2].keys == [
                "asks", "assumptions", "assumptions_truncated", "bridges", "cells", "claims", "general", "id", "leans",
                "needs", "parts", "phrase", "reason", "settings_unrecorded", "special", "status",
                "value_disputed", "verified",
            ])
        #expect(questions[0]["needs"].text == "answers")
        #expect(questions[0]["parts"].description == "{answered: 0, total: 2}")
        #expect(questions[2]["cells"].description == "{tested: 1, total: 1}")
        #expect(
            questions[2]["claims"].items.map { "\($0)" } == [
                "{because: attacked by high#1 and trusting#1, bridge: null, claim: half-a-dimension#1, counted: 1, doubts: [], evidence: reported, level: reported, model: toy, omitted: null, side: pro, standing: undecided, verdict: none}",
                "{because: attacked by half-a-dimension#1, near#1 and trusting#1, bridge: null, claim: high#1, counted: 1, doubts: [], evidence: reported, level: reported, model: toy, omitted: null, side: con, standing: undecided, verdict: none}",
                "{because: attacked by high#1 and trusting#1, bridge: null, claim: near#1, counted: 0, doubts: [], evidence: reported, level: reported, model: toy, omitted: null, side: silent, standing: undecided, verdict: none}",
                "{because: attacked by half-a-dimension#1, high#1 and near#1, bridge: null, claim: trusting#1, counted: 1, doubts: [], evidence: reported, level: reported, model: toy, omitted: null, side: con, standing: undecided, verdict: none}",
            ])
    }

    @Test func conflictsPrintsJSON() throws {
        let report = try ledger().run("conflicts", "--format", "json").json()
        #expect(
            report.keys == ["compared_estimates", "constructs", "disputed", "quantities", "superseded", "uncompared"])
        let quantities = report["quantities"].items
        #expect(quantities.count == 1)
        let found = quantities[0]
        for key in [
            "quantity", "home", "pairs", "near_misses", "sides", "camps", "explanations", "core", "unexplained",
            "refinements", "estimates",
        ] {
            #expect(found.keys.contains(key))
        }
        #expect(found["quantity"].text == "dimensions-per-feature")
        #expect(found["home"].text == "superposition")
        func pairs(_ key: String) -> [String] {
            found[key].items.map { "\($0["a"]) \($0["b"]) \($0["class"]) \($0["grade"]) \($0["differs"])" }
        }
        #expect(
            pairs("pairs") == [
                "half-a-dimension#1 high#1 contradiction neither []",
                "half-a-dimension#1 trusting#1 assumption neither [assume:probe-is-faithful]",
                "high#1 near#1 contradiction neither []",
                "high#1 trusting#1 assumption neither [assume:probe-is-faithful]",
                "near#1 trusting#1 assumption neither [assume:probe-is-faithful]",
            ])
        #expect(
            pairs("near_misses") == [
                "dense#1 half-a-dimension#1 scope neither [density]",
                "dense#1 near#1 scope neither [density]",
                "dense#1 trusting#1 scope neither [assume:probe-is-faithful, density]",
            ])
        #expect(
            found["sides"].description == "[[trusting#1], [half-a-dimension#1, near#1], [dense#1, high#1]]")
        #expect(
            found["camps"].description
                == "[[dense#1, half-a-dimension#1, near#1], [dense#1, high#1], [dense#1, trusting#1]]")
        #expect(found["explanations"].description == "[[assume:probe-is-faithful, density]]")
        #expect(found["core"].description == "[assume:probe-is-faithful, density]")
        #expect(found["unexplained"].description == "[[half-a-dimension#1, high#1], [high#1, near#1]]")
        #expect(
            found["refinements"].description == "[{chain: [near#1, half-a-dimension#1], tightest: half-a-dimension#1}]")
        #expect(report["constructs"].items.isEmpty)
    }

    @Test(arguments: ["merge", "conflicts"]) func failsOnTheGivenConditions(_ command: String) throws {
        let ledger = try TemporaryLedger.example()
        func codes() throws -> [Int32] {
            try ["conflict", "unexplained", "refuted"].map { try ledger.run(command, "--fail-on", $0).status }
        }
        #expect(try codes() == [0, 0, 0])
        try ledger.write(
            "Findings/dense.yaml",
            finding("Dense", value: "[0.9, 1.1]", tested: "{model: superposition-geometry, density: 1}"))
        #expect(try codes() == [0, 0, 0], "different parts are no conflict")
        // This claim rests on an assumption that the example's claim lacks, so the conflict is explained.
        try ledger.write("Claims/vocabulary/assumptions/linear.yaml", "statement: Features are linear.\n")
        try ledger.write("Findings/high.yaml", finding("High", value: "[0.9, 1.1]", more: "assumes: [linear]"))
        #expect(try codes() == [1, 0, 0])
        try ledger.write("Findings/high.yaml", finding("High", value: "[0.9, 1.1]"))
        #expect(try codes() == [1, 1, 0])
        #expect(try ledger.run(command).status == 0, "a disagreement is no failure")
        #expect(try ledger.run(command, "--fail-on", "refuted", "--fail-on", "conflict").status == 1)
        #expect(try ledger.run(command, "--fail-on", "everything").status == 64)
    }

    @Test func conflictsCanBeLimitedToAQuestion() throws {
        let ledger = try ledger()
        let all = try ledger.run("conflicts").description
        #expect(try ledger.run("conflicts", "superposition").description == all)
        #expect(try ledger.run("conflicts", ".").description == all)
        expect(try ledger.run("conflicts", "other"), says: "No two claims disagree.\n")
        #expect(try ledger.run("conflicts", "other", "--fail-on", "conflict").status == 0)
        #expect(try ledger.run("conflicts", "superposition", "--fail-on", "conflict").status == 1)
        expect(
            try ledger.run("conflicts", "superpositoin"),
            says: """
                ! arbor-ledger: there is no question "superpositoin"
                !   -> did you mean "superposition"?
                exit 64

                """)
    }

    /// Records with errors are omitted, and the report states this.
    @Test func omitsRecordsWithErrors() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/bad.yaml", finding("Out of range", value: "[0.9, 3]"))
        let merge = try ledger.run("merge")
        #expect(merge.errors == "arbor-ledger: 1 file with errors left out; see `arbor-ledger check`\n")
        #expect(!merge.output.contains("bad#1"))
        expect(
            try ledger.run("conflicts"),
            says: """
                No two claims disagree.
                ! arbor-ledger: 1 file with errors left out; see `arbor-ledger check`

                """)
    }

    @Test func reportsACommit() throws {
        let ledger = try ledger()
        #expect(try ledger.run("conflicts", "--at", "HEAD").output == "No two claims disagree.\n")
        #expect(try ledger.run("conflicts").output != "No two claims disagree.\n")
        #expect(try ledger.run("show", "high", "--at", "HEAD").status == 64)
        #expect(try ledger.run("show", "high").status == 0)
    }

    /// No report depends on the order of commits and files, or on branches and merges.
    @Test func reportsDoNotDependOnHistory() throws {
        let files = disagreeing.keys.sorted()
        func reports(_ ledger: TemporaryLedger) throws -> [String] {
            try [["check", "--all"], ["merge"], ["conflicts"], ["show", "superposition"], ["show", "high#1"]].flatMap {
                [try ledger.run($0).description, try ledger.run($0 + ["--format", "json"]).description]
            }
        }
        let first = try ledger()
        try first.commit("All at once")
        let expected = try reports(first)
        for seed in 0..<4 {
            let order = files.indices.map { files[($0 * 5 + seed) % files.count] }
            let ledger = try TemporaryLedger.example()
            for (number, file) in order.enumerated() {
                if seed % 2 == 0 { try ledger.git("checkout", "-q", "-b", "branch-\(number)", "main") }
                try ledger.write(file, try #require(disagreeing[file]))
                try ledger.commit("Add \(file)")
            }
            if seed % 2 == 0 {
                try ledger.git("checkout", "-q", "main")
                for number in order.indices.reversed() {
                    try ledger.git("merge", "-q", "--no-ff", "-m", "Merge", "branch-\(number)")
                }
            }
            for (one, other) in zip(try reports(ledger), expected) { #expect(one == other) }
        }
    }
}
