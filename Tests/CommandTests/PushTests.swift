import Foundation
import Testing

/// Tests real pushes, both to a bare repository with the pre-receive recipe of docs/gate.md and from a repository with
/// our pre-push hook.
@Suite struct PushTests {
    private let good = finding("A good finding", tested: "{model: superposition-geometry, density: 0.1}")
    private var bad: String { good.replacingOccurrences(of: "dimensions-per", with: "dimension-per") }
    private let server = TemporaryLedger.server

    private func served() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        try ledger.commit("Audit")
        try ledger.serve()
        return ledger
    }

    private func tip(_ ledger: TemporaryLedger) throws -> String {
        try ledger.git("--git-dir", server, "rev-parse", "main")
    }

    @Test func serverJudgesObjectsInQuarantine() throws {
        let ledger = try served()
        let before = try tip(ledger)
        try ledger.write("Findings/new.yaml", bad)
        try ledger.commit("bad")
        for target in ["main", "main:refs/heads/new"] {
            let printed = try ledger.push(target)
            #expect(printed.status == 1, "\(printed)")
            #expect(printed.errors.contains("[unknown-quantity]"), "\(printed)")
        }
        #expect(try tip(ledger) == before)
        try ledger.write("Findings/new.yaml", good)
        try ledger.commit("good")
        #expect(try ledger.push("main").status == 0)
        #expect(try ledger.push("main:refs/heads/new").status == 0)
        #expect(try ledger.push(":new").status == 0)
        #expect(try tip(ledger) == ledger.git("rev-parse", "HEAD"))
    }

    @Test(arguments: [
        ("git rm -q Verifiers/*/receipts/*.json", "[removed-receipt]"),
        ("for file in Verifiers/*/receipts/*; do echo >> $file; done", "[altered-receipt]"),
        ("git rm -q Findings/half-a-dimension.yaml", "[deleted-finding]"),
        ("sed -i s/0.55/0.56/ Findings/half-a-dimension.yaml", "[changed-claim]"),
        ("sed -i 's/steps: 200/steps: 201/' Verifiers/superposition-geometry/model.yaml", "[changed-verifier]"),
        ("sed -i 's/^range: .*/range: [0, 3]/' Claims/vocabulary/quantities/*.yaml", "[changed-meaning]"),
        (
            "sed -i '/^caveats:/,$d' Findings/half-a-dimension.yaml; export GIT_AUTHOR_EMAIL=mallory@example.org",
            "[strangers-edit]"
        ),
        (
            "git checkout -q HEAD~1; git commit -q --allow-empty -m aside",
            "[rewritten-history] the audit branch would lose commit"
        ),
        (
            "git checkout -q HEAD~1; git commit -q --allow-empty -m aside; git merge -q -m crossed main",
            "would leave the audit branch's first-parent line, from which seeds derive"
        ),
    ])
    func serverProtectsTheAuditBranch(change: String, expected: String) throws {
        let ledger = try served()
        let before = try tip(ledger)
        let shell = "\(change); git add -A; git commit -q --allow-empty -m change"
        #expect(try RunningProcess("/bin/sh", ["-c", shell], in: ledger.path, ledger.environment).wait().status == 0)
        let printed = try ledger.push("--force", "HEAD:main")
        #expect(printed.status == 1)
        let words = printed.errors.split(whereSeparator: \.isWhitespace).filter { $0 != "remote:" }
        #expect(words.joined(separator: " ").contains(expected), "\(printed)")
        #expect(try tip(ledger) == before)
    }

    @Test func prePushHookJudgesAPush() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("init", "-q", "--bare", server)
        try ledger.git("remote", "add", "origin", server)
        try ledger.write(".git/hooks/pre-push", "#!/bin/sh\ncat > ../heard\necho \"$@\" >> ../heard\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: ledger.place(".git/hooks/pre-push"))
        #expect(try ledger.run("hook", "install", "pre-push").status == 0)
        try ledger.write("Findings/new.yaml", bad)
        try ledger.commit("bad")
        let commit = try ledger.git("rev-parse", "HEAD")
        expect(
            try ledger.push("main"),
            says: """
                ! Findings/new.yaml
                !   8:15    error   [unknown-quantity]
                !           unknown quantity "dimension-per-feature"
                !           -> did you mean "dimensions-per-feature"?
                ! 
                ! 1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings; 1 more remark
                ! not shown, see `check --all`
                ! `arbor-ledger fix` mends 1 of these.
                ! arbor-ledger: refs/heads/main is not pushed. Correct the errors above in a new commit, and push again
                ! error: failed to push some refs to '../server.git'
                exit 1

                """)
        // The existing hook receives git's arguments and standard input.
        #expect(
            try ledger.read("../heard")
                == "refs/heads/main \(commit) refs/heads/main \(String(repeating: "0", count: 40))\norigin ../server.git\n"
        )
        #expect(
            try ledger.tryGit(["push", "-q", "origin", "main"], extra: ["ARBOR_LEDGER_SKIP": "1"]).errors
                == "arbor-ledger: not checked, because ARBOR_LEDGER_SKIP is set\n")
        try ledger.write("Findings/new.yaml", good)
        try ledger.commit("good")
        expect(try ledger.push("main"), says: "")
        try ledger.git("tag", "v1")
        expect(try ledger.push("v1"), says: "")
        expect(try ledger.push("main:refs/heads/new"), says: "")
        expect(try ledger.push(":new"), says: "")
    }

    @Test func readsThePushFromHookFrameworks() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/new.yaml", bad)
        try ledger.commit("bad")
        let range = ["PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"]
        #expect(try ledger.run(["hook", "run"], extra: range).status == 1)
        #expect(try ledger.run(["hook", "run"]).status == 0)
        #expect(try ledger.run(["hook", "run", "pre-push"], extra: range).status == 1)
        #expect(try ledger.run(["hook", "run", "pre-commit"], extra: range).status == 0)
        // A push whose commits include the first commit of the repository.
        let whole = ["PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main"]
        #expect(try ledger.run(["hook", "run"], extra: whole).status == 1)
        #expect(
            try ledger.run(["hook", "run"], extra: range.merging(["PRE_COMMIT_FROM_REF": "HEAD"]) { $1 }).status == 0)
    }
}
