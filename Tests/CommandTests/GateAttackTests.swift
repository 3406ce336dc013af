import Crypto
import Foundation
import KernelInterface
import Records
import Signatures
import Testing

@testable import arbor_ledger

/// Attempts to change what conclusions rest on, with a server that has the pre-receive hook, in votes, in shallow clones and by names.
@Suite struct GateAttackTests {
    // MARK: Edits

    /// Edits of what conclusions rest on, pushed by Mallory after the audit. The server refuses them.
    @Test(arguments: [
        ("sed -i s/0.05/0.5/ .arbor-ledger.yaml", "[changed-settings]"),
        ("sed 's/bob@/mallory@/' .arbor-ledger/signers >> .arbor-ledger/signers", "[changed-settings]"),
        ("sed -i '/git/d' .arbor-ledger/signers", "[changed-settings]"),
        ("sed -i 's/^range: .*/range: [0, 3]/' Claims/vocabulary/quantities/*.yaml", "[changed-meaning]"),
        ("sed -i 's/Ada <ada@/Mallory <mallory@/' Findings/half-a-dimension.yaml", "[strangers-edit]"),
        ("sed -i '/^caveats:/,$d' Findings/half-a-dimension.yaml", "[strangers-edit]"),
        ("echo 'retracted: I do not like it.' >> Findings/half-a-dimension.yaml", "[strangers-edit]"),
        ("git rm -q Verifiers/*/receipts/*.sig", "[removed-receipt]"),
        ("for file in Verifiers/*/receipts/*.sig; do echo >> $file; done", "[altered-receipt]"),
    ])
    func serverRefusesEdits(change: String, expected: String) throws {
        let ledger = try AttackedLedger.controlled()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        let before = try ledger.git("--git-dir", TemporaryLedger.server, "rev-parse", "main")
        let shell = try RunningProcess("/bin/sh", ["-c", change], in: ledger.path, ledger.environment).wait()
        #expect(shell.status == 0, "\(shell)")
        try mallory.commit("Edit", signed: true)
        let printed = try ledger.push("main")
        #expect(printed.status == 1 && printed.errors.contains(expected), "\(printed)")
        #expect(try ledger.git("--git-dir", TemporaryLedger.server, "rev-parse", "main") == before)
    }

