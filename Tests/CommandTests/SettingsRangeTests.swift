import Foundation
import Testing

/// Tests that `check BASE..TIP` passes a change of the settings or the signers only if a maintainer signed it.
@Suite struct SettingsRangeTests {
    private let settings = ".arbor-ledger.yaml"
    private let signers = ".arbor-ledger/signers"

    /// The example with two maintainers, a runner and a maintainer whose key has expired, on `main` and on `side`. Their
    /// private keys lie beside the ledger.
    private static let template = Result {
        let ledger = try TemporaryLedger.example()
        var lines = ""
        for (name, options) in [
            ("ada", "namespaces=\"git\""), ("bob", "namespaces=\"git,arbor-ledger,arbor-seed\""),
            ("runner", "namespaces=\"arbor-ledger,arbor-seed\""),
            ("old", "namespaces=\"git\",valid-before=\"20200101Z\""),
            ("stranger", ""),
        ] {
            let key = "\(ledger.root)/\(name)"
            let made = try RunningProcess(
                "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], in: ledger.root,
                ledger.environment
            ).wait()
            guard made.status == 0 else { throw Failure(description: made.description) }
            if !options.isEmpty { lines += "\(name)@example.org \(options) \(try ledger.read("\(key).pub"))" }
        }
        try ledger.write(".arbor-ledger/signers", lines)
        try ledger.commit("List signers")
        try ledger.git("checkout", "-q", "-b", "side")
        return ledger
    }

    private func guarded() throws -> TemporaryLedger { try TemporaryLedger(copyOf: Self.template.get()) }

    private func signing(_ key: String, _ ledger: TemporaryLedger) -> [String] {
        ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(ledger.root)/\(key)"]
    }

    /// Commits everything with a signature, or without one if there is no key.
    private func commit(_ ledger: TemporaryLedger, key: String?, _ message: String = "Change") throws {
        try ledger.git("add", "-A")
        let options = key.map { signing($0, ledger) + ["commit", "-S"] } ?? ["commit"]
        let printed = try ledger.tryGit(options + ["-q", "-m", message])
        guard printed.status == 0 else { throw Failure(description: printed.description) }
    }

    private func codes(_ ledger: TemporaryLedger, _ range: String = "main..side") throws -> [String] {
        try ledger.run("check", range, "--format", "json").json()["diagnostics"].items
            .filter { $0["severity"].text != "note" }.map { "\($0["code"].text) \($0["path"].text)" }
    }

    @Test func explainsWhatIsMissing() throws {
        let ledger = try guarded()
        try ledger.edit(settings, "0.05", "0.5")
        try ledger.commit("Believe more")
        let commit = try ledger.git("rev-parse", "--short=12", "HEAD")
        expect(
            try ledger.run("check", "main..side"),
            says: """
                .arbor-ledger.yaml
                  1:1     error   [changed-settings]
                          commit \(commit) (Believe more) changes .arbor-ledger.yaml, and no
                          maintainer whom .arbor-ledger/signers lists at the base of the range
                          signed the change
                          -> let a maintainer commit it with `git commit -S`, or merge it with
                             `git merge --no-ff -S`; squash and rebase lose signatures

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings; 1 more remark
                not shown, see `check --all`
                exit 1

                """)
        try ledger.git("checkout", "-q", "main")
        try ledger.git("rm", "-q", signers)
        try ledger.git("commit", "-q", "-m", "List nobody")
        try ledger.edit(settings, "0.05", "0.5")
        try ledger.commit("Believe more")
        expect(
            try ledger.run("check", "HEAD~1..HEAD"),
            says: """
                .arbor-ledger.yaml
                  1:1     warning [unguarded-settings]
                          the range changes .arbor-ledger.yaml, which anyone may do, because
                          .arbor-ledger/signers lists no maintainer at its base
                          -> list a maintainer's key there with `namespaces="git"`

                1 finding, 1 claim, 2 questions, 1 verifier: 0 errors, 1 warning; 1 more remark
                not shown, see `check --all`

                """)
    }

    @Test(arguments: [
        ("ada", true), ("bob", true), ("runner", false), ("old", false), ("stranger", false), (nil, false),
    ])
    func onlyAMaintainersSignatureCounts(key: String?, isAllowed: Bool) throws {
        let changes = [(settings, "alpha: 0.01\n"), (signers, "# A comment.\n"), (settings, nil), (signers, nil)]
        for (file, change) in key == "ada" || key == nil ? changes : Array(changes.prefix(1)) {
            let ledger = try guarded()
            if let change { try ledger.write(file, change) } else { try ledger.git("rm", "-q", file) }
            try commit(ledger, key: key)
            #expect(try codes(ledger) == (isAllowed ? [] : ["changed-settings \(file)"]), "\(file)")
        }
    }

    @Test func rangeCannotNameItsOwnMaintainer() throws {
        let ledger = try guarded()
        let line = "stranger@example.org namespaces=\"git\" \(try ledger.read("\(ledger.root)/stranger.pub"))"
        try ledger.write(signers, try ledger.read(signers) + line)
        try commit(ledger, key: "stranger")
        try ledger.edit(settings, "0.05", "0.5")
        try commit(ledger, key: "stranger")
        #expect(try codes(ledger) == ["changed-settings \(settings)", "changed-settings \(signers)"])
    }

