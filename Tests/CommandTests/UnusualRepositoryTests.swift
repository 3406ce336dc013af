import Foundation
import Testing

/// Tests commands in repositories that are not plain clones.
@Suite struct UnusualRepositoryTests {
    /// The user's own settings determine which owners of repositories are trusted. They are read from all the places
    /// that git reads.
    @Test(.enabled(if: getuid() == 0, "only root can make files that belong to somebody else"))
    func readsAnotherOwnersLedgerIfGitTrustsIt() throws {
        let ledger = try TemporaryLedger.example()
        for folder in ["", "/.git"] { #expect(chown(ledger.path + folder, 12345, 12345) == 0) }
        let refusal = """
            ! arbor-ledger: the repository '\(ledger.path)' belongs to another user, and git does not trust it
            !   -> git config --global --add safe.directory \(ledger.path)
            exit 2

            """
        func check(_ settings: [String: String] = [:], home: String = "") throws -> String {
            try ledger.write("\(ledger.root)/.gitconfig", home)
            return try ledger.run(["check"], extra: settings).description
        }
        func counted(_ folders: String...) -> [String: String] {
            var settings = ["GIT_CONFIG_COUNT": "\(folders.count)"]
            for (number, folder) in folders.enumerated() {
                settings["GIT_CONFIG_KEY_\(number)"] = "safe.directory"
                settings["GIT_CONFIG_VALUE_\(number)"] = folder
            }
            return settings
        }
        let fine = try check(home: "[safe]\n\tdirectory = \(ledger.path)\n")
        #expect(fine.contains(": 0 errors"))
        #expect(try check() == refusal)
        #expect(try check(home: "[safe]\n\tdirectory = /elsewhere\n") == refusal)
        #expect(try check(home: "[safe]\n\tdirectory = *\n") == fine)
        #expect(try check(home: "[safe]\n\tdirectory = *\n\tdirectory =\n") == refusal)
        #expect(try check(counted("*")) == fine)
        #expect(try check(counted(ledger.path)) == fine)
        #expect(try check(counted(ledger.path, "")) == refusal)
        try ledger.write("\(ledger.root)/settings", "[safe]\n\tdirectory = \(ledger.path)\n")
        #expect(try check(["GIT_CONFIG_GLOBAL": "\(ledger.root)/settings"]) == fine)
        #expect(try check(["SUDO_UID": "12345"]) == fine)
        #expect(try check(["SUDO_UID": "12346"]) == refusal)
        // The repository's own settings about trusted owners are ignored.
        try ledger.write(".git/config", ledger.read(".git/config") + "[safe]\n\tdirectory = *\n")
        #expect(try check() == refusal)
    }

    /// The folder of the bare repository is named explicitly, and no command from its configuration is run.
    @Test func readsABareLedgerDespiteGitsRestriction() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("clone", "-q", "--bare", ".", "../bare.git")
        let explicit = [
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.bareRepository", "GIT_CONFIG_VALUE_0": "explicit",
        ]
        let bare = try ledger.run(["-C", "../bare.git", "merge", "--at", "HEAD"], extra: explicit)
        #expect(try bare.description == ledger.run("merge", "--at", "HEAD").description)
        #expect(
            try ledger.run(["-C", "../bare.git", "check"]).description == """
                ! arbor-ledger: a bare repository has no work tree
                !   -> name a commit with --at
                exit 2

                """)
    }

    @Test func rejectsASparseCheckoutThatOmitsRecords() throws {
        let ledger = try TemporaryLedger.example()
        let fine = try ledger.run("check").description
        try ledger.git("sparse-checkout", "set", "Claims")
        let refusal = """
            ! arbor-ledger: this sparse checkout leaves out files of the ledger, such as '\(exampleFinding)'
            !   -> git sparse-checkout add Claims Codebooks Findings Kernels Resources Traces Verifiers, or read a commit with --at HEAD
            exit 2

            """
        for command in [["check"], ["merge"], ["conflicts"], ["verify"], ["tasks"], ["init"], ["diff", "HEAD"]] {
            #expect(try ledger.run(command).description == refusal, "\(command)")
        }
        #expect(try ledger.run("check", "--staged").description == fine)
        #expect(try ledger.run("check", "--at", "HEAD").description == fine)
        #expect(try ledger.git("status", "--short") == "")
        try ledger.git("sparse-checkout", "add", "Claims", "Findings", "Verifiers")
        #expect(try ledger.run("check").description == fine)
    }

    @Test func hookReadsSplitAndSparseIndexes() throws {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("hook", "install").status == 0)
        try ledger.git("sparse-checkout", "set", "--cone", "--sparse-index", "Findings")
        try ledger.write("Findings/wrong.yaml", finding("Wrong", value: "[2, 1]"))
        for setting in ["--no-split-index", "--split-index"] {
            try ledger.git("update-index", setting)
            try ledger.git("add", "Findings/wrong.yaml")
            let refused = try ledger.tryGit(["commit", "-m", "Wrong"])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("\"value\" is an empty range"), "\(refused)")
            try ledger.git("rm", "-q", "--cached", "Findings/wrong.yaml")
            try ledger.git("commit", "-q", "--allow-empty", "-m", "Right")
            if setting == "--no-split-index" { try ledger.git("sparse-checkout", "disable") }
        }
    }

    @Test func reportsAreTheSameOnADetachedOrUnbornHead() throws {
        let ledger = try TemporaryLedger.example()
        let merged = try ledger.run("merge").description
        try ledger.git("checkout", "-q", "--detach")
        #expect(try ledger.run("merge").description == merged)
        try ledger.git("checkout", "-q", "main")
        try ledger.git("worktree", "add", "-q", "--detach", "../linked")
        #expect(try ledger.run("-C", "../linked", "merge").description == merged)
        try ledger.git("checkout", "-q", "--orphan", "unborn")
        #expect(try ledger.run("merge").description == merged)
        #expect(try ledger.run("check", "--staged").status == 0)
        #expect(
            try ledger.run("check", "--at", "HEAD").description == """
                ! arbor-ledger: there is no commit, branch or tag 'HEAD'
                exit 64

                """)
    }
}
