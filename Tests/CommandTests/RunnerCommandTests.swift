import Crypto
import Foundation
import Records
import Signatures
import Testing

/// The honest ways of making and recording runs, with real git, real keys and a real agent.
@Suite struct RunnerCommandTests {
    // MARK: Joining and running

    @Test func runnersJoinAndReRunAClaim() throws {
        let ledger = try TemporaryLedger.community(runners: ["ada"])
        let (ada, bob, mia) = (ledger.person("ada"), ledger.person("bob"), ledger.person("mia"))
        #expect(try ada.run("verify").output.contains("  verified: own run, control refuted\n"))
        try ada.commit("Audit by Ada")
        try ledger.expectStanding("+ own run, control refuted, toy")

        // Bob is not listed yet, so his runs would decide nothing.
        expect(
            try bob.run("verify"),
            says: """
                ! arbor-ledger: your runs would decide nothing, because .arbor-ledger/signers on the audit branch does not list your key
                !   -> add it with `arbor-ledger signers add` and ask a maintainer to merge it
                exit 1

                """)
        try bob.git("checkout", "-q", "-b", "join")
        #expect(try bob.run("signers", "add", bob.address, "\(bob.keyFile).pub").status == 0)
        try bob.commit("Add Bob")
        try ledger.git("checkout", "-q", "main")
        try mia.git(
            "-c", "gpg.format=ssh", "-c", "user.signingKey=\(mia.keyFile)", "merge", "-q", "--no-ff", "-S", "-m",
            "Let Bob run", "join")
        let listing = try ledger.git("rev-parse", "main")
        #expect(try ledger.run("check", "main~1..main").status == 0)

        let printed = try bob.run("verify")
        #expect(printed.output.contains("  verified: controlled by bob@example.org\n"), "\(printed)")
        #expect(printed.output.contains("2 receipts, signed, written under Verifiers/"))
        let own = try ledger.receipts(of: bob)
        #expect(own.allSatisfy { $0.statement.predicate.salt == listing })
        // Without the control's receipt the claim is re-run, but not controlled.
        for (name, _) in own.filter({ !$0.statement.predicate.isControl }) {
            try ledger.git(
                "add", "\(receiptsFolder)/\(name).json", "\(receiptsFolder)/\(name).\(try bob.key.digest).sig")
        }
        try bob.git("commit", "-q", "-m", "Audit by Bob")
        try ledger.git("stash", "-q", "-u")
        try ledger.expectStanding("+ re-run, toy")
        try ledger.git("stash", "pop", "-q")
        try bob.commit("The control")
        try ledger.expectStanding("+ controlled, toy")
        #expect(try ledger.errors() == [])
        #expect(try ledger.run("check", "--all").output.contains("0 errors, 0 warnings"))
    }

