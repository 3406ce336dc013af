import Foundation
import Testing

/// Tests that `check BASE..TIP` refuses changes of what counted runs and other people's findings rest on.
@Suite struct BasisRangeTests {
    private static let none = String(repeating: "0", count: 40)
    private let measurement = "Verifiers/superposition-geometry/dimensionality.yaml"
    private let quantity = "Claims/vocabulary/quantities/dimensions-per-feature.yaml"

    /// The example, whose finding has two contributors and a caveat, with its audit on `main`.
    private static let template = Result {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(exampleFinding, "[\"Ada <ada@example.org>\"]", "[Carol <carol@example.org>, Dan Døe]")
        try ledger.commit("Name the contributors")
        try ledger.git("tag", "unaudited")
        let printed = try ledger.run("verify")
        guard printed.status == 0 else { throw Failure(description: printed.description) }
        try ledger.commit("Audit")
        try ledger.git("checkout", "-q", "-b", "side")
        return ledger
    }

    private func audited() throws -> TemporaryLedger { try TemporaryLedger(copyOf: Self.template.get()) }

    /// Returns the ledger before its audit.
    private func unaudited() throws -> TemporaryLedger {
        let ledger = try audited()
        try ledger.git("reset", "-q", "--hard", "unaudited")
        try ledger.git("branch", "-qf", "main")
        return ledger
    }

    /// Returns the errors and warnings of a range, each as its code and path.
    private func findings(_ ledger: TemporaryLedger, _ range: String = "main..side", _ options: String...) throws
        -> [String]
    {
        try ledger.run(["check", range, "--format", "json"] + options).json()["diagnostics"].items
            .filter { $0["severity"].text != "note" && $0["code"].text != "over-broad" }
            .map { "\($0["code"].text) \($0["path"].text)" }
    }

    private func expect(_ ledger: TemporaryLedger, _ range: String = "main..side", finds expected: [String]) throws {
        #expect(try findings(ledger, range) == expected)
    }

    /// Commits everything as another author, and perhaps as another committer.
    private func commit(_ ledger: TemporaryLedger, as author: String, by committer: String = "GitHub") throws {
        try ledger.git("add", "-A")
        let extra = ["GIT_COMMITTER_NAME": committer, "GIT_COMMITTER_EMAIL": "noreply@github.com"]
        let printed = try ledger.tryGit(["commit", "-q", "-m", "Change", "--author", author], extra: extra)
        guard printed.status == 0 else { throw Failure(description: printed.description) }
    }

    // MARK: Verifiers and quantities

    @Test func rejectsAChangedToyModelUnderRecordedRuns() throws {
        let ledger = try audited()
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        try ledger.commit("Train longer")
        CommandTests.expect(
            try ledger.run("check", "main..side"),
            says: """
                Verifiers/superposition-geometry/model.yaml
                  6:3     error   [changed-verifier]
                          "superposition-geometry" has 16 recorded runs, but its setting "steps"
                          is 201 instead of 200
                          -> restore it, and describe the new toy model in another folder

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings; 3 more remarks
                not shown, see `check --all`
                exit 1

                """)
        try ledger.git("revert", "--no-edit", "HEAD")
        try expect(ledger, finds: [])
        let other = try unaudited()
        try other.edit(modelFile, "steps: 200", "steps: 201")
        try other.commit("Train longer")
        try expect(other, finds: [])
    }

    @Test(arguments: [
        ("sed -i 's/control: .*/control: {network: untrained, density: 0.9}/' Verifiers/*/dimensionality.yaml", true),
        ("sed -i 's/kernel: .*/kernel: coin/; /^config/,/initial/d' Verifiers/superposition-geometry/model.yaml", true),
        ("git rm -q Verifiers/superposition-geometry/dimensionality.yaml", true),
        (
            "sed -i 's/title: .*/title: Renamed/; s/minutes: 2/minutes: 3/' Verifiers/superposition-geometry/model.yaml",
            false
        ),
        ("sed -i 's/config:/config:\\n  importance_grid: 0/' Verifiers/superposition-geometry/model.yaml", false),
        ("sed -i '1i title: Dimensionality' Verifiers/superposition-geometry/dimensionality.yaml", false),
        (
            "mkdir Verifiers/new; cp Verifiers/superposition-geometry/*.yaml Verifiers/new; "
                + "sed -i 's/steps: 200/steps: 300/' Verifiers/new/model.yaml", false
        ),
    ])
    func verifierMayOnlyChangeWhereRunsDoNotRestOnIt(change: String, isRefused: Bool) throws {
        let ledger = try audited()
        _ = try RunningProcess("/bin/sh", ["-c", change], in: ledger.path, ledger.environment).wait()
        try ledger.commit("Change")
        let isReported = try findings(ledger).contains { $0.hasPrefix("changed-verifier ") }
        #expect(isReported == isRefused)
        #expect(try ledger.run("check", "main..side").status == (isRefused ? 1 : 0))
    }

