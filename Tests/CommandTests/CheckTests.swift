import Foundation
import Testing

@Suite struct CheckTests {
    /// A finding that misspells the name of a quantity.
    private let bad = finding("A typing mistake").replacingOccurrences(of: "dimensions-per", with: "dimension-per")

    @Test func validLedgerPasses() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("check", "--all"),
            says: """
                Findings/half-a-dimension.yaml
                  10:5    note    [unverified]
                          this claim can be re-run, but no run counts yet
                          -> run `arbor-ledger verify half-a-dimension`

                1 finding, 1 claim, 2 questions, 1 verifier: 0 errors, 0 warnings

                """)
    }

    @Test func printsErrorsWithPositionAndRemedy() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/typing.yaml", bad)
        expect(
            try ledger.run("check"),
            says: """
                Findings/typing.yaml
                  8:15    error   [unknown-quantity]
                          unknown quantity "dimension-per-feature"
                          -> did you mean "dimensions-per-feature"?

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings; 1 more remark
                not shown, see `check --all`
                `arbor-ledger fix` mends 1 of these.
                exit 1

                """)
    }

    @Test func jsonHoldsEveryDiagnostic() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/typing.yaml", bad)
        expect(
            try ledger.run("check", "--format", "json"),
            says: """
                {
                  "counts" : {
                    "claims" : 1,
                    "errors" : 1,
                    "findings" : 1,
                    "questions" : 2,
                    "unread_claims" : 1,
                    "verifiers" : 1,
                    "warnings" : 0
                  },
                  "diagnostics" : [
                    {
                      "code" : "unverified",
                      "column" : 5,
                      "fix" : "run `arbor-ledger verify half-a-dimension`",
                      "fixes" : [

                      ],
                      "line" : 10,
                      "message" : "this claim can be re-run, but no run counts yet",
                      "path" : "Findings/half-a-dimension.yaml",
                      "severity" : "note"
                    },
                    {
                      "code" : "unknown-quantity",
                      "column" : 15,
                      "fix" : "did you mean \\"dimensions-per-feature\\"?",
                      "fixes" : [
                        {
                          "description" : "did you mean \\"dimensions-per-feature\\"?",
                          "edits" : [
                            {
                              "column" : 15,
                              "end_column" : 36,
                              "end_line" : 8,
                              "line" : 8,
                              "text" : "dimensions-per-feature"
                            }
                          ]
                        }
                      ],
                      "line" : 8,
                      "message" : "unknown quantity \\"dimension-per-feature\\"",
                      "path" : "Findings/typing.yaml",
                      "severity" : "error"
                    }
                  ]
                }
                exit 1

                """)
    }

    /// `check` always checks the whole ledger. If `check` gets paths, only diagnostics for these paths are printed and
    /// determine the exit status.
    @Test func pathsFilterDiagnostics() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/topic/typing.yaml", bad)
        for path in ["Findings", "Findings/topic", "Findings/topic/typing.yaml", "./Findings/../Findings/topic/", "."] {
            #expect(try ledger.run("check", path).status == 1, "\(path)")
        }
        for path in ["Claims", "Verifiers", exampleFinding] {
            #expect(try ledger.run("check", path).status == 0, "\(path)")
        }
        #expect(try ledger.run(["check", "topic/typing.yaml"], in: "Findings").status == 1)
    }

    /// All errors are printed, but only the first 200 warnings unless `--all` is given.
    @Test func printsTheFirst200Warnings() throws {
        let ledger = try TemporaryLedger.example()
        for number in 1...210 {
            try ledger.write("Findings/wide/wide-\(number).yaml", finding("Wide, number \(number)", value: "[0, 1]"))
        }
        try ledger.write("Findings/zzz/typing.yaml", bad)
        func lineCount(_ arguments: String..., severity: String) throws -> Int {
            try ledger.run(["check"] + arguments).output.split(separator: "\n").count {
                $0.contains(" \(severity)") && $0.hasSuffix("]")
            }
        }
        let warnings = try lineCount("--all", severity: "warning")
        #expect(warnings > 200)
        #expect(try lineCount(severity: "warning") == 200)
        #expect(try lineCount("Findings", severity: "warning") == warnings)
        #expect(try lineCount(severity: "error") == lineCount("--all", severity: "error"))
        #expect(try lineCount(severity: "error") > 0)
        #expect(try ledger.run("check").output.contains("\(warnings) warnings"))
    }

    /// `check` must not accept a mistyped path as a file without errors.
    @Test func rejectsAPathWithoutRecords() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("check", "Findings/half-a-dimensoin.yaml"),
            says: """
                ! arbor-ledger: there is no record at Findings/half-a-dimensoin.yaml
                exit 64

                """)
        expect(
            try ledger.run("check", "/etc/passwd"),
            says: """
                ! arbor-ledger: "/etc/passwd" is outside the ledger at \(ledger.path)
                exit 64

                """)
    }

    @Test func stagedReadsTheIndexAndAtReadsACommit() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/typing.yaml", bad)
        func verdicts() throws -> [Int32] {
            try [["check"], ["check", "--staged"], ["check", "--at", "HEAD"]].map { try ledger.run($0).status }
        }
        #expect(try verdicts() == [1, 0, 0])
        try ledger.git("add", "-A")
        #expect(try verdicts() == [1, 1, 0])
        try ledger.git("commit", "-q", "-m", "bad")
        try ledger.write("Findings/typing.yaml", finding("Corrected"))
        #expect(try verdicts() == [0, 1, 1])
        #expect(try ledger.run("check", "--at", "HEAD~1").status == 0)
        expect(
            try ledger.run("check", "--at", "v1"),
            says: """
                ! arbor-ledger: there is no commit, branch or tag 'v1'
                exit 64

                """)
        #expect(try ledger.run("check", "--at", "HEAD", "--staged").status == 64)
    }

    @Test func rejectsSymbolicLinksAnywhere() throws {
        let ledger = try TemporaryLedger.example()
        for (name, target) in [("link.yaml", "/etc/passwd"), ("folder", "/etc")] {
            try FileManager.default.createSymbolicLink(
                atPath: ledger.place("Findings/\(name)"), withDestinationPath: target)
        }
        try ledger.commit("Link")
        for arguments in [["check"], ["check", "--staged"], ["check", "--at", "HEAD"]] {
            expect(
                try ledger.run(arguments),
                says: """
                    Findings/folder
                      1:1     error   [symlink]
                              a symbolic link
                              -> commit the file itself

                    Findings/link.yaml
                      1:1     error   [symlink]
                              a symbolic link
                              -> commit the file itself

                    1 finding, 1 claim, 2 questions, 1 verifier: 2 errors, 0 warnings; 1 more remark
                    not shown, see `check --all`
                    exit 1

                    """)
        }
    }

    @Test func rejectsAnUnfinishedMerge() throws {
        let ledger = try TemporaryLedger.example()
        for (branch, value) in [("one", "[0.44, 0.55]"), ("two", "[0.43, 0.55]")] {
            try ledger.git("checkout", "-q", "-b", branch, "main")
            try ledger.edit(exampleFinding, "[0.45, 0.55]", value)
            try ledger.commit(branch)
        }
        #expect(try ledger.tryGit(["merge", "-q", "one"]).status == 1)
        expect(
            try ledger.run("check", "--staged"),
            says: """
                ! arbor-ledger: 'Findings/half-a-dimension.yaml' has a merge conflict in the index
                !   -> resolve it, then 'git add' the file
                exit 2

                """)
        #expect(try ledger.run("check").status == 1)
    }

    @Test func acceptsAFolderBeforeOrAfterTheCommand() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/typing.yaml", bad)
        let here = try ledger.run("check").description
        expect(try ledger.run(["-C", ledger.path, "check"], in: ledger.root), says: here)
        expect(try ledger.run(["check", "-C", ledger.path], in: ledger.root), says: here)
        expect(try ledger.run(["check", "-C", "ledger", "-C", "Findings"], in: ledger.root), says: here)
        #expect(try ledger.run(["check", "-C", "nowhere"]).status == 64)
        expect(
            try ledger.run(["check", "-C"]),
            says: """
                ! arbor-ledger: -C needs a folder
                exit 64

                """)
    }

    @Test(arguments: [
        ["check", "--formt", "json"], ["check", "--format", "xml"], ["show"], ["verify", "-j"],
    ])
    func usageErrorsExitWith64(_ arguments: [String]) throws {
        let printed = try TemporaryLedger().run(arguments)
        #expect(printed.status == 64)
        #expect(printed.output.isEmpty)
        #expect(printed.errors.hasPrefix("Error: "))
    }

    @Test func exitsWith2OutsideARepository() throws {
        let ledger = try TemporaryLedger()
        expect(
            try ledger.run(["check"], in: ledger.root),
            says: """
                ! arbor-ledger: '\(ledger.root)' is not in a git repository
                !   -> change to a clone, or run 'git init'
                exit 2

                """)
    }

    @Test func checksARepositoryWithoutACommit() throws {
        let ledger = try TemporaryLedger()
        #expect(try ledger.run("check", "--at", "HEAD").status == 64)
        _ = try ledger.run("init", "--no-hook")
        #expect(try ledger.run("check").status == 0)
        try ledger.git("add", "-A")
        #expect(try ledger.run("check", "--staged").status == 0)
    }

    @Test(arguments: [
        ["check", "--at", "nope"], ["merge", "nope"], ["diff", "nope"], ["show", "x", "--at", "nope"],
        ["check", "nope..HEAD"], ["tasks", "--at", "HEAD^{tree}"],
    ])
    func unknownRevisionsExitWith64(_ arguments: [String]) throws {
        #expect(try TemporaryLedger.example().run(arguments).status == 64)
    }

    /// A draft has placeholders for missing texts, and it cannot be submitted while it has them.
    @Test func aDraftIsUnfinished() throws {
        let ledger = try TemporaryLedger.example()
        let file = "Findings/draft.yaml"
        #expect(
            try ledger.run(
                "new", "finding", "draft", "--draft", "--authors", "A", "--contributors", "A <a@example.org>", "--date",
                "2025", "--source", "arXiv:1", "--quantity", "dimensions-per-feature", "--value", "[0.4, 0.6]",
                "--tested",
                "{model: superposition-geometry, density: 0.3}"
            ).status == 0)
        #expect(try ledger.run("submit", file).status == 1)
        let named = try ledger.run("check", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "unfinished" }.map { "\($0["path"].text) \($0["fix"].text)" }
        #expect(
            named == [
                "\(file) write it: the result in one line, with its number and its setting.",
                "\(file) write it: what is new, and how it helps to answer the parent question.",
            ])
    }
}