    /// The signed commit must write the content that TIP has.
    @Test func signatureOfAnotherContentDoesNotCount() throws {
        let ledger = try guarded()
        try ledger.edit(settings, "0.05", "0.01")
        try commit(ledger, key: "ada")
        try ledger.edit(settings, "0.01", "0.5")
        try commit(ledger, key: nil)
        try ledger.write("notes.txt", "A signed commit that does not touch the settings.\n")
        try commit(ledger, key: "ada")
        #expect(try codes(ledger) == ["changed-settings \(settings)"])
        // If a later commit restores the content that a maintainer signed, or that BASE has, the unsigned content in
        // between is still refused.
        try ledger.edit(settings, "0.5", "0.01")
        try commit(ledger, key: nil)
        #expect(try codes(ledger) == ["changed-settings \(settings)"])
        try ledger.edit(settings, "0.01", "0.05")
        try commit(ledger, key: "ada")
        #expect(try codes(ledger) == ["changed-settings \(settings)"])
        // In the merged side of a merge, the unsigned content was never on the first-parent line.
        try ledger.git("checkout", "-q", "-b", "merged", "main")
        try ledger.git("merge", "-q", "--no-ff", "-m", "Merge", "side")
        #expect(try codes(ledger, "main..merged") == [])
    }

    /// If one commit lists a signer, receipts in the next commit count because of it, even if a third commit restores
    /// the file.
    @Test(arguments: [false, true]) func nobodyIsListedForOneCommit(isRebased: Bool) throws {
        let ledger = try guarded()
        let before = try ledger.read(signers)
        let key = try ledger.read("\(ledger.root)/stranger.pub")
        try ledger.write(signers, before + "stranger@example.org namespaces=\"arbor-ledger,arbor-seed\" \(key)")
        try commit(ledger, key: "stranger", "List myself")
        try ledger.write("notes.txt", "Receipts enter here.\n")
        try commit(ledger, key: nil)
        try ledger.write(signers, before)
        try commit(ledger, key: nil, "Restore")
        if isRebased {
            try ledger.git("checkout", "-q", "-b", "rebased", "main")
            try ledger.git("cherry-pick", "main..side")
        }
        #expect(try codes(ledger, "main..HEAD") == ["changed-settings \(signers)"])
        let message =
            try ledger.run("check", "main..HEAD", "--format", "json").json()["diagnostics"].items
            .first { $0["code"].text == "changed-settings" }?["message"].text ?? ""
        let commit = try ledger.git("rev-parse", "--short=12", "HEAD~2")
        #expect(message.hasPrefix("commit \(commit) (List myself) changes \(signers), "))
    }

    /// Otherwise Bob's listing would begin again. It is enough if the maintainer signs one of the two commits.
    @Test(arguments: [
        (nil, nil, false), ("ada", nil, false), (nil, "ada", false), ("ada", "ada", true),
    ])
    func nobodyIsListedAnew(removal: String?, listing: String?, isAllowed: Bool) throws {
        let ledger = try guarded()
        let before = try ledger.read(signers)
        try ledger.write(
            signers, before.split(separator: "\n").filter { !$0.hasPrefix("bob") }.joined(separator: "\n") + "\n")
        try commit(ledger, key: removal, "Remove Bob")
        try ledger.write(signers, before)
        try commit(ledger, key: listing, "List Bob")
        #expect(try codes(ledger) == (isAllowed ? [] : ["changed-settings \(signers)"]))
    }

    /// A link to the same bytes lists no signers.
    @Test func aLinkIsAnotherContent() throws {
        let ledger = try guarded()
        let id = try ledger.git("rev-parse", "HEAD:\(signers)")
        for mode in ["120000", "100644"] {
            try ledger.git("update-index", "--cacheinfo", "\(mode),\(id),\(signers)")
            try ledger.git("commit", "-q", "-m", mode)
        }
        #expect(try ledger.git("diff", "--name-only", "main", "side") == "")
        #expect(try codes(ledger) == ["changed-settings \(signers)"])
    }