    @Test(arguments: [
        ("range: [0, 2]", "range: [0, 3]", "changed-meaning"),
        ("unit: dimensions per feature\n", "", "changed-meaning"), ("range:", "margin: 0.1\nrange:", "changed-meaning"),
        ("[model, density]", "[model]", "changed-meaning"), ("m / ||W||", "2 m / ||W||", "changed-definition"),
        ("title: Dim", "title: The dim", nil), ("construct: superposition\n", "", nil),
        ("[model, density]", "[model, density]\nlater_conditions: [task]", nil),
        ("[model, density]", "[density, model]", nil),
    ])
    func meaningOfAQuantityMustNotChangeUnderRecordedRuns(old: String, new: String, code: String?) throws {
        for (ledger, code) in [(try audited(), code), (try unaudited(), nil)] {
            try ledger.write("Claims/vocabulary/conditions/task.yaml", "title: The task\nvalues: [a, b]\n")
            try ledger.commit("Add a condition")
            try ledger.git("branch", "-qf", "main")
            try ledger.edit(quantity, old, new)
            try ledger.commit("Change")
            try expect(ledger, finds: code.map { ["\($0) \(quantity)"] } ?? [])
            #expect(try ledger.run("check", "main..side").status == (code == "changed-meaning" ? 1 : 0))
        }
    }

    @Test func explainsAChangedMeaningAndDefinition() throws {
        let ledger = try audited()
        try ledger.edit(quantity, "range: [0, 2]", "range: [0, 3]")
        try ledger.edit(quantity, "definition: m", "definition: 2 m")
        try ledger.commit("Change")
        CommandTests.expect(
            try ledger.run("check", "main..side"),
            says: """
                Claims/vocabulary/quantities/dimensions-per-feature.yaml
                  4:8     error   [changed-meaning]
                          1 claim has recorded runs of "dimensions-per-feature", but its "range"
                          is 0 to 3 instead of 0 to 2
                          -> restore it, and define the new quantity under another slug
                  5:13    warning [changed-definition]
                          1 claim has recorded runs of "dimensions-per-feature", but its
                          definition changed
                          -> if the meaning changed too, restore it and define the new quantity
                             under another slug

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 1 warning
                exit 1

                """)
    }

    @Test func warnsOfAScopeThatGrewBeyondTheRuns() throws {
        let ledger = try audited()
        try ledger.edit(
            exampleFinding, "    verify:",
            "    holds_for: {model: superposition-geometry, density: [0.1, 0.3]}\n    verify:")
        try ledger.commit("Generalise")
        CommandTests.expect(
            try ledger.run("check", "main..side"),
            says: """
                Findings/half-a-dimension.yaml
                  14:16   warning [scope-grew]
                          the runs of "half-a-dimension#1" cover 1 setting, but now it holds for
                          2 settings instead of 1
                          -> test the new settings in another finding, or narrow `holds_for`

                1 finding, 1 claim, 2 questions, 1 verifier: 0 errors, 1 warning; 1 more remark
                not shown, see `check --all`

                """)
        try ledger.git("tag", "wide")
        try ledger.edit(exampleFinding, "[0.1, 0.3]", "0.3")
        try ledger.commit("Narrow it again")
        try expect(ledger, "wide..side", finds: [])
        try expect(ledger, finds: [])
    }

    /// On GitHub, a pull request is checked before it is merged, when the target may already have more receipts.
    @Test func countsReceiptsThatOnlyBaseHas() throws {
        let ledger = try audited()
        try ledger.git("checkout", "-q", "-B", "side", "unaudited")
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        try ledger.commit("Train longer")
        try expect(ledger, "main...side", finds: ["changed-verifier \(modelFile)"])
        try expect(ledger, "\(Self.none)..side", finds: [])
    }

