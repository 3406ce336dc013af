import Foundation
import Testing

@Suite struct SubmitTests {
    private let good = finding("A good finding", value: "[0.4, 0.6]")
    private let untouched = " M .editorconfig\nA  staged.txt\n?? notes.txt"

    /// Returns a ledger with unrelated work: a staged file, an edited file and an untracked file.
    private func ledgerWithOtherWork() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write("staged.txt", "staged\n")
        try ledger.git("add", "staged.txt")
        try ledger.write(".editorconfig", "root = true\n")
        try ledger.write("notes.txt", "notes\n")
        return ledger
    }

    /// Returns the values of the seeds of the self-check, which `try` uses too.
    private func selfCheckValues(_ ledger: TemporaryLedger) throws -> String {
        let tried = try ledger.run(
            "try", "superposition-geometry", "--set", "density=0.3", "--seeds", "3", "--format", "csv")
        return tried.output.split(separator: "\n").dropFirst().map { row in
            let value = Double(row.split(separator: ",", omittingEmptySubsequences: false)[5]) ?? 0
            // Six significant digits, without zeros at the end.
            return String(format: "%.6g", value)
        }.joined(separator: ", ")
    }

    private func committed(_ ledger: TemporaryLedger) throws -> String {
        try ledger.git("show", "--name-status", "--format=%an: %B", "HEAD")
    }

    @Test func submitsFromMainToANewBranch() throws {
        let ledger = try ledgerWithOtherWork()
        try ledger.write("Findings/topic/good.yaml", good)
        let printed = try ledger.run("submit", "Findings/topic/good.yaml")
        let commit = try ledger.git("rev-parse", "HEAD").prefix(12)
        let values = try selfCheckValues(ledger)
        #expect(
            printed.output.words
                == """
                Self-check of good#1 at density 0.3: 3 of 3 runs hit, with the values
                  \(values)
                Committed \(commit) on the new branch finding/good:
                  Findings/topic/good.yaml
                Changes in the merged tree:
                Claims
                  + good#1
                    says dimensions-per-feature is 0.4 to 0.6; reported
                    silent at superposition
                    by new finding good
                Next: git switch main && git merge finding/good, then arbor-ledger verify

                """.words)
        #expect(printed.status == 0)
        #expect(try ledger.git("branch", "--show-current") == "finding/good")
        #expect(try committed(ledger) == "Ada: A good finding\n\n\nA\tFindings/topic/good.yaml")
        #expect(try ledger.git("log", "--format=%s", "main") == "Begin")
        #expect(try ledger.git("status", "--short") == untouched)
        #expect(!ledger.exists(receiptsFolder))
    }

    @Test func pushesTheNewBranch() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/good.yaml", finding("Good"))
        let alone = try ledger.run("submit", "--self-check", "0", "--push", "Findings/good.yaml")
        #expect(alone.status == 1)
        #expect(alone.errors.contains("the commit was made, but this repository has no remote repository"))
        #expect(try ledger.git("log", "-1", "--format=%s") == "Good")
        let remote = "\(ledger.root)/remote.git"
        try ledger.git("init", "-q", "--bare", remote)
        try ledger.git("remote", "add", "origin", remote)
        try ledger.write("Findings/good.yaml", finding("Better"))
        let pushed = try ledger.run("submit", "--self-check", "0", "--push", "Findings/good.yaml")
        #expect(pushed.status == 0, "\(pushed)")
        #expect(pushed.output.hasSuffix("Next: propose to merge finding/good\n"))
        #expect(try ledger.git("ls-remote", remote, "finding/good").hasPrefix(ledger.git("rev-parse", "HEAD")))
        try FileManager.default.removeItem(atPath: remote)
        try ledger.write("Findings/good.yaml", finding("Best"))
        let failed = try ledger.run("submit", "--self-check", "0", "--push", "Findings/good.yaml")
        #expect(failed.status == 1)
        #expect(failed.errors.contains("-> git push -u origin finding/good"))
        #expect(try ledger.git("log", "-1", "--format=%s") == "Best")
    }

    @Test func submitsToTheCurrentBranchOutsideMain() throws {
        let ledger = try ledgerWithOtherWork()
        try ledger.git("checkout", "-q", "-b", "mine")
        try ledger.write("Findings/good.yaml", good)
        let printed = try ledger.run(["submit", "good.yaml", "-m", "In my words"], in: "Findings")
        #expect(printed.output.contains(" on mine:\n  Findings/good.yaml\n"))
        #expect(try ledger.git("branch", "--show-current") == "mine")
        #expect(try committed(ledger) == "Ada: In my words\n\n\nA\tFindings/good.yaml")
        #expect(try ledger.git("status", "--short") == untouched)
    }

    /// `submit` commits a file together with the new records that it names directly or indirectly, and commits no other
    /// records.
    @Test func commitsRecordsThatTheFileNames() throws {
        let ledger = try ledgerWithOtherWork()
        try ledger.write(
            "Findings/good.yaml",
            finding(
                "A reported number", tested: "{model: qwen-3b, density: 0.3}", more: "assumes: [probe-is-faithful]"))
        try ledger.write("Claims/vocabulary/conditions/model/qwen-3b.yaml", "title: Qwen2.5-3B\nfamily: qwen2.5\n")
        try ledger.write("Claims/vocabulary/conditions/model/unused.yaml", "title: Unused\n")
        try ledger.write(
            "Claims/vocabulary/assumptions/probe-is-faithful.yaml",
            "statement: The probe is faithful.\ntested_by: faithful\n")
        try ledger.write(
            "Claims/faithful/question.yaml",
            "question: Is it?\nwhy: Because.\nquantity: dimensions-per-feature\nyes: [0.4, 0.6]\n")
        let printed = try ledger.run("submit", "Findings/good.yaml")
        #expect(printed.status == 0)
        #expect(
            try committed(ledger) == """
                Ada: A reported number


                A\tClaims/faithful/question.yaml
                A\tClaims/vocabulary/assumptions/probe-is-faithful.yaml
                A\tClaims/vocabulary/conditions/model/qwen-3b.yaml
                A\tFindings/good.yaml
                """)
        #expect(
            try ledger.git("status", "--short")
                == " M .editorconfig\nA  staged.txt\n?? Claims/vocabulary/conditions/model/unused.yaml\n?? notes.txt")
        #expect(try ledger.run("check", "--at", "HEAD").status == 0)
    }

    @Test func badFileCommitsNothing() throws {
        let ledger = try ledgerWithOtherWork()
        try ledger.write("Findings/bad.yaml", finding("Out of range", value: "[0.9, 3]"))
        let before = try ledger.git("status", "--short")
        expect(
            try ledger.run("submit", "Findings/bad.yaml"),
            says: """
                Findings/bad.yaml
                  9:12    error   [out-of-range]
                          "value" is 0.9 to 3, but the range of "dimensions-per-feature" is 0 to
                          2
                          -> correct the range

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings; 1 more remark
                not shown, see `check --all`
                ! arbor-ledger: nothing was committed
                exit 1

                """)
        #expect(try ledger.git("status", "--short") == before)
        #expect(try ledger.git("branch", "--format=%(refname:short)") == "main")
    }

    @Test func printsTheChangesInTheMergedTree() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/wrong.yaml", finding("Another number", value: "[0.9, 1.1]"))
        let printed = try ledger.run("submit", "--self-check", "0", "Findings/wrong.yaml")
        let commit = try ledger.git("rev-parse", "HEAD").prefix(12)
        expect(
            printed,
            says: """
                Committed \(commit) on the new branch finding/wrong:
                  Findings/wrong.yaml
                Changes in the merged tree:
                \(contradictionOutput(by: "wrong"))Next: git switch main && git merge finding/wrong, then arbor-ledger verify

                """)
    }

    @Test func failingSelfCheckCommitsNothing() throws {
        let ledger = try ledgerWithOtherWork()
        try ledger.write("Findings/wrong.yaml", finding("Another number", value: "[0.9, 1.1]"))
        let before = try ledger.git("status", "--short")
        let printed = try ledger.run("submit", "Findings/wrong.yaml")
        #expect(printed.status == 1)
        let values = try selfCheckValues(ledger)
        #expect(
            printed.output.words
                == """
                Self-check of wrong#1 at density 0.3: 0 of 3 runs hit, too few, with the values
                  \(values); the claim says 0.9 to 1.1
                """.words)
        #expect(
            printed.errors.hasSuffix(
                "arbor-ledger: nothing was committed; --self-check 0 skips the self-check\n"))
        #expect(try ledger.git("status", "--short") == before)
        #expect(try ledger.git("branch", "--format=%(refname:short)") == "main")
        #expect(
            ledger.names(in: ".git/arbor-ledger/runs").allSatisfy {
                ledger.names(in: ".git/arbor-ledger/runs/\($0)") == []
            })
        #expect(try ledger.run("submit", "Findings/wrong.yaml", "--self-check", "0").status == 0)
        #expect(try ledger.git("branch", "--show-current") == "finding/wrong")
    }

    @Test(arguments: [
        ("/etc/passwd", "\"/etc/passwd\" is outside the ledger at "),
        ("../elsewhere.yaml", "\"../elsewhere.yaml\" is outside the ledger at "),
        ("Findings/missing.yaml", "there is no file \"Findings/missing.yaml\" in the work tree"),
        ("notes.txt", "\"notes.txt\" is not a record of a ledger"),
        ("Findings", "\"Findings\" is not a record of a ledger"),
        (
            "Verifiers/superposition-geometry/receipts/\(String(repeating: "0", count: 64)).json",
            "receipts and their signatures are committed with git"
        ),
    ]) func rejectsFilesThatAreNotRecords(_ file: String, _ message: String) throws {
        let ledger = try ledgerWithOtherWork()
        let printed = try ledger.run("submit", file)
        #expect(printed.status == 64)
        #expect(printed.output == "")
        #expect(printed.errors.hasPrefix("arbor-ledger: \(message)"))
        #expect(try ledger.git("status", "--short") == untouched)
    }

    @Test func rejectsARepositoryWithoutACommit() throws {
        let ledger = try TemporaryLedger()
        _ = try ledger.run("init", "--no-hook")
        expect(
            try ledger.run("submit", exampleFinding),
            says: """
                ! arbor-ledger: this repository has no commit yet, so there is nothing to submit to
                !   -> git commit --allow-empty -m 'Begin the ledger', or commit what `arbor-ledger init` wrote
                exit 1

                """)
    }

    @Test func rejectsAMissingIdentity() throws {
        let ledger = try ledgerWithOtherWork()
        try ledger.write("Findings/good.yaml", good)
        let before = try ledger.git("status", "--short")
        let identity = Set(["AUTHOR", "COMMITTER"].flatMap { ["GIT_\($0)_NAME", "GIT_\($0)_EMAIL"] })
        try ledger.git("config", "user.useConfigOnly", "true")
        expect(
            try ledger.run(["submit", "--self-check", "0", "Findings/good.yaml"], without: identity),
            says: """
                ! arbor-ledger: git does not know who you are
                !   -> git config --global user.name 'Your Name'; git config --global user.email you@example.org
                exit 2

                """)
        #expect(try ledger.git("status", "--short") == before)
        #expect(try ledger.git("branch", "--format=%(refname:short)") == "main")
    }

    /// Errors in the last commit do not block `submit`.
    @Test func errorsElsewhereDoNotBlock() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/bad.yaml", finding("Out of range", value: "[0.9, 3]"))
        try ledger.commit("Bad")
        try ledger.write("Findings/good.yaml", good)
        try ledger.write("Findings/worse.yaml", "no record at all")
        #expect(try ledger.run("submit", "--self-check", "0", "Findings/good.yaml").status == 0)
        #expect(try committed(ledger) == "Ada: A good finding\n\n\nA\tFindings/good.yaml")
    }

    @Test func commitsAnEditedFinding() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("checkout", "-q", "-b", "edit")
        try ledger.edit(exampleFinding, "[0.45, 0.55]", "[0.4, 0.6]")
        try ledger.git("add", exampleFinding)
        #expect(try ledger.run("submit", "--self-check", "0", exampleFinding).status == 0)
        #expect(try committed(ledger).hasSuffix("\nM\t\(exampleFinding)"))
        #expect(try ledger.git("status", "--short") == "")
    }

    @Test func doesNotMoveAnExistingBranch() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/good.yaml", good)
        #expect(try ledger.run("submit", "--self-check", "0", "Findings/good.yaml").status == 0)
        let submitted = try ledger.git("rev-parse", "finding/good")
        try ledger.git("checkout", "-q", "main")
        try ledger.write("Findings/good.yaml", finding("Another good finding", value: "[0.4, 0.6]"))
        expect(
            try ledger.run("submit", "--self-check", "0", "Findings/good.yaml"),
            says: """
                ! arbor-ledger: the branch 'finding/good' already exists
                !   -> git switch finding/good
                exit 2

                """)
        #expect(try ledger.git("rev-parse", "finding/good") == submitted)
        #expect(try ledger.git("branch", "--show-current") == "main")
        #expect(try ledger.git("status", "--short") == "?? Findings/good.yaml")
    }

    @Test func reportsAFileWithoutChanges() throws {
        let ledger = try TemporaryLedger.example()
        expect(
            try ledger.run("submit", "--self-check", "0", exampleFinding),
            says: """
                ! arbor-ledger: the last commit already holds this version of the file
                !   -> edit the file first
                exit 1

                """)
    }
}
