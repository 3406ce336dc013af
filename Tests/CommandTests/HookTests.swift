import Foundation
import Testing

@Suite struct HookTests {
    private let good = finding("A good finding")
    private let bad = finding("A typing mistake").replacingOccurrences(of: "dimensions-per", with: "dimension-per")
    private let hook = ".git/hooks/pre-commit"
    private let kept = ".git/hooks/pre-commit.before-arbor-ledger"

    private func hooked() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run("hook", "install")
        guard printed.status == 0 else { throw Failure(description: printed.description) }
        return ledger
    }

    @Test func installingTwiceIsInstallingOnce() throws {
        let ledger = try TemporaryLedger.example()
        let path = ledger.place(hook)
        expect(try ledger.run("hook", "install"), says: "Installed \(path).\n")
        let installed = try ledger.read(hook)
        #expect(FileManager.default.isExecutableFile(atPath: path))
        expect(try ledger.run("hook", "install"), says: "The hook is installed already: \(path)\n")
        #expect(try ledger.read(hook) == installed)
        expect(try ledger.run("hook", "uninstall"), says: "Removed \(path)\n")
        #expect(!ledger.exists(hook))
        expect(try ledger.run("hook", "uninstall"), says: "No hook of arbor-ledger is installed here.\n")
    }

    @Test func theHookThatWasThereRunsFirstAndComesBack() throws {
        let ledger = try TemporaryLedger.example()
        let old = "#!/bin/sh\necho \"the old hook\" >&2\ntest ! -e forbidden # no line end"
        try ledger.write(hook, old)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: ledger.place(hook))
        expect(
            try ledger.run("hook", "install"),
            says: "Installed \(ledger.place(hook)); the hook that was there is kept and runs first.\n")
        #expect(try ledger.read(kept) == old)
        let commit = ["commit", "-q", "--allow-empty", "-m", "empty"]
        expect(try ledger.tryGit(commit), says: "! the old hook\n")
        try ledger.write("forbidden", "")
        expect(try ledger.tryGit(commit), says: "! the old hook\nexit 1\n")
        expect(
            try ledger.run("hook", "uninstall"),
            says: "Removed the hook and put back the one that was there before: \(ledger.place(hook))\n")
        #expect(try ledger.read(hook) == old)
        #expect(FileManager.default.isExecutableFile(atPath: ledger.place(hook)))
        #expect(!ledger.exists(kept))
    }

    @Test func aHookOfAnothersIsNotRemoved() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(hook, "#!/bin/sh\n")
        #expect(try ledger.run("hook", "uninstall").status == 0)
        #expect(try ledger.read(hook) == "#!/bin/sh\n")
    }

    @Test func theHooksPathIsHonoured() throws {
        let ledger = try TemporaryLedger.example()
        for (setting, folder) in [
            ("shared/hooks", "\(ledger.path)/shared/hooks"), ("\(ledger.root)/hooks", "\(ledger.root)/hooks"),
            ("~/at-home", "\(ledger.root)/at-home"),
        ] {
            try ledger.git("config", "core.hooksPath", setting)
            expect(try ledger.run("hook", "install"), says: "Installed \(folder)/pre-commit.\n")
            try ledger.write("Findings/bad.yaml", bad)
            try ledger.git("add", "Findings/bad.yaml")
            #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"]).status == 1, "\(setting)")
            expect(try ledger.run("hook", "uninstall"), says: "Removed \(folder)/pre-commit\n")
        }
    }

    @Test func aBadStagedFileIsRefusedThoughTheWorkTreeIsGood() throws {
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
                ! arbor-ledger: not committed; `git commit --no-verify` passes this check by
                exit 1

                """)
        #expect(try ledger.git("log", "--format=%s") == "Begin")
    }

    @Test func aBadWorkTreeDoesNotBlockAGoodIndex() throws {
        let ledger = try hooked()
        try ledger.write("Findings/new.yaml", good)
        try ledger.git("add", "-A")
        try ledger.write("Findings/new.yaml", bad)
        try ledger.write("Findings/other.yaml", bad)
        expect(try ledger.tryGit(["commit", "-q", "-m", "good"]), says: "")
        #expect(try ledger.git("show", "HEAD:Findings/new.yaml") + "\n" == good)
    }

    /// git then judges a temporary index, which only its environment names.
    @Test func commitAllJudgesWhatWillBeCommitted() throws {
        let ledger = try hooked()
        try ledger.write("Findings/new.yaml", good)
        try ledger.commit("good")
        try ledger.write("Findings/new.yaml", bad)
        #expect(try ledger.tryGit(["commit", "-q", "-a", "-m", "bad"]).status == 1)
        #expect(try ledger.git("diff", "--cached", "--name-only") == "")
        try ledger.write("Findings/new.yaml", good.replacingOccurrences(of: "0.55", with: "0.56"))
        #expect(try ledger.tryGit(["commit", "-q", "-a", "-m", "better"]).status == 0)
    }

    @Test func commitOfAPathJudgesThatPathAlone() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.edit(exampleFinding, "0.55", "0.56")
        expect(try ledger.tryGit(["commit", "-q", "-m", "good", exampleFinding]), says: "")
        #expect(try ledger.git("status", "--short") == "A  Findings/bad.yaml")
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad", "Findings/bad.yaml"]).status == 1)
    }

    @Test func aSubfolderIsAsGoodAsTheTop() throws {
        let ledger = try hooked()
        try ledger.write("Findings/new.yaml", bad)
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"], in: "Findings").status == 1)
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad", "new.yaml"], in: "Findings").status == 1)
        try ledger.write("Findings/new.yaml", good)
        #expect(try ledger.tryGit(["commit", "-q", "-m", "good", "new.yaml"], in: "Findings").status == 0)
    }

    @Test func aLinkedWorkTreeIsJudgedByItsOwnIndex() throws {
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

    @Test func errorsThatWereThereDoNotBlock() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-q", "--no-verify", "-m", "bad"]).status == 0)
        try ledger.write("Findings/new.yaml", good)
        // The old error moved to another line and is the same.
        try ledger.write("Findings/bad.yaml", "# moved\n" + bad)
        try ledger.git("add", "-A")
        expect(
            try ledger.tryGit(["commit", "-q", "-m", "good"]),
            says: """
                ! arbor-ledger: the ledger had 1 error before this commit; see `arbor-ledger check`

                """)
        try ledger.write("Findings/worse.yaml", bad)
        try ledger.git("add", "-A")
        let printed = try ledger.tryGit(["commit", "-q", "-m", "worse"])
        #expect(printed.status == 1)
        #expect(printed.errors.contains("Findings/worse.yaml"))
        #expect(!printed.errors.contains("Findings/bad.yaml"))
    }

    @Test func aCommitThatDoesNotConcernTheLedgerPasses() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--no-verify", "-m", "bad")
        try ledger.write("notes.txt", "notes\n")
        try ledger.git("add", "-A")
        expect(try ledger.tryGit(["commit", "-q", "-m", "notes"]), says: "")
    }

    @Test func theFirstCommitIsJudgedToo() throws {
        let ledger = try TemporaryLedger()
        _ = try ledger.run("init")
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"]).status == 1)
        try ledger.git("rm", "-q", "-f", "Findings/bad.yaml")
        expect(try ledger.tryGit(["commit", "-q", "-m", "good"]), says: "")
    }

    /// The hook that git calls changes neither index nor work tree.
    @Test func judgingChangesNothing() throws {
        let ledger = try hooked()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        try ledger.write("Findings/bad.yaml", good)
        let before = try ledger.git("status", "--short") + ledger.git("write-tree")
        #expect(try ledger.run("hook", "run").status == 1)
        #expect(try ledger.git("status", "--short") + ledger.git("write-tree") == before)
    }

    /// Changes that break a file which the commit does not touch, or break a rule only together with one.
    @Test(arguments: [
        ("a claim that another finding names is gone", "two.yaml", "", "[unknown-claim]"),
        ("a finding that another builds on is gone", "gone.yaml", nil, "[unknown-finding]"),
        ("the slug is taken", "elsewhere/two.yaml", "", "[duplicate-slug]"),
        ("the name looks like another", "tvvo.yaml", nil, "[look-alike]"),
        ("a finding builds on itself through others", "gone.yaml", "builds_on: [naming]\n", "[cycle]"),
    ])
    func whatBreaksInOtherFilesIsRefused(what: String, file: String, rest: String?, code: String) throws {
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
}