    @Test func branchIsNotBlamedForWhatItMerged() throws {
        let ledger = try audited()
        try ledger.write("Findings/mine.yaml", finding("Mine", tested: "{model: superposition-geometry, density: 0.1}"))
        try ledger.commit("Add mine")
        try ledger.git("tag", "before")
        try ledger.git("checkout", "-q", "main")
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        try ledger.edit(".arbor-ledger.yaml", "alpha: 0.05", "alpha: 0.01")
        try ledger.edit(exampleFinding, "claims:", "retracted: Wrong.\nclaims:")
        try ledger.commit("What main answers for")
        try ledger.git("checkout", "-q", "side")
        try ledger.git("merge", "-q", "-m", "Take up main", "main")
        for range in ["main..side", "main...side", "before..side", "\(Self.none)..side"] {
            #expect(try findings(ledger, range) == [], "\(range)")
        }
        // The branch itself is still judged.
        try ledger.edit(modelFile, "steps: 201", "steps: 202")
        try ledger.commit("Train even longer")
        #expect(try findings(ledger, "before..side") == ["changed-verifier \(modelFile)"])
    }

    @Test func newBranchIsJudgedAgainstTheAuditBranch() throws {
        let ledger = try audited()
        try ledger.edit(modelFile, "steps: 200", "steps: 201")
        try ledger.edit(exampleFinding, "claims:", "retracted: Wrong.\nclaims:")
        try ledger.commit("Change")
        try expect(
            ledger, "\(Self.none)..side", finds: ["strangers-edit \(exampleFinding)", "changed-verifier \(modelFile)"])
    }

    // MARK: Findings of others

    private static let edits = [
        "sed -i '/^caveats:/,$d' Findings/half-a-dimension.yaml",
        "sed -i 's/All features/Some features/' Findings/half-a-dimension.yaml",
        "sed -i 's/Carol <[^>]*>/Mallory/' Findings/half-a-dimension.yaml",
        "sed -i 's/, Dan Døe//' Findings/half-a-dimension.yaml",
        "echo 'retracted: Wrong.' >> Findings/half-a-dimension.yaml",
        "printf 'status: planned\\nuntil: 2099-01-01\\n' >> Findings/half-a-dimension.yaml",
    ]

    @Test(arguments: edits)
    func onlyAContributorMayWeakenAFinding(edit: String) throws {
        let ledger = try audited()
        _ = try RunningProcess("/bin/sh", ["-c", edit], in: ledger.path, ledger.environment).wait()
        try commit(ledger, as: "Mallory <m@example.org>")
        try expect(ledger, finds: ["strangers-edit \(exampleFinding)"])
        #expect(try ledger.run("check", "main..side").status == 1)
        // If the contributor is recorded with an address, an author with the same name is not enough. The committer
        // does not matter.
        for (author, isRefused) in [
            ("Carol <m@example.org>", true), ("x <CAROL@Example.org>", false), ("DAN DØE <dan@example.org>", false),
        ] {
            try ledger.git("reset", "-q", "--soft", "main")
            try commit(ledger, as: author, by: "Carol")
            #expect(try findings(ledger) == (isRefused ? ["strangers-edit \(exampleFinding)"] : []), "\(author)")
        }
    }

    @Test func explainsAStrangersEdit() throws {
        let ledger = try audited()
        try ledger.edit(exampleFinding, "Carol <carol@example.org>", "Mallory")
        try ledger.commit("Adopt it")
        CommandTests.expect(
            try ledger.run("check", "main..side"),
            says: """
                Findings/half-a-dimension.yaml
                  3:15    error   [strangers-edit]
                          no contributor of "half-a-dimension" is the author of a commit in the
                          range, but its contributors are Mallory and Dan Døe instead of Carol
                          <carol@example.org> and Dan Døe
                          -> ask a contributor to commit it: Carol <carol@example.org> or Dan
                             Døe

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings
                exit 1

                """)
    }

