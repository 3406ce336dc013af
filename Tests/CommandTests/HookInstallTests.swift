import Foundation
import Testing

/// Tests what installing and uninstalling our hooks does to existing hooks.
@Suite struct HookInstallTests {
    private static let names = ["pre-commit", "pre-merge-commit", "pre-push"]
    private let savedHook = ".git/hooks/pre-commit.before-arbor-ledger"
    private let hook = ".git/hooks/pre-commit"
    private let bad = finding("A typing mistake").replacingOccurrences(of: "dimensions-per", with: "dimension-per")

    private func ours(_ ledger: TemporaryLedger) -> [String] {
        ledger.names(in: ".git/hooks").filter { !$0.hasSuffix(".sample") }
    }

    private func makeExecutable(_ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    @Test func installingTwiceChangesNothing() throws {
        let ledger = try TemporaryLedger.example()
        func expected(_ line: (String) -> String) -> String {
            Self.names.map { line("\(ledger.path)/.git/hooks/\($0)") + "\n" }.joined()
        }
        expect(try ledger.run("hook", "install"), says: expected { "Installed \($0)." })
        let installed = try Self.names.map { try ledger.read(".git/hooks/\($0)") }
        for name in Self.names {
            #expect(FileManager.default.isExecutableFile(atPath: ledger.place(".git/hooks/\(name)")))
        }
        expect(try ledger.run("hook", "install"), says: expected { "The hook is installed already: \($0)" })
        #expect(try Self.names.map { try ledger.read(".git/hooks/\($0)") } == installed)
        expect(try ledger.run("hook", "uninstall"), says: expected { "Removed \($0)" })
        #expect(ours(ledger) == [])
        expect(try ledger.run("hook", "uninstall"), says: "No hook of arbor-ledger is installed here.\n")
    }

    @Test func installsOnlyTheChosenHooks() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("hook", "install", "pre-push", "pre-commit").status == 0)
        #expect(ours(ledger) == ["pre-commit", "pre-push"])
        #expect(try ledger.run("hook", "install", "post-commit").status == 64)
    }

    @Test func existingHookRunsFirstAndIsRestored() throws {
        let ledger = try TemporaryLedger.example()
        let old = "#!/bin/sh\necho \"the old hook\" >&2\ntest ! -e forbidden # no line end"
        try ledger.write(hook, old)
        try makeExecutable(ledger.place(hook))
        expect(
            try ledger.run("hook", "install", "pre-commit"),
            says: "Installed \(ledger.place(hook)); the previous hook is saved and runs first.\n")
        #expect(try ledger.read(savedHook) == old)
        let commit = ["commit", "-q", "--allow-empty", "-m", "empty"]
        expect(try ledger.tryGit(commit), says: "! the old hook\n")
        try ledger.write("forbidden", "")
        expect(try ledger.tryGit(commit), says: "! the old hook\nexit 1\n")
        expect(
            try ledger.run("hook", "uninstall"),
            says: "Removed the hook and restored the previous one: \(ledger.place(hook))\n")
        #expect(try ledger.read(hook) == old)
        #expect(FileManager.default.isExecutableFile(atPath: ledger.place(hook)))
        #expect(!ledger.exists(savedHook))
    }

    /// Uninstalling restores the bytes, the mode and the link target of a hook, even if the link is dangling.
    @Test func restoresEveryKindOfHook() throws {
        let files = FileManager.default
        for target in ["../elsewhere", "nowhere"] {
            let ledger = try TemporaryLedger.example()
            try ledger.write(".git/elsewhere", "#!/bin/sh\necho linked >&2\n")
            try makeExecutable(ledger.place(".git/elsewhere"))
            try? files.removeItem(atPath: ledger.place(hook))
            try files.createSymbolicLink(atPath: ledger.place(hook), withDestinationPath: target)
            #expect(try ledger.run("hook", "install").status == 0)
            let said = try ledger.tryGit(["commit", "-q", "--allow-empty", "-m", "empty"])
            expect(said, says: target == "nowhere" ? "" : "! linked\n")
            #expect(try ledger.run("hook", "uninstall").status == 0)
            #expect(try files.destinationOfSymbolicLink(atPath: ledger.place(hook)) == target)
        }
        let ledger = try TemporaryLedger.example()
        try ledger.write(hook, "\u{0}not even text")
        try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: ledger.place(hook))
        #expect(try ledger.run("hook", "install").status == 0)
        #expect(try ledger.tryGit(["commit", "-q", "--allow-empty", "-m", "empty"]).status == 0)
        #expect(try ledger.run("hook", "uninstall").status == 0)
        #expect(try ledger.read(hook) == "\u{0}not even text")
        #expect(try files.attributesOfItem(atPath: ledger.place(hook))[.posixPermissions] as? Int == 0o640)
    }

    @Test func doesNotRemoveForeignHooks() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(hook, "#!/bin/sh\n")
        #expect(try ledger.run("hook", "uninstall").status == 0)
        #expect(try ledger.read(hook) == "#!/bin/sh\n")
    }

    /// Simulates an installation that was killed after it had renamed the existing hook but before it wrote ours.
    @Test func repairsAnInterruptedInstall() throws {
        for command in ["install", "uninstall"] {
            let ledger = try TemporaryLedger.example()
            try ledger.write(savedHook, "#!/bin/sh\necho kept >&2\n")
            try makeExecutable(ledger.place(savedHook))
            try ledger.write("\(hook).123-456.tmp", "#!/bin/sh\n")
            #expect(try ledger.run("hook", command).status == 0)
            expect(try ledger.tryGit(["commit", "-q", "--allow-empty", "-m", "empty"]), says: "! kept\n")
            #expect(!ledger.exists("\(hook).123-456.tmp"))
            #expect(try ledger.run("hook", "uninstall").status == 0)
            #expect(ours(ledger) == ["pre-commit"])
            #expect(try ledger.read(hook) == "#!/bin/sh\necho kept >&2\n")
        }
    }

    @Test func replacesAnEarlierVersionOfOurHook() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(savedHook, "#!/bin/sh\n")
        try ledger.write(hook, "#!/bin/sh\n# arbor-ledger hook; of an earlier version\nexit 1\n")
        #expect(try ledger.run("hook", "install", "pre-commit").status == 0)
        #expect(try ledger.read(savedHook) == "#!/bin/sh\n")
        #expect(try ledger.tryGit(["commit", "-q", "--allow-empty", "-m", "empty"]).status == 0)
    }

    @Test func reportsObstaclesBeforeWriting() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(".git/hooks/pre-push", "#!/bin/sh\n")
        try ledger.write(".git/hooks/pre-push.before-arbor-ledger", "#!/bin/sh\n")
        expect(
            try ledger.run("hook", "install"),
            says: """
                ! arbor-ledger: \(ledger.path)/.git/hooks/pre-push.before-arbor-ledger is in the way
                !   -> move it aside and try again
                exit 1

                """)
        #expect(!ledger.exists(hook))
    }

    @Test func honoursTheHooksPath() throws {
        let ledger = try TemporaryLedger.example()
        for (setting, folder) in [
            ("shared/hooks", "\(ledger.path)/shared/hooks"), ("\(ledger.root)/hooks", "\(ledger.root)/hooks"),
            ("~/at-home", "\(ledger.root)/at-home"),
        ] {
            try ledger.git("config", "core.hooksPath", setting)
            expect(try ledger.run("hook", "install", "pre-commit"), says: "Installed \(folder)/pre-commit.\n")
            try ledger.write("Findings/bad.yaml", bad)
            try ledger.git("add", "Findings/bad.yaml")
            #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"]).status == 1, "\(setting)")
            expect(try ledger.run("hook", "uninstall"), says: "Removed \(folder)/pre-commit\n")
        }
        try ledger.git("config", "core.hooksPath", "/dev/null")
        #expect(try ledger.run("hook", "install").errors.contains("core.hooksPath is /dev/null"))
    }

    @Test func honoursTheHooksPathOfOneWorkTree() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("config", "extensions.worktreeConfig", "true")
        try ledger.git("config", "--worktree", "core.hooksPath", "own")
        let own = "\(ledger.path)/own/pre-commit"
        expect(try ledger.run("hook", "install", "pre-commit"), says: "Installed \(own).\n")
        #expect(try ledger.run("doctor").output.contains("ok       hook pre-commit        \(own)\n"))
        expect(try ledger.run("hook", "uninstall"), says: "Removed \(own)\n")
    }

    /// Hook folders are shared if they are committed or if husky rewrites them. Shared folders must not be changed.
    @Test func leavesSharedFoldersAlone() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("hooks/commit-msg", "#!/bin/sh\n")
        try ledger.commit("Hooks for all")
        try ledger.git("config", "core.hooksPath", "hooks")
        expect(
            try ledger.run("hook", "install", "pre-commit"),
            says: """
                ! arbor-ledger: core.hooksPath is hooks, which is committed
                !   -> add the line arbor-ledger hook run pre-commit in hooks/pre-commit
                exit 1

                """)
        #expect(ledger.names(in: "hooks") == ["commit-msg"])
        try ledger.write(".husky/_/.gitignore", "*\n")
        try ledger.git("config", "core.hooksPath", ".husky/_")
        expect(
            try ledger.run("hook", "install", "pre-commit"),
            says: """
                ! arbor-ledger: core.hooksPath is .husky/_, which husky writes
                !   -> add the line arbor-ledger hook run pre-commit in .husky/pre-commit
                exit 1

                """)
        #expect(ledger.names(in: ".husky/_") == [".gitignore"])
    }

    @Test func reportsASkippedCheck() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("hook", "install").status == 0)
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-q", "-m", "bad"], extra: ["ARBOR_LEDGER_SKIP": "0"]).status == 1)
        expect(
            try ledger.tryGit(["commit", "-q", "-m", "bad"], extra: ["ARBOR_LEDGER_SKIP": "1"]),
            says: "! arbor-ledger: not checked, because ARBOR_LEDGER_SKIP is set\n")
    }

    @Test func hookWithoutTheToolWarnsAndPasses() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("hook", "install", "pre-commit").status == 0)
        let script = try ledger.read(hook)
        try ledger.write(hook, script.replacingOccurrences(of: binary, with: "/nowhere/arbor-ledger"))
        try makeExecutable(ledger.place(hook))
        expect(
            try ledger.tryGit(["commit", "-q", "--allow-empty", "-m", "empty"]),
            says: "! arbor-ledger is not installed here, so this is not checked\n")
    }
}