    /// A branch may merge changes of the maintainers from main, also several times, but it may not drop them.
    @Test func branchTakesTheSettingsOfMain() throws {
        let ledger = try guarded()
        try ledger.write("notes.txt", "A branch.\n")
        try commit(ledger, key: nil)
        for (old, new) in [("0.05", "0.02"), ("0.02", "0.01")] {
            try ledger.git("checkout", "-q", "main")
            try ledger.edit(settings, old, new)
            try commit(ledger, key: "ada")
            try ledger.git("checkout", "-q", "side")
            try ledger.git("merge", "-q", "-m", "Merge main", "main")
        }
        for range in ["main..side", "main~1..side"] { #expect(try codes(ledger, range) == []) }
        try ledger.git("reset", "-q", "--hard", "side~1")
        try ledger.git("merge", "-q", "-s", "ours", "-m", "Merge main", "main")
        let refusals = ["changed-settings \(settings)", "dropped-by-merge \(settings)"]
        #expect(try codes(ledger) == refusals)
        // A merge of an old state does not bring it back either.
        try ledger.git("checkout", "-q", "-b", "back", "main")
        let merge = try ledger.git(
            "commit-tree", "-p", "main", "-p", "main~1", "-m", "Merge main~1", "main~1^{tree}")
        try ledger.git("reset", "-q", "--hard", merge)
        #expect(try codes(ledger, "main..back") == refusals)
    }

    /// Without maintainers, a change that was undone gives the warning, too.
    @Test func withoutMaintainersThereIsOnlyTheWarning() throws {
        let ledger = try guarded()
        try ledger.git("checkout", "-q", "main")
        try ledger.git("rm", "-q", signers)
        try ledger.git("commit", "-q", "-m", "List nobody")
        for (old, new) in [("0.05", "0.5"), ("0.5", "0.05")] {
            try ledger.edit(settings, old, new)
            try commit(ledger, key: nil)
        }
        #expect(try codes(ledger, "HEAD~2..HEAD") == ["unguarded-settings \(settings)"])
        #expect(try ledger.run("check", "HEAD~2..HEAD").status == 0)
    }

    /// The signature of a merge covers the changes that it brings to its first parent.
    @Test func maintainerMaySignTheMerge() throws {
        let ledger = try guarded()
        try ledger.edit(settings, "0.05", "0.01")
        try commit(ledger, key: nil)
        try ledger.git("checkout", "-q", "-b", "merged", "main")
        let merge = ["merge", "-q", "--no-ff", "-m", "Merge", "-S", "side"]
        #expect(try ledger.tryGit(signing("ada", ledger) + merge).status == 0)
        #expect(try codes(ledger, "main..merged") == [])
    }

    /// GitHub's three buttons. Only a merge keeps the maintainer's commit with its signature.
    @Test(arguments: [("merge", true), ("squash", false), ("rebase", false)])
    func onlyAMergeKeepsTheSignature(button: String, isAllowed: Bool) throws {
        let ledger = try guarded()
        try ledger.edit(settings, "0.05", "0.01")
        try commit(ledger, key: "ada")
        try ledger.git("checkout", "-q", "-b", "merged", "main")
        try ledger.write("notes.txt", "Main moves on.\n")
        try ledger.commit("Note")
        try ledger.git("tag", "target")
        let github = ["GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"]
        let commands =
            switch button {
            case "merge": [["merge", "-q", "--no-ff", "-m", "Merge pull request #1", "side"]]
            case "squash": [["merge", "-q", "--squash", "side"], ["commit", "-q", "-m", "Change (#1)"]]
            default: [["cherry-pick", "side"]]
            }
        for command in commands { #expect(try ledger.tryGit(command, extra: github).status == 0) }
        #expect(try codes(ledger, "target..merged") == (isAllowed ? [] : ["changed-settings \(settings)"]))
    }

    /// A signature that was copied from another commit, or hidden in a message, signs something else.
    @Test func copiedSignatureDoesNotCount() throws {
        let ledger = try guarded()
        try ledger.write("notes.txt", "Nothing.\n")
        try commit(ledger, key: "ada")
        let signed = try ledger.git("cat-file", "commit", "HEAD")
        let lines = signed.components(separatedBy: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("gpgsig ") })
        let end = try #require(lines[start...].firstIndex { $0.hasSuffix("-----END SSH SIGNATURE-----") })
        let signature = lines[start...end].joined(separator: "\n")
        try ledger.edit(settings, "0.05", "0.5")
        try commit(ledger, key: nil)
        let plain = try ledger.git("cat-file", "commit", "HEAD")
        let parts = plain.components(separatedBy: "\n\n")
        for forged in [
            "\(parts[0])\n\(signature)\n\n\(parts[1])\n", "\(plain)\n\n\(signature)\n",
            "\(parts[0])\n\(signature)\n\(signature)\n\n\(parts[1])\n", "\(parts[0])\ngpgsig x\n\n\(parts[1])\n",
        ] {
            try ledger.write("\(ledger.root)/forged", forged)
            let id = try ledger.git("hash-object", "-t", "commit", "-w", "\(ledger.root)/forged")
            #expect(try codes(ledger, "main..\(id)") == ["changed-settings \(settings)"])
        }
    }

    @Test func branchIsJudgedByTheMaintainersOfBase() throws {
        let ledger = try guarded()
        try ledger.edit(settings, "0.05", "0.01")
        try commit(ledger, key: "bob")
        try ledger.git("checkout", "-q", "main")
        let lines = try ledger.read(signers).split(separator: "\n")
        try ledger.write(signers, lines.filter { !$0.hasPrefix("bob") }.joined(separator: "\n") + "\n")
        try commit(ledger, key: "ada", "Bob leaves")
        // The branch left main when Bob was a maintainer, but now he is none.
        for range in ["main...side", "\(String(repeating: "0", count: 40))..side"] {
            #expect(try codes(ledger, range) == ["changed-settings \(settings)"])
        }
        #expect(try codes(ledger, "main~1..side") == [])
    }
}