    @Test func strangerMayAddToAFindingButNotToItsContributors() throws {
        let ledger = try audited()
        try ledger.edit(
            exampleFinding, "caveats:", "caveats:\n  - text: One width.\n    against: {claim: half-a-dimension#1}")
        try ledger.edit(exampleFinding, "half a dimension each", "half of one each")
        try commit(ledger, as: "Mallory <m@example.org>")
        try expect(ledger, finds: [])
        try ledger.edit(exampleFinding, "Dan Døe]", "Dan Døe, Mallory]")
        try commit(ledger, as: "Mallory <m@example.org>")
        try expect(ledger, finds: ["strangers-edit \(exampleFinding)"])
    }

    /// GitHub's three buttons: the merge commit is the merging user's, and the other two keep the author.
    @Test(arguments: ["merge", "squash", "rebase"])
    func contributorsEditPassesWithEachButton(button: String) throws {
        let ledger = try audited()
        try ledger.edit(exampleFinding, "claims:", "retracted: Wrong.\nclaims:")
        try commit(ledger, as: "Carol <carol@example.org>", by: "Carol")
        try ledger.git("checkout", "-q", "-b", "merged", "main")
        try ledger.write("notes.txt", "Main moves on.\n")
        try ledger.commit("Note")
        try ledger.git("tag", "target")
        let github = ["GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"]
        let commands =
            switch button {
            case "merge": [["merge", "-q", "--no-ff", "-m", "Merge pull request #1", "side"]]
            case "squash":
                [
                    ["merge", "-q", "--squash", "side"],
                    ["commit", "-q", "-m", "Retract (#1)", "--author", "Carol <carol@example.org>"],
                ]
            default: [["cherry-pick", "side"]]
            }
        for command in commands {
            let printed = try ledger.tryGit(command, extra: github)
            #expect(printed.status == 0, "\(printed)")
        }
        try expect(ledger, "target..merged", finds: [])
    }

    /// The author of a merge commit does not count as an author of what it merges.
    @Test func contributorsMergeDoesNotAdoptAStrangersEdit() throws {
        let ledger = try audited()
        try ledger.edit(exampleFinding, "claims:", "retracted: Wrong.\nclaims:")
        try commit(ledger, as: "Mallory <m@example.org>")
        try ledger.git("checkout", "-q", "-b", "merged", "main")
        let carol = ["GIT_AUTHOR_NAME": "Carol", "GIT_AUTHOR_EMAIL": "carol@example.org"]
        #expect(try ledger.tryGit(["merge", "-q", "--no-ff", "-m", "Merge", "side"], extra: carol).status == 0)
        try expect(ledger, "main..merged", finds: ["strangers-edit \(exampleFinding)"])
    }

    // MARK: Unrelated histories

    @Test func rejectsTheRootOfAnotherHistory() throws {
        let ledger = try audited()
        try ledger.git("checkout", "-q", "--orphan", "other")
        try ledger.git("rm", "-rqf", ".")
        try ledger.write("notes.txt", "Another history.\n")
        try ledger.commit("Root")
        let root = try ledger.git("rev-parse", "--short=12", "HEAD")
        try ledger.git("checkout", "-q", "side")
        try ledger.git("merge", "-q", "--allow-unrelated-histories", "-m", "Merge", "other")
        CommandTests.expect(
            try ledger.run("check", "main..side"),
            says: """
                .arbor-ledger.yaml
                  1:1     error   [unrelated-history]
                          commit \(root) (Root) begins a history that has nothing in common
                          with the ledger's
                          -> copy its files in an ordinary commit, or rebase its commits onto
                             the ledger's branch

                1 finding, 1 claim, 2 questions, 1 verifier: 1 error, 0 warnings
                exit 1

                """)
        try expect(ledger, "\(Self.none)..side", finds: ["unrelated-history .arbor-ledger.yaml"])
        try expect(ledger, "main..other", finds: ["unrelated-history .arbor-ledger.yaml"])
        // A separate branch may start again from a new root commit, repeatedly.
        try expect(ledger, "\(Self.none)..other", finds: [])
        try ledger.git("checkout", "-q", "--orphan", "pages")
        try ledger.git("rm", "-rqf", ".")
        try ledger.write("index.html", "<p>\n")
        try ledger.commit("Pages")
        try expect(ledger, "other..pages", finds: [])
    }
}
