import Foundation
import Testing

/// Tests `check BASE..TIP`, which serves as a gate for changes.
@Suite struct RangeTests {
    private static let none = String(repeating: "0", count: 40)
    private let good = finding("A good finding", tested: "{model: superposition-geometry, density: 0.1}")
    private var bad: String { good.replacingOccurrences(of: "dimensions-per", with: "dimension-per") }

    /// Returns the example with an audit in two receipts.
    private func audited() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run("verify")
        guard printed.status == 0 else { throw Failure(description: printed.description) }
        try ledger.commit("Audit")
        try ledger.git("tag", "audited")
        return ledger
    }

    /// Finds the path of the control's receipt, whose file name depends on its content.
    private func receipt(_ ledger: TemporaryLedger) throws -> String {
        let paths = ledger.names(in: receiptsFolder).map { "\(receiptsFolder)/\($0)" }
        return try #require(try paths.first { try ledger.read($0).contains("\"isControl\" : true") })
    }

    private func add(_ slug: String, _ ledger: TemporaryLedger) throws {
        try ledger.write("Findings/\(slug).yaml", good.replacingOccurrences(of: "A good", with: slug))
        try ledger.commit("Add \(slug)")
    }

    private func codes(_ ledger: TemporaryLedger, _ arguments: String...) throws -> [String] {
        try ledger.run(["check", "--format", "json"] + arguments).json()["diagnostics"].items
            .filter { $0["severity"].text == "error" }.map { "\($0["code"].text) \($0["path"].text)" }
    }

    @Test func rejectsARemovedReceiptUntilItIsRestored() throws {
        let ledger = try audited()
        let path = try receipt(ledger)
        try ledger.git("rm", "-q", path)
        try ledger.commit("Tidy up")
        let commit = try ledger.git("rev-parse", "--short=12", "HEAD")
        expect(
            try ledger.run("check", "audited..HEAD"),
            says: """
                \(path)
                  1:1     error   [removed-receipt]
                          commit \(commit) (Tidy up) removes the receipt, and receipts must
                          never be removed
                          -> restore it: git checkout \(commit)~1 --
                             \(path)

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings
                exit 1

                """)
        try ledger.git("checkout", "\(commit)~1", "--", path)
        try ledger.commit("Bring it back")
        #expect(try ledger.run("check", "audited..").status == 0)
    }

    @Test func rejectsAnAlteredReceiptButNotARepairedOne() throws {
        let ledger = try audited()
        let path = try receipt(ledger)
        try ledger.edit(path, "\"isControl\"", "\"isControl\" ")
        try ledger.commit("Polish")
        #expect(try codes(ledger, "audited..HEAD") == ["altered-receipt \(path)", "bad-receipt \(path)"])
        try ledger.git("revert", "--no-edit", "HEAD")
        #expect(try codes(ledger, "HEAD~1..HEAD") == [])
        // A broken receipt may also be removed, as its diagnostic suggests.
        try ledger.git("checkout", "-q", "HEAD~1")
        try ledger.git("rm", "-q", path)
        try ledger.commit("Drop a broken one")
        #expect(try codes(ledger, "HEAD~1..HEAD") == [])
    }

    /// A toy model may move with its receipts. In their new folder they must stay as they are.
    @Test func receiptsMoveOnlyWithTheirToyModel() throws {
        let ledger = try audited()
        let path = try receipt(ledger)
        let moved = path.replacingOccurrences(of: "superposition-geometry", with: "moved")
        try ledger.git("mv", "Verifiers/superposition-geometry", "Verifiers/moved")
        try ledger.commit("Move the toy model")
        func receiptCodes() throws -> [String] {
            try codes(ledger, "audited..HEAD").filter { $0.contains("-receipt ") }
        }
        #expect(try receiptCodes() == [])
        try ledger.git("rm", "-q", moved)
        try ledger.commit("Remove")
        #expect(try receiptCodes() == ["removed-receipt \(moved)"])
        try ledger.git("revert", "--no-edit", "HEAD")
        try ledger.edit(moved, "\"isControl\"", "\"isControl\" ")
        try ledger.commit("Polish")
        #expect(try receiptCodes() == ["altered-receipt \(moved)", "bad-receipt \(moved)"])
        try ledger.git("reset", "-q", "--hard", "HEAD~1")
        try ledger.write("Verifiers/zzz/model.yaml", smallModel)
        try ledger.write("Verifiers/zzz/\(path.split(separator: "/").dropFirst(2).joined(separator: "/"))", "")
        try ledger.git("mv", "-f", moved, moved.replacingOccurrences(of: "moved", with: "zzz"))
        try ledger.commit("Move on")
        #expect(try receiptCodes() == ["removed-receipt \(moved)"])
        // A copy that the range adds may be removed again.
        try ledger.git("reset", "-q", "--hard", "audited")
        for command in [["cp", path, moved], ["rm", moved]] {
            try FileManager.default.createDirectory(
                atPath: ledger.place("Verifiers/moved/receipts"), withIntermediateDirectories: true)
            _ = try RunningProcess(
                "/bin/\(command[0])", Array(command.dropFirst()), in: ledger.path, ledger.environment
            )
            .wait()
            try ledger.commit(command[0])
        }
        #expect(try receiptCodes() == [])
    }

    /// A merge may put the receipts of one side into the folder to which the other side moved their toy model, as git
    /// does, but into no other folder.
    @Test(arguments: ["moved", "zzz"]) func mergeKeepsReceiptsWithTheirToyModel(folder: String) throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("checkout", "-q", "-b", "side")
        try ledger.git("mv", "Verifiers/superposition-geometry", "Verifiers/moved")
        try ledger.commit("Move the toy model")
        try ledger.git("checkout", "-q", "main")
        #expect(try ledger.run("verify").status == 0)
        try ledger.commit("Audit")
        for (first, second) in [("side", "main"), ("main", "side")] {
            try ledger.git("checkout", "-q", "-B", "merged", first)
            try ledger.git("merge", "-q", "--no-commit", second)
            for name in Set(ledger.names(in: receiptsFolder) + ledger.names(in: "Verifiers/moved/receipts")) {
                let now = ["Verifiers/moved/receipts/\(name)", "\(receiptsFolder)/\(name)"].first(where: ledger.exists)
                let place = "Verifiers/\(folder)/receipts/\(name)"
                guard let now, now != place else { continue }
                try FileManager.default.createDirectory(
                    atPath: ledger.place("Verifiers/\(folder)/receipts"), withIntermediateDirectories: true)
                try ledger.git("mv", now, place)
            }
            try ledger.commit("Merge")
            let found = try codes(ledger, "main~1..merged").filter {
                $0.hasPrefix("dropped-by-merge") || $0.hasPrefix("removed-receipt")
            }
            #expect(found.count == (folder == "moved" ? 0 : 2), "\(first): \(found)")
        }
    }

    @Test func rejectsADeletedFindingButNotAMovedOne() throws {
        let ledger = try TemporaryLedger.example()
        try add("one", ledger)
        try ledger.git("tag", "base")
        try FileManager.default.createDirectory(atPath: ledger.place("Findings/sub"), withIntermediateDirectories: true)
        try ledger.git("mv", "Findings/one.yaml", "Findings/sub/one.yaml")
        try ledger.commit("Move")
        #expect(try codes(ledger, "base..HEAD") == [])
        try ledger.git("rm", "-q", "Findings/sub/one.yaml")
        try ledger.commit("Delete")
        let commit = try ledger.git("rev-parse", "--short=12", "HEAD")
        expect(
            try ledger.run("check", "base..HEAD"),
            says: """
                Findings/sub/one.yaml
                  1:1     error   [deleted-finding]
                          commit \(commit) (Delete) deletes the finding "one", to which
                          others may refer
                          -> restore it with `git checkout \(commit)~1 --
                             Findings/sub/one.yaml`; then write `retracted: REASON` in it, or
                             supersede it by another finding

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings; 1 more remark
                not shown, see `check --all`
                exit 1

                """)
        // A record that is both added and removed within the range is not lost.
        #expect(try codes(ledger, "base~1..HEAD") == [])
    }

    @Test func rejectsAChangeOfAnAuditedClaim() throws {
        let ledger = try audited()
        try ledger.edit(exampleFinding, "0.55", "0.56")
        try ledger.commit("Widen")
        expect(
            try ledger.run("check", "audited..HEAD"),
            says: """
                Findings/half-a-dimension.yaml
                  10:5    error   [changed-claim]
                          "half-a-dimension#1" has 8 recorded runs, but its "value" changed
                          -> restore it, and write the new claim in a finding with `supersedes:
                             [half-a-dimension]`

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings; 4 more remarks
                not shown, see `check --all`
                exit 1

                """)
        try ledger.git("reset", "-q", "--hard", "audited")
        // Prose is not part of an audit, but a finding with new prose counts as another finding.
        try ledger.edit(exampleFinding, "half a dimension each", "half of one each")
        try ledger.write(
            "Findings/wider.yaml", finding("Wider", value: "[0.4, 0.6]", rest: "supersedes: [half-a-dimension]\n"))
        try ledger.commit("Say it again")
        #expect(try codes(ledger, "audited..HEAD") == [])
        try ledger.edit("Findings/wider.yaml", "0.4,", "0.3,")
        try ledger.commit("Nobody has audited this one")
        #expect(try codes(ledger, "audited..HEAD") == [])
        #expect(try codes(ledger, "HEAD~1..HEAD") == [])
    }

    @Test func errorsOfTheBaseDoNotFailTheRange() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.commit("bad")
        try add("new", ledger)
        expect(
            try ledger.run("check", "HEAD~1..HEAD"),
            says: """
                2 findings, 2 claims, 2 questions, 1 verifier: 1 error, 0 warnings; 5 more
                remarks not shown, see `check --all`
                ! arbor-ledger: 1 error was already there; see `arbor-ledger check`

                """)
        #expect(try codes(ledger, "HEAD~2..HEAD") == ["unknown-quantity Findings/bad.yaml"])
        #expect(try ledger.run("check", "HEAD~2..HEAD").status == 1)
    }

    @Test func branchIsNotBlamedForMergedChanges() throws {
        let ledger = try TemporaryLedger.example()
        try add("old", ledger)
        try ledger.git("checkout", "-q", "-b", "side")
        try add("mine", ledger)
        try ledger.git("tag", "before")
        try ledger.git("checkout", "-q", "main")
        try ledger.git("rm", "-q", "Findings/old.yaml")
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.commit("What main answers for")
        try ledger.git("checkout", "-q", "side")
        try ledger.git("merge", "-q", "-m", "Take up main", "main")
        for range in ["before..side", "main..side", "main...side", "side~1..", "\(Self.none)..side"] {
            #expect(try codes(ledger, range) == [], "\(range)")
            #expect(try ledger.run("check", range).status == 0, "\(range)")
        }
        // main gets a new commit, which the branch lacks; this is not reported as a loss.
        try ledger.git("checkout", "-q", "main")
        try add("later", ledger)
        #expect(try codes(ledger, "main...side") == [])
        let printed = try ledger.run("check", "main..side")
        #expect(printed.status == 0)
        #expect(
            printed.errors.hasPrefix("arbor-ledger: main has commits that this branch lacks; only changes since"))
    }

    /// A merge must keep the changes of both sides.
    @Test(arguments: [
        ("git rm -qf Findings/theirs.yaml", ["dropped-by-merge Findings/theirs.yaml"]),
        ("git rm -qf Findings/mine.yaml", ["dropped-by-merge Findings/mine.yaml"]),
        ("git rm -qf Findings/old.yaml", ["dropped-by-merge Findings/old.yaml"]),
        ("git checkout -q HEAD -- Findings/edited.yaml", ["dropped-by-merge Findings/edited.yaml"]),
        ("sed -i 's/^title: .*/title: Both/' Findings/edited.yaml", []),
        ("true", []),
    ])
    func reportsAnEvilMerge(evil: String, expected: [String]) throws {
        let ledger = try TemporaryLedger.example()
        try add("old", ledger)
        try add("edited", ledger)
        try ledger.git("checkout", "-q", "-b", "side")
        try add("mine", ledger)
        try ledger.git("checkout", "-q", "-b", "other", "main")
        try add("theirs", ledger)
        try ledger.edit("Findings/edited.yaml", "title: edited", "title: Edited")
        try ledger.commit("Edit")
        try ledger.git("checkout", "-q", "side")
        try ledger.git("merge", "-q", "--no-commit", "other")
        _ = try RunningProcess("/bin/sh", ["-c", evil], in: ledger.path, ledger.environment).wait()
        try ledger.commit("Merge")
        #expect(try codes(ledger, "main..side") == expected)
        guard !expected.isEmpty else { return }
        // A later commit restores the files.
        try ledger.git(
            "checkout", "-q", "other", "--", "Findings/theirs.yaml", "Findings/edited.yaml", "Findings/old.yaml")
        try ledger.git("checkout", "-q", "side~1", "--", "Findings/mine.yaml")
        try ledger.commit("Restore")
        #expect(try codes(ledger, "main..side") == [])
    }

    @Test func reportsAMergeThatDropsASide() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.git("checkout", "-q", "-b", "side")
        try add("mine", ledger)
        try ledger.git("checkout", "-q", "main")
        try add("theirs", ledger)
        try ledger.git("checkout", "-q", "side")
        try ledger.git("merge", "-q", "-s", "ours", "-m", "Ours alone", "main")
        let commit = try ledger.git("rev-parse", "--short=12", "HEAD")
        expect(
            try ledger.run("check", "main..side"),
            says: """
                Findings/theirs.yaml
                  1:1     error   [dropped-by-merge]
                          commit \(commit) (Ours alone) is a merge that drops a file of one
                          of its sides
                          -> merge again without dropping it; make deliberate changes in a
                             separate commit

                2 findings, 2 claims, 2 questions, 1 verifier: 1 error, 0 warnings; 4 more
                remarks not shown, see `check --all`
                exit 1

                """)
    }

    @Test func rejectsInvalidRanges() throws {
        let ledger = try TemporaryLedger.example()
        try add("new", ledger)
        let missing = "0123456789012345678901234567890123456789"
        for (range, expected) in [
            ("nope..HEAD", "there is no commit, branch or tag 'nope'"),
            ("..nope", "there is no commit, branch or tag 'nope'"),
            ("\(missing)..", "there is no commit, branch or tag '\(missing)'"),
            ("HEAD:Findings..HEAD", "'HEAD:Findings' names a tree, not a commit"),
        ] {
            let printed = try ledger.run("check", range)
            #expect(printed.status == 64, "\(range)")
            #expect(printed.errors.hasPrefix("arbor-ledger: \(expected)\n"), "\(range): \(printed)")
        }
        for arguments in [["--staged", "HEAD~1..HEAD"], ["--ref", "refs/heads/main"], ["HEAD~1..HEAD", "HEAD.."]] {
            #expect(try ledger.run(["check"] + arguments).status == 64)
        }
        expect(
            try ledger.run("check", "HEAD..\(Self.none)"),
            says: """
                ! arbor-ledger: the branch is deleted, so there is nothing to check

                """)
        // Names of parent folders, and file names with dots, are read as paths.
        #expect(try ledger.run(["check", ".."], in: "Findings").status == 0)
        try ledger.write("Findings/a..b.yaml", good)
        #expect(try ledger.run("check", "Findings/a..b.yaml").output.contains("Findings/a..b.yaml"))
    }

    @Test func shallowCloneSuggestsWhatToFetch() throws {
        let ledger = try TemporaryLedger.example()
        try add("one", ledger)
        try add("two", ledger)
        let clone = "\(ledger.root)/clone"
        try ledger.git("clone", "-q", "--depth", "1", "file://\(ledger.path)", clone)
        for range in ["HEAD~1..HEAD", "\(try ledger.git("rev-parse", "HEAD~1")).."] {
            let printed = try ledger.run(["check", range], in: clone)
            #expect(printed.status == 64)
            #expect(
                printed.errors.hasSuffix(
                    "  -> this clone is shallow: git fetch --unshallow, or in CI check out with fetch-depth: 0\n"))
        }
        #expect(try ledger.tryGit(["fetch", "-q", "--depth", "2"], in: clone).status == 0)
        #expect(try ledger.run(["check", "HEAD~1..HEAD"], in: clone).status == 0)
    }

    @Test func pathsLimitTheOutput() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write("Findings/bad.yaml", bad)
        try ledger.write("Findings/other/worse.yaml", bad)
        try ledger.commit("bad")
        #expect(try codes(ledger, "HEAD~1..", "Findings/other") == ["unknown-quantity Findings/other/worse.yaml"])
        #expect(try ledger.run("check", "HEAD~1..", exampleFinding).status == 0)
    }
}