    @Test func aSampleIsRepeatedAndRecorded() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob", "cem"])
        let (bob, cem) = (ledger.person("bob"), ledger.person("cem"))
        try bob.audit()
        let printed = try cem.run("verify", "--sample", "2", "--record")
        #expect(printed.status == 0)
        #expect(
            printed.output.words.contains(
                "2 of 2 repeated values identical to the last bit (controls included); no hit flips."), "\(printed)")
        let repeats = try ledger.receipts(of: cem)
        #expect(repeats.count == Set(repeats.map(\.statement.predicate.repeats)).count)
        #expect(repeats.reduce(0) { $0 + $1.statement.predicate.runs.count } == 2)
        let originals = Set(try ledger.receipts(of: bob).map(\.name))
        #expect(repeats.allSatisfy { originals.contains($0.statement.predicate.repeats ?? "") })
        try cem.commit("Confirm some runs")
        #expect(try ledger.errors() == [])
        try ledger.expectStanding("+ controlled, toy")
        #expect(try ledger.run("check", "HEAD~1..HEAD").status == 0)
    }

    /// A claim that others have decided at this grade needs no further runs.
    @Test func aDecidedClaimNeedsNoRuns() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob", "cem"])
        try ledger.person("bob").audit()
        let printed = try ledger.person("cem").run("verify", "--format", "json").json()
        #expect(printed["receipts"].items.isEmpty)
        #expect(printed["verdicts"].items[0]["evidence"].text == "controlled")
        #expect(printed["verdicts"].items[0]["runners"].texts == ["bob@example.org"])
    }

    // MARK: Disputes

    /// Two listed runners contradict each other. Each repeat has one vote, so that a third runner settles it.
    @Test func verifySettlesDisputedRuns() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob", "cem", "mallory"])
        let (bob, cem, mallory) = (ledger.person("bob"), ledger.person("cem"), ledger.person("mallory"))
        let salt = try ledger.git("rev-parse", "HEAD")
        try bob.audit()
        let forged = try Forger(ledger, from: ledger).type(
            1.75, salt: salt, seedsOf: mallory, by: "Mallory <mallory@example.org>")
        try ledger.sign(forged, by: mallory)
        try mallory.commit("Audit by Mallory")
        try ledger.expectStanding("+ runs contradict each other, toy")
        #expect(try ledger.run("show", "half-a-dimension#1").output.contains("    split\n"))

        // A person without a listed key cannot settle it.
        let unsettled = try ledger.person("ada").run("verify", "--format", "json").json()
        #expect(unsettled["unsettled"].number == 2)

        let first = try bob.run("verify")
        #expect(first.output.contains("8 disputed values repeated: 0 as recorded."), "\(first)")
        try bob.commit("Repeat Mallory's runs")
        try ledger.expectStanding("+ runs contradict each other, toy")
        #expect(
            try ledger.run("check", "--all").output.words.contains(
                "run 0 is contradicted by bob@example.org; the run counts as recorded until it is settled"))
        let second = try cem.run("verify")
        #expect(
            second.output.words.hasSuffix(
                "16 disputed values repeated: 8 as recorded. The verdicts above change once the repeats are committed on "
                    + "the audit branch. Next: git add Verifiers && git commit -m 'Add runs', then arbor-ledger merge"),
            "\(second)")
        try cem.commit("Settle it")
        try ledger.expectStanding("+ controlled, toy")
        #expect(
            try ledger.run("check", "--all", "--format", "json").json()["diagnostics"].items
                .filter { $0["code"].text == "disputed-run" }.map(\.["message"].text) == [
                    "run 0 is contradicted by bob@example.org and cem@example.org; the receipt does not count"
                ])
        // Nothing is left to settle.
        let last = try cem.run("verify", "--format", "json").json()
        #expect(last["receipts"].items.isEmpty && last["unsettled"].number == 0)
    }

    @Test func aRunnerWhoContradictsHimselfKeepsHisFirstResult() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        let bob = ledger.person("bob")
        let salt = try ledger.git("rev-parse", "HEAD")
        try bob.audit()
        let second = try Forger(ledger, from: ledger).type(1.75, runs: 3..<4, salt: salt, seedsOf: bob, by: "Bob")
        try ledger.sign(second, by: bob)
        try bob.commit("Another result")
        try ledger.expectStanding("+ controlled, toy")
        let notes = try ledger.run("check", "--all", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "disputed-run" }
        #expect(
            notes.map(\.["message"].text) == [
                "run 3 has another result in an earlier receipt of the same runner; the earlier one counts"
            ])
        #expect(notes.map(\.["path"].text) == ["\(receiptsFolder)/\(second).json"])
    }

    @Test func coSignaturesAreAllowedAndChangeNothing() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob", "cem"])
        let (ada, cem) = (ledger.person("ada"), ledger.person("cem"))
        try ada.audit()
        try ledger.expectStanding("+ own run, control refuted, toy")
        for (name, _) in try ledger.receipts(of: ada) { try ledger.sign(name, by: cem) }
        try cem.commit("Sign what Ada ran")
        #expect(try ledger.run("check", "HEAD~1..HEAD").status == 0)
        try ledger.expectStanding("+ own run, control refuted, toy")
    }

    // MARK: Keys

    /// The agent has the key when the seeds are drawn, and is gone when the receipts are to be signed.
    @Test func receiptsAreKeptIfTheAgentIsGone() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        let bob = ledger.person("bob")
        let key = "key::\(try bob.key.text)"
        let socket = "\(ledger.root)/agent"
        var agent = try ledger.startAgent(at: socket, with: bob.keyFile)
        defer { if agent.isRunning { kill(agent.id, SIGKILL) } }
        // git's signing program ends the agent before the first receipt is signed.
        let program = "\(ledger.root)/sign"
        try ledger.write(
            program,
            """
            #!/bin/sh
            case "$*" in *"-n arbor-ledger "*) kill -9 \(agent.id) 2>/dev/null; rm -f \(socket);; esac
            exec ssh-keygen "$@"

            """)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        try ledger.git("config", "gpg.ssh.program", program)
        let extra = ["SSH_AUTH_SOCK": socket]
        let printed = try bob.run(["verify"], key: key, extra: extra)
        #expect(printed.status == 0, "\(printed)")
        let words = printed.output.words
        #expect(words.contains("2 receipts written under Verifiers/"), "\(printed)")
        #expect(words.contains("Not signed: the key in git's user.signingKey did not sign"), "\(printed)")
        #expect(
            words.hasSuffix(
                "sign them later with `arbor-ledger verify --sign`. Next: arbor-ledger verify --sign, when git can sign"
            ),
            "\(printed)")
        #expect(ledger.names(in: receiptsFolder).count == 2)
        try bob.commit("Receipts without signatures")
        try ledger.expectStanding("+ reported, toy")
        #expect(
            try ledger.run("check", "--all").output.contains(
                "its runs decide nothing, because its runner has not signed it"))

        try ledger.git("config", "--unset", "gpg.ssh.program")
        agent = try ledger.startAgent(at: socket, with: bob.keyFile)
        expect(
            try bob.run(["verify", "--sign"], key: key, extra: extra),
            says: "2 signatures written under Verifiers/; commit them with their receipts.\n")
        expect(
            try bob.run(["verify", "--sign"], key: key, extra: extra),
            says: "No receipt here waits for a signature of your key.\n")
        try bob.commit("Signatures")
        #expect(try ledger.run("check", "HEAD~1..HEAD").status == 0)
        try ledger.expectStanding("+ controlled, toy")
    }

    @Test func runsWithoutAKeyAreRefusedIfTheLedgerListsRunners() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        expect(
            try ledger.person("bob").runUnsigned("verify"),
            says: """
                ! arbor-ledger: your runs would decide nothing, because git does not sign with an SSH key
                !   -> git config gpg.format ssh, and git config user.signingKey ~/.ssh/id_ed25519.pub
                exit 1

                """)
        #expect(!ledger.exists(receiptsFolder))
        expect(
            try ledger.person("bob").runUnsigned("verify", "--sign"),
            says: """
                ! arbor-ledger: git does not sign with an SSH key
                !   -> git config gpg.format ssh, and git config user.signingKey ~/.ssh/id_ed25519.pub
                exit 1

                """)
    }

    @Test func expiredKeysAreRefused() throws {
        let ledger = try TemporaryLedger.community()
        let bob = ledger.person("bob")
        let options = "namespaces=\"arbor-ledger,arbor-seed\",valid-before=\"20230101Z\""
        try ledger.write(".arbor-ledger/signers", try bob.line(options) + ledger.person("cem").line())
        try ledger.person("ada").commit("List Bob until 2023")
        expect(
            try bob.run("verify"),
            says: """
                ! arbor-ledger: your runs would decide nothing, because your key is not valid now according to .arbor-ledger/signers on the audit branch
                !   -> ask a maintainer to change the dates in its line
                exit 1

                """)
        #expect(!ledger.exists(receiptsFolder))
    }

    /// Makes an ECDSA key for Dee beside the ledger, and lists it together with Bob's key.
    private func ledgerWithECDSA() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.community()
        try keygen(
            ledger, ["-q", "-t", "ecdsa", "-b", "256", "-N", "", "-C", "", "-f", "\(ledger.root)/dee"])
        try ledger.list(["bob", "dee"])
        return ledger
    }

    @Test func variableSignaturesGiveNoSeeds() throws {
        let ledger = try ledgerWithECDSA()
        try ledger.person("ada").commit("List Bob and Dee")
        expect(
            try ledger.person("dee").run("verify"),
            says: """
                ! arbor-ledger: git signs with a key of type ecdsa-sha2-nistp256, which gives no seeds because its signatures vary
                !   -> sign runs with an Ed25519 key: `git -c user.signingKey=FILE …`, or set user.signingKey in this repository
                exit 2

                """)
        #expect(!ledger.exists(receiptsFolder))
        // A repeat draws no seeds.
        try ledger.person("bob").audit()
        let printed = try ledger.person("dee").run("verify", "--sample", "3", "--record")
        #expect(printed.status == 0, "\(printed)")
        try ledger.person("dee").commit("Confirm")
        #expect(try ledger.errors() == [])
    }

    /// Every type of key can vote, because a vote needs no seeds.
    @Test(arguments: ["ecdsa", "hardware"]) func everyTypeOfKeyVotes(type: String) throws {
        let ledger = try ledgerWithECDSA()
        let hardware = HardwareKey()
        if type == "hardware" {
            try ledger.write(
                ".arbor-ledger/signers",
                "dee@example.org namespaces=\"arbor-ledger,arbor-seed\" \(hardware.publicKey.text)\n")
        }
        let (ada, dee) = (ledger.person("ada"), ledger.person("dee"))
        let voter = try type == "hardware" ? hardware.publicKey : dee.key
        try ada.audit()
        let salt = try #require(try ledger.receipts().first?.predicate.salt)
        let forger = try Forger(ledger, from: ledger)
        // Ada's own runs, typed on another platform.
        let typed = try forger.type(0.5, salt: salt, seedsOf: ada, by: "Ada <ada@example.org>") {
            $0.platform.blasCore = "Zen"
        }
        try ledger.sign(typed, by: ada)
        try ada.commit("More runs")
        let vote = try forger.type(0.7, runs: 2..<3, salt: salt, seedsOf: ada, by: "Dee <dee@example.org>") {
            $0.platform.blasCore = "Zen"
            $0.repeats = typed
            $0.runnerKey = voter.text
        }
        let bytes = Array(try ledger.read("\(receiptsFolder)/\(vote).json").utf8)
        try ledger.writeSignature(
            type == "hardware" ? hardware.sign(bytes) : dee.sign(bytes, ReceiptSignature.namespace), of: vote)
        try dee.commit("Deny a run")
        #expect(try ledger.errors() == [])
        let notes = try ledger.run("check", "--all", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "disputed-run" }
        #expect(
            notes.map { "\($0["path"]) \($0["message"])" } == [
                "\(receiptsFolder)/\(typed).json run 2 is contradicted by dee@example.org; the receipt does not count"
            ])
    }

    // MARK: How findings reach the audit branch

    /// The ways in which a finding can reach the audit branch, with the commands that imitate them.
    enum Way: String, CaseIterable {
        case merge, squash, rebase, queue, fastForward, directPush
    }

    /// Ada writes a finding that names B. Body; Mia, who is also a runner, lands it. In every case, the salt is the
    /// commit with which the finding entered the first-parent line, and Ada is a contributor, but not Mia.
    @Test(arguments: Way.allCases) func everyWayGivesASaltAndItsContributors(way: Way) throws {
        let ledger = try TemporaryLedger.community()
        let (ada, mia) = (ledger.person("ada"), ledger.person("mia"))
        try ledger.write(".arbor-ledger/signers", try ada.line() + mia.line())
        try ada.commit("List Ada and Mia")
        try ada.git("checkout", "-q", "-b", "wide")
        let text = finding("Wide", value: "[0.4, 0.6]", more: "verify: superposition-geometry/dimensionality")
        try ledger.write("Findings/wide.yaml", text.replacing("[B. Body]", with: "[B. Body <body@example.org>]"))
        try ada.commit("Wide")
        let github = ["GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"]
        // Meanwhile another person changes main, except in cases where main must not move.
        try ledger.git("checkout", "-q", "main")
        if way != .fastForward {
            try ledger.write("notes.md", "A note.\n")
            try ledger.person("bob").commit("Take a note")
        }
        switch way {
        case .merge: try mia.git("merge", "-q", "--no-ff", "-m", "Merge pull request", "wide", extra: github)
        case .squash:
            try mia.git("merge", "-q", "--squash", "wide")
            try ada.git("commit", "-q", "-m", "Wide (#1)", extra: github)
        case .rebase: try mia.git("cherry-pick", "wide", extra: github)
        case .queue:
            try ledger.git("checkout", "-q", "-b", "queue")
            try mia.git("merge", "-q", "--no-ff", "-m", "Merge pull request", "wide", extra: github)
            try ledger.git("checkout", "-q", "main")
            try ledger.git("merge", "-q", "--ff-only", "queue")
        case .fastForward: try ledger.git("merge", "-q", "--ff-only", "wide")
        case .directPush:
            try ledger.git("checkout", "-q", "wide")
            try ada.git("rebase", "-q", "main")
            try ledger.git("checkout", "-q", "main")
            try ledger.git("merge", "-q", "--ff-only", "wide")
        }
        let salt = try ledger.git("rev-parse", "main")
        #expect(try ledger.run("check", "main~1..main").status == 0)
        // Later commits, and later edits of the finding, change neither.
        try ledger.edit("Findings/wide.yaml", "title: Wide", "title: A wider range")
        try mia.commit("Reword the title")

        try ada.audit("wide")
        try ledger.expectStanding(". own run, control refuted, toy", of: "wide#1")
        try mia.audit("wide")
        try ledger.expectStanding(". controlled, toy", of: "wide#1")
        #expect(try ledger.receipts().allSatisfy { $0.predicate.salt == salt })
        #expect(try ledger.errors() == [])
    }

    /// A single person signs own runs, and a report says how to get independent runs.
    @Test func aSoloLedgerHasOwnRuns() throws {
        let ledger = try TemporaryLedger.community()
        let ada = ledger.person("ada")
        try ada.audit()
        try ledger.expectStanding("+ own run, control refuted, toy")
        let words = try ledger.run("merge").output.words
        #expect(
            words.hasSuffix(
                "1 by own runs only, which rest on trust in their contributors. To get independent re-runs, list runners: "
                    + "see `arbor-ledger signers add --help`."))
        #expect(try ledger.run("check", "--all").output.contains("0 errors, 0 warnings"))
        #expect(try ada.run("verify", "--repeat").status == 0)
        // Ada does not become independent by listing herself as a runner, so new runs are made only on request.
        try ledger.list(["ada"])
        try ada.commit("List myself")
        #expect(try ada.run("verify", "--format", "json").json()["receipts"].items.isEmpty)
        try ada.audit("--again")
        #expect(try ledger.receipts().count == 4)
        try ledger.expectStanding("+ own run, control refuted, toy")
    }
}
