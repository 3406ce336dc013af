import Foundation
import Signatures
import Testing

@testable import arbor_ledger

/// Tests the command `signers`, and what the gate and `check` say about the signers file.
@Suite struct SignersTests {
    private static let keyText = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDt3Vb5iSAKFSnCiQjUQkO5d4dGX4oIw5oHQM6vdrxoB"
    private static let fingerprint = PublicKey(text: keyText)!.fingerprint

    /// Returns an empty ledger with a commit.
    private func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger()
        try ledger.write(".arbor-ledger.yaml", "audit_branch: main\n")
        try ledger.commit("Begin")
        return ledger
    }

    @Test func addsAKeyFromAFileAndFromText() throws {
        let ledger = try ledger()
        let made = try makeKey(ledger, "id")
        expect(
            try ledger.run("signers", "add", "ada@example.org", "id.pub"),
            says: """
                added  ada@example.org to .arbor-ledger/signers: runner, ssh-ed25519 \(made.fingerprint)
                Next: git add .arbor-ledger/signers && git commit -m 'Add a signer'
                The line counts when the commit is on the audit branch, main.

                """)
        let second = try ledger.run(
            "signers", "add", "grace@example.org", Self.keyText + " a comment", "--maintainer", "--valid-after",
            "2026-01-01", "--valid-before", "2027-01-01")
        #expect(second.status == 0, "\(second)")
        #expect(
            try ledger.read(".arbor-ledger/signers") == """
                ada@example.org namespaces="arbor-ledger,arbor-seed" \(made.text)
                grace@example.org namespaces="git",valid-after="20260101Z",valid-before="20270101Z" \(Self.keyText)

                """)
        #expect(try ledger.run("check").status == 0)
    }

    @Test func appendsToAFileWithoutAFinalLineEnd() throws {
        let ledger = try ledger()
        try ledger.write(".arbor-ledger/signers", "# runners")
        #expect(try ledger.run("signers", "add", "a,b", Self.keyText).status == 0)
        #expect(
            try ledger.read(".arbor-ledger/signers")
                == "# runners\na,b namespaces=\"arbor-ledger,arbor-seed\" \(Self.keyText)\n")
    }

    @Test func refusesWhatWouldNotCount() throws {
        let ledger = try ledger()
        _ = try makeKey(ledger, "id")
        let cases: [([String], String, Int32)] = [
            (["a", "id"], "id is not a public key; a private key must never leave its owner's machine", 64),
            (["a", "absent.pub"], "\"absent.pub\" is neither a file nor a public key of a supported type", 64),
            (["a", "ssh-dss AAAA"], "\"ssh-dss AAAA\" is neither a file nor a public key of a supported type", 64),
            (["a", Self.keyText, "--valid-after", "tomorrow"], "\"tomorrow\" is not a date", 64),
            (["a", Self.keyText, "--valid-after", "2026-02-30"], "\"20260230Z\" is not a time", 1),
            (["*", Self.keyText], "the principal \"*\" is a pattern, which could match anyone or anything", 1),
            (["#a", Self.keyText], "\"#a\" cannot be the name of a person in .arbor-ledger/signers", 1),
            (["a\nb", Self.keyText], "the line has no key", 1),
            (["a\u{202E}", Self.keyText], "invisible character U+202E that can hide or reorder text", 1),
        ]
        for (arguments, message, status) in cases {
            let printed = try ledger.run(["signers", "add"] + arguments)
            #expect(printed.errors.hasPrefix("arbor-ledger: \(message)"), "\(printed)")
            #expect(printed.status == status, "\(printed)")
        }
        #expect(!ledger.exists(".arbor-ledger/signers"))
        try ledger.write("target", "")
        try FileManager.default.createDirectory(
            atPath: ledger.place(".arbor-ledger"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: ledger.place(".arbor-ledger/signers"), withDestinationPath: "../target")
        #expect(try ledger.run("signers", "add", "a", Self.keyText).errors.contains("is not a regular file"))
        #expect(try ledger.read("target") == "")
    }

    @Test func listsTheAuditBranchAndMarksTheWorkTree() throws {
        let ledger = try ledger()
        expect(
            try ledger.run("signers", "list"),
            says: "No signers. `arbor-ledger signers add --help` shows how to add one.\n")
        _ = try ledger.run("signers", "add", "ada@example.org", Self.keyText)
        try ledger.commit("Add Ada")
        _ = try ledger.run(
            "signers", "add", "ada@example.org", Self.keyText, "--maintainer", "--valid-before", "2027-01-01")
        expect(
            try ledger.run("signers", "list"),
            says: """
                ada@example.org  runner
                  ssh-ed25519 \(Self.fingerprint)
                  always valid
                ada@example.org  maintainer; only in the work tree, not on main
                  ssh-ed25519 \(Self.fingerprint)
                  valid until 2027-01-01T00:00:00Z

                """)
        let rows = try ledger.run("signers", "list", "--format", "json").json()["signers"].items
        #expect(rows.map { $0["roles"].texts } == [["runner"], ["maintainer"]])
        #expect(rows.map { $0["only_in_work_tree"].number } == [0, 1])
        #expect(rows[1]["valid_before"].text == "2027-01-01T00:00:00Z")
        #expect(rows[0]["fingerprint"].text == Self.fingerprint)
    }

    @Test func listMentionsMistakes() throws {
        let ledger = try ledger()
        try ledger.write(".arbor-ledger/signers", "ada \(Self.keyText)\n")
        try ledger.commit("Add Ada")
        let printed = try ledger.run("signers", "list")
        #expect(printed.status == 0)
        #expect(
            printed.errors.hasPrefix(
                "arbor-ledger: 1 mistake in .arbor-ledger/signers of main, such as in line 1: the line does not say"))
    }

    @Test func everyStateReportsItsSignersAndSettings() throws {
        let ledger = try ledger()
        func errors(_ arguments: String...) throws -> [String] {
            try ledger.run(["check", "--format", "json"] + arguments).json()["diagnostics"].items
                .filter { $0["code"].text != "unguarded-settings" }
                .map { "\($0["code"].text) \($0["path"].text) \($0["line"].text)" }
        }
        #expect(try errors() == [])
        let bad = "# a comment\nada \(Self.keyText)\n"
        try ledger.write(".arbor-ledger/signers", bad)
        let signers = "bad-signers .arbor-ledger/signers 2"
        #expect(try errors() == [signers])
        #expect(try errors("--staged") == [])
        try ledger.git("add", "-A")
        #expect(try errors("--staged") == [signers])
        try ledger.commit("Add Ada")
        #expect(try errors("--at", "HEAD") == [signers])
        #expect(try errors("--at", "HEAD~1") == [])
        #expect(try errors("HEAD~1..HEAD") == [signers])
        // An error that was there before does not count again.
        try ledger.write(".arbor-ledger.yaml", "audit_branch: main\nsigners: [Ada]\n")
        try ledger.commit("Name Ada")
        #expect(try errors("HEAD~1..HEAD") == ["bad-signers .arbor-ledger.yaml 2"])
        try ledger.write(".arbor-ledger.yaml", "audit_branch: main\nsigners: []\n")
        try ledger.write(".arbor-ledger/signers", "ada namespaces=\"git\" \(Self.keyText)\n")
        #expect(try errors() == ["unused-setting .arbor-ledger.yaml 2"])
    }

    @Test func hookRefusesACommitWithABrokenSignersFile() throws {
        let ledger = try ledger()
        #expect(try ledger.run("hook", "install").status == 0)
        try ledger.write(".arbor-ledger/signers", "ada \(Self.keyText)\n")
        try ledger.git("add", "-A")
        let refused = try ledger.tryGit(["commit", "-m", "Add Ada"])
        #expect(refused.status != 0 && refused.errors.contains("[bad-signers]"), "\(refused)")
        try ledger.write(".arbor-ledger/signers", "ada namespaces=\"git\" \(Self.keyText)\n")
        try ledger.git("add", "-A")
        #expect(try ledger.tryGit(["commit", "-m", "Add Ada"]).status == 0)
    }

    @Test func gateRefusesARemovedOrAlteredSignature() throws {
        let ledger = try ledger()
        let key = try makeKey(ledger, "id")
        let receipt = String(repeating: "0", count: 64)
        let path = "Verifiers/coin/receipts/\(receipt).\(key.digest).sig"
        try ledger.write("message", "text")
        func sign() throws {
            try keygen(ledger, ["-Y", "sign", "-q", "-n", "arbor-ledger", "-f", "id", "message"])
            try ledger.write(path, try ledger.read("message.sig"))
            try FileManager.default.removeItem(atPath: ledger.place("message.sig"))
        }
        try sign()
        try ledger.commit("Sign")
        func codes() throws -> [String] {
            try ledger.run("check", "--format", "json", "HEAD~1..HEAD").json()["diagnostics"].items.map {
                $0["code"].text
            }
        }
        // The message is not a receipt, so the signature has an error, too.
        #expect(try codes() == ["bad-signature"])
        try ledger.write("message", "another text")
        try sign()
        try ledger.commit("Sign another")
        #expect(try codes() == ["altered-receipt"])
        try ledger.git("rm", "-q", path)
        try ledger.commit("Tidy up")
        #expect(try codes() == ["removed-receipt"])
    }
}

/// Makes a key without a passphrase in the top folder of a ledger.
func makeKey(_ ledger: TemporaryLedger, _ name: String, _ passphrase: String = "") throws -> PublicKey {
    try keygen(ledger, ["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", name])
    return try #require(PublicKey(text: try ledger.read("\(name).pub")))
}

func keygen(_ ledger: TemporaryLedger, _ arguments: [String]) throws {
    let printed = try RunningProcess("/usr/bin/ssh-keygen", arguments, in: ledger.path, ledger.environment).wait()
    guard printed.status == 0 else { throw Failure(description: printed.description) }
}
