import Foundation
import Testing

/// Tests how audits depend on the history of a repository.
@Suite struct AuditBranchTests {
    /// A branch under review cannot change the settings with which it is checked.
    @Test func readsSettingsFromTheAuditBranch() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("checkout", "-q", "-b", "lenient")
        try ledger.edit(".arbor-ledger.yaml", "alpha: 0.05", "alpha: 0.9")
        try ledger.commit("Be lenient")
        func runs() throws -> String {
            try ledger.run("verify", "--format", "json").json()["verdicts"].items[0]["runs"].text
        }
        #expect(try runs() == "8")
        try ledger.git("checkout", "-q", "main")
        try ledger.edit(".arbor-ledger.yaml", "alpha: 0.05", "alpha: 0.01")
        #expect(try runs() == "8", "not committed yet")
        try ledger.commit("Be strict")
        #expect(try runs() == "11")
    }

    @Test func auditBranchMayHaveAnotherName() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("branch", "-m", "trunk")
        expect(
            try ledger.run("verify"),
            says: """
                ! arbor-ledger: this repository has no audit branch "main"
                !   -> name it with `git config arbor-ledger.auditBranch BRANCH`
                exit 2

                """)
        try ledger.git("config", "arbor-ledger.auditBranch", "trunk")
        #expect(try ledger.run("verify").status == 0)
        try ledger.commit("Audit")
        #expect(try ledger.run("merge").output.contains("half-a-dimension#1  own run, control refuted, toy\n"))
        // A checkout as in CI, without a local branch.
        let clone = "\(ledger.root)/clone"
        try ledger.git("clone", "-q", ".", clone)
        for arguments in [["checkout", "-q", "--detach"], ["branch", "-q", "-D", "trunk"]] {
            #expect(try ledger.tryGit(arguments, in: clone).status == 0)
        }
        #expect(try ledger.run(["merge"], in: clone).output.contains("half-a-dimension#1  reported, toy\n"))
        _ = try ledger.tryGit(["config", "arbor-ledger.auditBranch", "trunk"], in: clone)
        #expect(
            try ledger.run(["merge"], in: clone).output.contains("half-a-dimension#1  own run, control refuted, toy\n"))
    }

    @Test func doesNotRunClaimsOutsideTheMerge() throws {
        let ledger = try TemporaryLedger.example()
        let wide = finding("Wide", value: "[0.4, 0.6]")
        try ledger.write("Findings/planned.yaml", wide + "status: planned\nuntil: 2999-01-01\n")
        try ledger.write("Findings/retracted.yaml", wide + "retracted: a mistake\n")
        try ledger.write("Findings/older.yaml", wide + "superseded_by: [newer]\n")
        try ledger.write("Findings/newer.yaml", wide + "supersedes: [older]\n")
        try ledger.commit("More")
        #expect(try ledger.run("check").status == 0)
        let all = try ledger.run("verify", "--format", "json").json()
        #expect(all["verdicts"].items.map(\.["claim"].text) == ["half-a-dimension#1", "newer#1"])
        expect(
            try ledger.run("verify", "older", "planned", "retracted"),
            says: """
                Not audited:
                  older#1: superseded by newer
                  planned#1: only planned
                  retracted#1: retracted
                Next: arbor-ledger tasks
                exit 2

                """)
    }

    @Test func rejectsABareRepository() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("clone", "-q", "--bare", ".", "bare.git")
        expect(
            try ledger.run(["verify", "--at", "HEAD"], in: "bare.git"),
            says: """
                ! arbor-ledger: a bare repository has no work tree
                !   -> run in a clone
                exit 2

                """)
        #expect(try ledger.run(["merge", "--at", "HEAD"], in: "bare.git").status == 0)
    }

    @Test func shallowCloneCountsButDoesNotVerify() throws {
        let ledger = try TemporaryLedger.example()
        _ = try ledger.run("verify")
        try ledger.commit("Audit")
        let clone = "\(ledger.root)/shallow"
        try ledger.git("clone", "-q", "--depth", "1", "file://\(ledger.path)", clone)
        let merge = try ledger.run(["merge"], in: clone).output
        #expect(merge.contains("+ half-a-dimension#1  own run, control refuted, toy\n"))
        #expect(
            merge.hasSuffix(
                """
                independent re-runs, list runners: see `arbor-ledger signers add --help`. Salts
                not checked: the history is shallow, so no claim is above own run.

                """))
        #expect(
            try ledger.run(["show", "half-a-dimension#1"], in: clone).output.contains(
                "    salt not checked, so not above own run\n"))
        #expect(try ledger.run(["check"], in: clone).status == 0)
        for command in [["check"], ["check", "HEAD..HEAD"], ["diff", "HEAD"]] {
            let output = try ledger.run(command, in: clone).output
            #expect(output.contains("not checked: the history is shallow"), "\(command): \(output)")
        }
        expect(
            try ledger.run(["verify"], in: clone),
            says: """
                ! arbor-ledger: the history is shallow, so the commit at which a claim entered is unknown
                !   -> git fetch --unshallow
                exit 2

                """)
        _ = try ledger.tryGit(["fetch", "-q", "--unshallow"], in: clone)
        #expect(!(try ledger.run(["merge"], in: clone).output.contains("shallow")))
        #expect(try ledger.run(["verify"], in: clone).status == 0)
    }

    /// A receipt is stale if the history of the audit branch lacks its salt, even if a listed runner made it.
    @Test func receiptOfAnotherHistoryIsStale() throws {
        let ledger = try TemporaryLedger.example()
        _ = try ledger.run("verify")
        let other = try TemporaryLedger.example()
        try other.git("commit", "-q", "--amend", "-m", "Another beginning")
        try FileManager.default.copyItem(atPath: ledger.place(receiptsFolder), toPath: other.place(receiptsFolder))
        try other.commit("Borrowed receipts")
        let salt = try ledger.git("rev-parse", "HEAD").prefix(12)
        let stale = try other.run("check", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "stale-receipt" }
        #expect(
            stale.map(\.["message"].text)
                == Array(repeating: "its salt, commit \(salt), is not in the history of main", count: 2))
        #expect(try other.run("merge").output.contains("+ half-a-dimension#1  reported, toy\n"))
    }

    /// If main is merged into a branch that then becomes main, the history contains the salt, but the first-parent line
    /// does not.
    @Test func reportsASaltOutsideTheFirstParentLine() throws {
        let ledger = try TemporaryLedger.example()
        let verified = finding("New", value: "[0.4, 0.6]", more: "verify: superposition-geometry/dimensionality")
        try ledger.write("Findings/new.yaml", verified)
        try ledger.commit("New")
        let salt = try ledger.git("rev-parse", "HEAD").prefix(12)
        _ = try ledger.run("verify", "new")
        try ledger.commit("Receipts")
        try ledger.git("checkout", "-q", "-b", "aside", "HEAD~2")
        try ledger.git("commit", "-q", "--allow-empty", "-m", "Aside")
        try ledger.git("merge", "-q", "-m", "Crossed", "main")
        try ledger.git("branch", "-f", "main")
        let stale = try ledger.run("check", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "stale-receipt" }
        #expect(
            Set(stale.map(\.["message"].text)) == [
                "its salt, commit \(salt), is in the history of main but not on its first-parent line, where salts come "
                    + "from"
            ])
    }

    @Test func skipsAClaimOfAFeatureBranch() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("checkout", "-q", "-b", "finding/new")
        try ledger.write("Findings/new.yaml", finding("New", value: "[0.4, 0.6]"))
        try ledger.commit("New")
        expect(
            try ledger.run("verify", "new"),
            says: """
                Not audited:
                  new#1: not on main yet, so it has no audit seeds
                Next: arbor-ledger tasks
                exit 2

                """)
        #expect(!ledger.exists(receiptsFolder))
        let all = try ledger.run("verify", "--format", "json").json()
        #expect(all["skipped"].description == "[{claim: new#1, reason: not on main yet, so it has no audit seeds}]")
        #expect(all["verdicts"].items.map(\.["claim"].text) == ["half-a-dimension#1"])
    }
}
