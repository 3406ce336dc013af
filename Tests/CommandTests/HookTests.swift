import Foundation
import Testing

@Suite struct HookTests {
    private let good = finding("A good finding")
    private let bad = finding("A typing mistake").replacingOccurrences(of: "dimensions-per", with: "dimension-per")

    private func hooked() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run("hook", "install")
        guard printed.status == 0 else { throw Failure(description: printed.description) }
        return ledger
    }

    @Test func rejectsABadStagedFileDespiteAGoodWorkTree() throws {
        let ledger = try hooked()
        try ledger.write("Findings/new.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.write("Findings/new.yaml", good)
        expect(
            try ledger.tryGit(["commit", "-q", "-m", "bad"]),
            says: """
                ! Findings/new.yaml
                !   8:15    error   [unknown-quantity]
                !           unknown quantity "dimension-per-feature"
                !           -> did you mean "dimensions-per-feature"?
                ! 
                ! 1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings
                ! `arbor-ledger fix` mends 1 of these.
                ! arbor-ledger: not committed. Correct the errors above, `git add` the files, and commit again
                exit 1

                """)
        #expect(try ledger.git("log", "--format=%s") == "Begin")
    }

    @Test func badWorkTreeDoesNotBlockAGoodIndex() throws {
        let ledger = try hooked()
        try ledger.write("Findings/new.yaml", good)
        try ledger.git("add", "-A")
        try ledger.write("Findings/new.yaml", bad)
        try ledger.write("Findings/other.yaml", bad)
        expect(try ledger.tryGit(["commit", "-q", "-m", "good"]), says: "")
        #expect(try ledger.git("show", "HEAD:Findings/new.yaml") + "\n" == good)
    }

    /// For `git commit -a`, git gives the hook a temporary index, which is named only in the environment.
    @Test func commitAllJudgesTheContentToBeCommitted() throws {
        let ledger = try hooked()
        try ledger.write("Findings/new.yaml", good)
        try ledger.commit("good")
        try ledger.write("Findings/new.yaml", bad)
        #expect(try ledger.tryGit(["commit", "-q", "-a", "-m", "bad"]).status == 1)
        #expect(try ledger.git("diff", "--cached", "--name-only") == "")
        try ledger.write("Findings/new.yaml", good.replacingOccurrences(of: "0.55", with: "0.56"))
        #expect(try ledger.tryGit(["commit", "-q", "-a", "-m", "better"]).status == 0)
    }

    @Test func commitOfAPathJudgesOnlyThatPath() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.edit(exampleFinding, "0.55", "0.56")
        expect(try ledger.tryGit(["commit", "-q", "-m", "good", exampleFinding]), says: "")
        #expect(try ledger.git("status", "--short") == "A  Findings/bad.yaml")
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad", "Findings/bad.yaml"]).status == 1)
    }

    @Test func worksInASubfolder() throws {
        let ledger = try hooked()
        try ledger.write("Findings/new.yaml", bad)
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"], in: "Findings").status == 1)
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad", "new.yaml"], in: "Findings").status == 1)
        try ledger.write("Findings/new.yaml", good)
        #expect(try ledger.tryGit(["commit", "-q", "-m", "good", "new.yaml"], in: "Findings").status == 0)
    }

    @Test func linkedWorkTreeIsJudgedByItsOwnIndex() throws {
        let ledger = try hooked()
        let linked = "\(ledger.root)/linked"
        try ledger.git("worktree", "add", "-q", linked)
        try ledger.write("\(linked)/Findings/new.yaml", bad)
        _ = try ledger.tryGit(["add", "-A"], in: linked)
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"], in: linked).status == 1)
        #expect(try ledger.tryGit(["commit", "-q", "--allow-empty", "-m", "elsewhere"]).status == 0)
        try ledger.write("\(linked)/Findings/new.yaml", good)
        #expect(try ledger.tryGit(["commit", "-q", "-a", "-m", "good"], in: linked).status == 0)
    }

    @Test func existingErrorsDoNotBlock() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-q", "--no-verify", "-m", "bad"]).status == 0)
        try ledger.write("Findings/new.yaml", good)
        // The old error is now on another line but still counts as the same error.
        try ledger.write("Findings/bad.yaml", "# moved\n" + bad)
        try ledger.git("add", "-A")
        expect(
            try ledger.tryGit(["commit", "-q", "-m", "good"]),
            says: """
                ! arbor-ledger: 1 error already in the ledger before this commit; see `arbor-ledger check`

                """)
        try ledger.write("Findings/worse.yaml", bad)
        try ledger.git("add", "-A")
        let printed = try ledger.tryGit(["commit", "-q", "-m", "worse"])
        #expect(printed.status == 1)
        #expect(printed.errors.contains("Findings/worse.yaml"))
        #expect(!printed.errors.contains("Findings/bad.yaml"))
    }

    /// A merge may bring in errors that the audit branch already has; errors from any other branch block the commit.
    @Test func mergeMayBringOnlyErrorsOfTheAuditBranch() throws {
        let ledger = try hooked()
        try ledger.git("checkout", "-q", "-b", "side")
        try ledger.write("Findings/mine.yaml", good)
        try ledger.commit("mine")
        try ledger.git("checkout", "-q", "-b", "other", "main")
        try ledger.write("Findings/other.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--no-verify", "-m", "other")
        try ledger.git("checkout", "-q", "main")
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--no-verify", "-m", "bad")
        try ledger.git("checkout", "-q", "side")
        expect(
            try ledger.tryGit(["merge", "-q", "-m", "main", "main"]),
            says: "! arbor-ledger: 1 error already in the ledger before this commit; see `arbor-ledger check`\n")
        #expect(try ledger.tryGit(["merge", "-q", "--no-commit", "other"]).status == 0)
        let printed = try ledger.tryGit(["commit", "-q", "-m", "other"])
        #expect(printed.status == 1)
        #expect(printed.errors.contains("Findings/other.yaml") && !printed.errors.contains("Findings/bad.yaml"))
    }

    @Test func commitOfOtherFilesPasses() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--no-verify", "-m", "bad")
        try ledger.write("notes.txt", "notes\n")
        try ledger.git("add", "-A")
        expect(try ledger.tryGit(["commit", "-q", "-m", "notes"]), says: "")
    }

    @Test func judgesTheFirstCommit() throws {
        let ledger = try TemporaryLedger()
        _ = try ledger.run("init")
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"]).status == 1)
        try ledger.git("rm", "-q", "-f", "Findings/bad.yaml")
        expect(try ledger.tryGit(["commit", "-q", "-m", "good"]), says: "")
    }

    /// Running the hook changes neither the index nor the work tree.
    @Test func hookRunChangesNothing() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.write("Findings/bad.yaml", good)
        let before = try ledger.git("status", "--short") + ledger.git("write-tree")
        #expect(try ledger.run("hook", "run").status == 1)
        #expect(try ledger.git("status", "--short") + ledger.git("write-tree") == before)
    }

    /// Each change causes an error in an untouched file, or breaks a rule only in combination with an untouched file.
    @Test(arguments: [
        ("a claim that another finding names is gone", "two.yaml", "", "[unknown-claim]"),
        ("a finding that another builds on is gone", "gone.yaml", nil, "[unknown-finding]"),
        ("the slug is taken", "elsewhere/two.yaml", "", "[duplicate-slug]"),
        ("the name looks like another", "tvvo.yaml", nil, "[look-alike]"),
        ("a finding builds on itself through others", "gone.yaml", "builds_on: [naming]\n", "[cycle]"),
    ])
    func rejectsChangesThatBreakOtherFiles(what: String, file: String, rest: String?, code: String) throws {
        let ledger = try hooked()
        let second = """
              - quantity: dimensions-per-feature
                value: [0.2, 0.3]
                tested: {model: superposition-geometry, density: 0.1}

            """
        try ledger.write("Findings/two.yaml", finding("Two claims") + second)
        try ledger.write("Findings/gone.yaml", finding("A base"))
        try ledger.write(
            "Findings/naming.yaml",
            finding("It names both", rest: "builds_on: [gone]\ncaveats: [{text: no, against: {claim: two#2}}]\n"))
        try ledger.commit("Three findings")
        if let rest {
            try ledger.write("Findings/\(file)", finding(what, rest: rest))
        } else if ledger.exists("Findings/\(file)") {
            try ledger.git("rm", "-q", "Findings/\(file)")
        } else {
            try ledger.write("Findings/\(file)", finding(what))
        }
        try ledger.git("add", "-A")
        let printed = try ledger.tryGit(["commit", "-q", "-m", what])
        #expect(printed.status == 1, "\(what): \(printed)")
        #expect(printed.description.contains(code), "\(what): \(printed)")
    }

    /// The hook refuses what the gate refuses: a finding of the audit branch is retracted, not deleted.
    @Test func refusesToDeleteAFindingOfTheAuditBranch() throws {
        let ledger = try hooked()
        try ledger.git("mv", exampleFinding, "Findings/moved.yaml")
        try ledger.git("mv", "Findings/moved.yaml", exampleFinding)
        try ledger.git("rm", "-q", exampleFinding)
        let printed = try ledger.tryGit(["commit", "-q", "-m", "delete"])
        #expect(printed.status == 1)
        #expect(printed.errors.contains("this commit deletes the finding \"half-a-dimension\""))
        try ledger.git("reset", "-q", "--hard")
        // A finding that the audit branch does not have may be deleted.
        try ledger.git("checkout", "-q", "-b", "side")
        try ledger.write("Findings/new.yaml", good)
        try ledger.commit("new")
        try ledger.git("rm", "-q", "Findings/new.yaml")
        expect(try ledger.tryGit(["commit", "-q", "-m", "delete"]), says: "")
    }

    @Test func namesRecordsInFoldersOfTheWrongCase() throws {
        let ledger = try hooked()
        try ledger.write("findings/new.yaml", good)
        try ledger.git("add", "-A")
        expect(
            try ledger.tryGit(["commit", "-q", "-m", "new"]),
            says:
                "! arbor-ledger: findings/new.yaml is not read: records lie in Claims, Codebooks, Findings, Kernels, Resources, Traces or Verifiers\n"
        )
    }
}
