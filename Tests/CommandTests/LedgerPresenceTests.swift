import Foundation
import Testing

/// Without a ledger, no report claims that there are no errors.
@Suite struct LedgerPresenceTests {
    private static let commands = [
        ["check"], ["check", "--format", "json"], ["check", "Findings"], ["merge"], ["merge", "--write"], ["conflicts"],
        ["show", "x"], ["tasks"], ["tasks", "take", "x"], ["verify"],
    ]

    @Test(arguments: commands) func namesAFolderWithoutALedger(arguments: [String]) throws {
        let ledger = try TemporaryLedger(named: "code")
        try ledger.write("README.md", "No ledger.\n")
        try ledger.commit("Code")
        expect(
            try ledger.run(arguments),
            says: """
                ! arbor-ledger: there is no ledger in \(ledger.path)
                !   -> create one with `arbor-ledger init`, or name the folder of another with -C
                exit 64

                """)
    }

    @Test func namesAStateWithoutALedger() throws {
        let ledger = try TemporaryLedger(named: "code")
        try ledger.write("README.md", "No ledger.\n")
        try ledger.commit("Code")
        #expect(try ledger.run("init", "--no-hook").status == 0)
        #expect(try ledger.run("check").status == 0)
        expect(
            try ledger.run("check", "--staged"),
            says: """
                ! arbor-ledger: the index of \(ledger.path) holds no ledger
                !   -> `git add` the files that `arbor-ledger init` wrote
                exit 64

                """)
        for command in ["check", "show x"] {
            expect(
                try ledger.run(command.split(separator: " ").map(String.init) + ["--at", "main"]),
                says: """
                    ! arbor-ledger: "main" of \(ledger.path) holds no ledger
                    !   -> name a commit with Claims, Codebooks, Findings, Kernels, Resources, Traces or Verifiers
                    exit 64

                    """)
        }
        #expect(try ledger.run("merge", "--at", "main").status == 64)
        #expect(try ledger.run("diff", "main", "main").status == 64)
        // If only one state contains a ledger, the difference is reported as usual.
        #expect(try ledger.run("diff", "main").output.contains("1 finding, "))
    }

    /// A repository with settings but without records is the beginning of a ledger, which `new` and the hook accept.
    @Test func acceptsANewLedger() throws {
        let ledger = try TemporaryLedger()
        #expect(try ledger.run("hook", "run", "pre-commit").status == 0)
        let arguments = ["new", "question", ".", "--question", "How?", "--why", "To know."]
        #expect(try ledger.run(arguments).status == 0)
        #expect(try ledger.run("check").status == 0)
        let other = try TemporaryLedger()
        try other.write(".arbor-ledger.yaml", "audit_branch: main\n")
        #expect(try other.run("check").status == 0)
    }

    /// The repository has a branch with web pages in addition to the ledger.
    @Test func doesNotJudgeARangeWithoutALedger() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("switch", "-q", "--orphan", "pages")
        for page in ["a", "b"] {
            try ledger.write("\(page).html", page)
            try ledger.git("add", "\(page).html")
            try ledger.git("commit", "-q", "-m", page)
        }
        expect(
            try ledger.run("check", "pages~1..pages"),
            says: "! arbor-ledger: neither end of the range holds a ledger, so there is nothing to check\n")
        // A range that removes the ledger is checked like any other.
        let left = try ledger.run("check", "main..pages", "--ref", "refs/heads/main")
        #expect(left.status == 1)
        #expect(left.output.contains("[rewritten-history]"))
    }

    /// `check` recognises what other tools leave in a real repository: an unfinished merge, Jupyter files and DVC
    /// files.
    @Test func namesFilesOfOtherTools() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("switch", "-q", "-c", "theirs")
        try ledger.edit(exampleFinding, "[0.45, 0.55]", "[0.4, 0.5]")
        try ledger.commit("Theirs")
        try ledger.git("switch", "-q", "main")
        try ledger.edit(exampleFinding, "[0.45, 0.55]", "[0.5, 0.6]")
        try ledger.commit("Ours")
        #expect(try ledger.tryGit(["merge", "-q", "theirs"]).status == 1)
        try ledger.write("Findings/.ipynb_checkpoints/a-checkpoint.yaml", "title: A\n")
        try ledger.write("Findings/dvc.yaml", "stages: {a: {cmd: b}}\n")
        try ledger.write("Findings/large.ipynb", String(repeating: "{}\n", count: 1 << 19))
        let found = try ledger.run("check", "--format", "json").json()["diagnostics"].items
            .filter { $0["severity"].text != "note" }
            .map { "\($0["path"].text):\($0["line"].text) \($0["code"].text) \($0["message"].text)" }
        #expect(
            found == [
                "Findings/.ipynb_checkpoints/a-checkpoint.yaml:1 stray-file a Jupyter checkpoint",
                "Findings/dvc.yaml:1 stray-file a DVC pipeline",
                "Findings/half-a-dimension.yaml:11 syntax git conflict markers of an unfinished merge",
                "Findings/large.ipynb:1 notebook notebooks are ignored",
            ])
    }
}