    /// Mallory lists herself for one commit, in which her receipts enter. At the tip, the signers file has its old
    /// content again.
    @Test func serverRefusesAListingForOneCommit() throws {
        let ledger = try AttackedLedger.controlled()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        let before = try ledger.read(".arbor-ledger/signers")
        try ledger.write(".arbor-ledger/signers", before + mallory.line())
        try mallory.commit("List myself", signed: true)
        let commit = try ledger.git("rev-parse", "--short=12", "HEAD")
        try mallory.audit("--again")
        #expect(try ledger.receipts(of: mallory).count == 2)
        try ledger.write(".arbor-ledger/signers", before)
        try mallory.commit("Restore the signers", signed: true)
        let printed = try ledger.push("main")
        #expect(printed.status == 1)
        #expect(
            printed.errors.contains("[changed-settings]") && printed.errors.contains("commit \(commit) (List myself)"),
            "\(printed)")
    }

    /// In the folder of another toy model, Bob's receipts would be stale.
    @Test func serverRefusesMovedReceipts() throws {
        let ledger = try AttackedLedger.controlled()
        let mallory = ledger.person("mallory")
        try ledger.serve()
        let moved = ledger.names(in: receiptsFolder)
        #expect(moved.count == 4)
        try ledger.write("Verifiers/zzz/model.yaml", try ledger.read(modelFile))
        try FileManager.default.createDirectory(
            atPath: ledger.place("Verifiers/zzz/receipts"), withIntermediateDirectories: true)
        for name in moved { try ledger.git("mv", "\(receiptsFolder)/\(name)", "Verifiers/zzz/receipts/\(name)") }
        try mallory.commit("Tidy up")
        let found = try ledger.run("check", "HEAD~1..HEAD", "--format", "json").json()["diagnostics"].items
            .filter { $0["code"].text == "removed-receipt" }
        #expect(found.map(\.["path"].text) == moved.map { "\(receiptsFolder)/\($0)" })
        let printed = try ledger.push("main")
        #expect(printed.status == 1 && printed.errors.contains("[removed-receipt]"), "\(printed)")
    }

    // MARK: Votes

    /// Votes of people who are not listed do not count, and a listed person has one vote, even if several files name
    /// that person.
    ///
    /// Votes are not signed. Of several files that name Bob, the first by name counts. So `aaa.yaml` replaces his own
    /// vote, even if another person wrote it.
    @Test func sockPuppetsHaveNoVote() throws {
        let ledger = try AttackedLedger.controlled()
        func vote(_ handle: String, _ weight: Int, _ who: String? = nil) throws {
            try ledger.write(
                "Claims/superposition/votes/\(handle).yaml",
                "\(who.map { "who: \($0)\n" } ?? "")weight: \(weight)\nreason: It matters.\ndate: 2026-01-05\n")
        }
        try vote("bob", 3, "Bob <bob@example.org>")
        for number in 1...100 { try vote("sock-\(number)", 10) }
        for number in 1...100 { try vote("twin-\(number)", 10, "Bob <BOB@example.org>") }
        try ledger.person("mallory").commit("Vote")
        #expect(try ledger.errors() == [])
        func expectVotes(_ sum: Int, others: Int) throws {
            let votes = try ledger.run("show", "superposition", "--format", "json").json()["votes"]
            #expect(votes["sum"].number == Double(sum))
            #expect(
                try ledger.run("show", "superposition").output.words.contains(
                    "\(sum) in 1 vote; \(others) further votes do not count: the voters are not listed, or have another "
                        + "vote here"))
        }
        try expectVotes(3, others: 200)
        try vote("aaa", 10, "Bob <bob@example.org>")
        try ledger.person("mallory").commit("Vote as Bob")
        #expect(try ledger.errors() == [])
        try expectVotes(10, others: 201)
    }

    // MARK: Shallow clones

    /// In a shallow clone salts cannot be checked. Receipts whose salt is no commit id do not count, made-up receipts
    /// do not hide signed ones, and every report says once that salts are unchecked.
    @Test func shallowClonesCountNoInventedSalt() throws {
        let ledger = try AttackedLedger.controlled()
        let forger = try AttackedLedger.forger(ledger)
        try ledger.write("Findings/no-superposition.yaml", AttackedLedger.falseClaim)
        for salt in ["anything I like", String(repeating: "a", count: 40)] {
            try forger.type(1.75, runs: 0..<100, salt: salt)
            try forger.type(0.5, runs: 0..<100, isControl: true, salt: salt)
        }
        try ledger.person("mallory").commit("Claim and receipts")
        let clone = "\(ledger.root)/shallow"
        try ledger.git("clone", "-q", "--depth", "1", "file://\(ledger.path)", clone)
        try ledger.expectStanding("+ own run, control refuted, toy", in: clone)
        // Bob's runs are of the same study, although this claim has another salt.
        try ledger.expectStanding(". refuted by own run, toy", of: "no-superposition#1", in: clone)
        for report in [["merge"], ["conflicts"], ["tasks"], ["show", "half-a-dimension#1"]] {
            let output = try ledger.run(report, in: clone).output
            let words = output.words.lowercased()
            #expect(words.components(separatedBy: "not checked").count == 2, "\(report): \(output)")
        }
    }

    @Test func shallowClonesWithoutSignersCountNoInventedSalt() throws {
        let ledger = try TemporaryLedger.community()
        try AttackedLedger.forger(ledger).type(0.5, salt: "anything I like")
        try ledger.person("mallory").commit("Receipts")
        let clone = "\(ledger.root)/shallow"
        try ledger.git("clone", "-q", "--depth", "1", "file://\(ledger.path)", clone)
        try ledger.expectStanding("+ reported, toy", in: clone)
        try ledger.expectStanding("+ reported, toy")
    }

    // MARK: Names

    /// Contributors are compared by address, not by name.
    @Test(arguments: ["Bob <BOB@Example.org>", "Somebody Else <bob@example.org>", "Bob"])
    func anotherSpellingOfAContributorMakesOwnRuns(contributor: String) throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        try ledger.edit(exampleFinding, "[Ada <ada@example.org>]", "[\(contributor)]")
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        let printed = try ledger.person("bob").run(
            ["verify"], key: ledger.person("bob").keyFile,
            extra: ["GIT_AUTHOR_NAME": "bOB", "GIT_AUTHOR_EMAIL": "other@example.org"])
        #expect(printed.output.contains("verified: own run, control refuted\n"), "\(printed)")
        try ledger.person("bob").commit("Audit")
        try ledger.expectStanding("+ own run, control refuted, toy")
    }

    /// "Your Name" and "your name", the placeholder of `init`, make own runs only, even with a listed key.
    @Test func placeholderNamesMakeOwnRuns() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        try ledger.edit(exampleFinding, "[Ada <ada@example.org>]", "[your name]")
        try ledger.git("add", "-A")
        try ledger.git("commit", "-q", "--amend", "-m", "Begin")
        let bob = ledger.person("bob")
        let printed = try bob.run(["verify"], key: bob.keyFile, extra: ["GIT_AUTHOR_NAME": "Your Name"])
        #expect(printed.status == 0, "\(printed)")
        #expect(try ledger.receipts(of: bob).map(\.statement.predicate.runBy).contains { $0.hasPrefix("Your Name <") })
        try bob.commit("Audit")
        try ledger.expectStanding("+ own run, control refuted, toy")
    }
}
