import Foundation
import Signatures
import Testing

@testable import arbor_ledger

/// Tests signing with real keys, agents and git configurations.
@Suite struct SigningKeyTests {
    private let message = Array("a receipt\n".utf8)

    private func configured(_ ledger: TemporaryLedger, _ extra: [String: String] = [:]) async throws -> SigningKey? {
        let environment = ledger.environment.filter { !$0.key.hasPrefix("SSH_") }.merging(extra) { $1 }
        return try await SigningKey.configured(Workspace(environment: environment, startDirectory: ledger.path))
    }

    /// Returns an empty repository in which git signs with SSH.
    private func repository(_ value: String?) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger()
        try ledger.git("config", "gpg.format", "ssh")
        if let value { try ledger.git("config", "user.signingKey", value) }
        return ledger
    }

    private func refusal(_ body: () async throws -> Void) async throws -> String {
        do {
            try await body()
        } catch let refusal as Refusal {
            return "\(refusal.message) -> \(refusal.remedy ?? "")"
        }
        return "no refusal"
    }

    @Test func gitThatSignsWithOpenPGPHasNoKey() async throws {
        let ledger = try TemporaryLedger()
        #expect(try await configured(ledger) == nil)
        try ledger.git("config", "gpg.format", "openpgp")
        try ledger.git("config", "user.signingKey", "ABCDEF")
        #expect(try await configured(ledger) == nil)
    }

    @Test(arguments: ["id", "id.pub", "PATH/id", "PATH/id.pub"])
    func signsWithAFile(value: String) async throws {
        let ledger = try repository(nil)
        try ledger.git("config", "user.signingKey", value.replacing("PATH", with: ledger.path))
        let key = try makeKey(ledger, "id")
        let signing = try #require(try await configured(ledger))
        #expect(signing.key == key)
        let signature = try await signing.sign(message, namespace: "arbor-ledger")
        #expect(signature.key == key && signature.namespace == "arbor-ledger" && signature.isValid(for: message))
        #expect(ledger.names(in: "") == [".git", "id", "id.pub"])
    }

    @Test func expandsTheHomeFolder() async throws {
        let ledger = try repository("~/ledger/id")
        let key = try makeKey(ledger, "id")
        // libgit2 reads HOME from this process, so only an absolute path can be tested here.
        let path = try ledger.git("config", "--type", "path", "user.signingKey")
        #expect(path == "\(ledger.root)/ledger/id")
        try ledger.git("config", "user.signingKey", path)
        #expect(try await configured(ledger)?.key == key)
    }

    @Test func signsThroughAnAgent() async throws {
        let ledger = try repository(nil)
        let key = try makeKey(ledger, "id")
        let socket = "\(ledger.root)/agent"
        let agent = try ledger.startAgent(at: socket, with: "id")
        defer { if agent.isRunning { kill(agent.id, SIGKILL) } }
        let extra = ["SSH_AUTH_SOCK": socket]
        try FileManager.default.removeItem(atPath: ledger.place("id"))
        for value in ["key::\(key.text)", key.text, "id.pub"] {
            try ledger.git("config", "user.signingKey", value)
            let signing = try #require(try await configured(ledger, extra))
            #expect(try await signing.sign(message, namespace: "arbor-seed").isValid(for: message))
        }
        try ledger.git("config", "--unset", "user.signingKey")
        try ledger.git("config", "gpg.ssh.defaultKeyCommand", "ssh-add '-L'")
        #expect(try await configured(ledger, extra)?.key == key)

        // The agent does not know this key.
        let other = try makeKey(ledger, "other")
        try FileManager.default.removeItem(atPath: ledger.place("other"))
        try ledger.git("config", "user.signingKey", "key::\(other.text)")
        let signing = try #require(try await configured(ledger, extra))
        let said = try await refusal { _ = try await signing.sign(message, namespace: "arbor-ledger") }
        #expect(said.hasPrefix("the key in git's user.signingKey did not sign: "), "\(said)")
        #expect(said.hasSuffix("add the private key with `ssh-add`; `ssh-add -L` lists its keys"), "\(said)")
    }

    @Test func aPassphraseThatNobodyTypesIsRefused() async throws {
        let ledger = try repository("id")
        _ = try makeKey(ledger, "id", "a passphrase")
        let extra = ["SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"]
        let signing = try #require(try await configured(ledger, extra))
        let said = try await refusal { _ = try await signing.sign(message, namespace: "arbor-ledger") }
        #expect(said.contains("incorrect passphrase"), "\(said)")
        #expect(said.hasSuffix("-> type the passphrase of the key, or unlock it once with `ssh-add`"), "\(said)")
    }

    @Test func aPassphraseFromTheUsersProgramIsUsed() async throws {
        let ledger = try repository("id")
        _ = try makeKey(ledger, "id", "a passphrase")
        try ledger.write("ask", "#!/bin/sh\necho a passphrase\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: ledger.place("ask"))
        let extra = ["SSH_ASKPASS": ledger.place("ask"), "SSH_ASKPASS_REQUIRE": "force"]
        let signing = try #require(try await configured(ledger, extra))
        #expect(try await signing.sign(message, namespace: "arbor-ledger").isValid(for: message))
    }

    @Test func explainsAConfigurationThatCannotSign() async throws {
        let ledger = try repository(nil)
        func said(_ settings: [(String, String)]) async throws -> String {
            for (key, value) in settings { try ledger.git("config", key, value) }
            let said = try await refusal { _ = try await configured(ledger) }
            for (key, _) in settings { try ledger.git("config", "--unset", key) }
            return said
        }
        #expect(
            try await said([]) == "git signs with SSH (gpg.format), but its configuration names no key -> "
                + "git config --global user.signingKey ~/.ssh/id_ed25519.pub")
        #expect(
            try await said([("user.signingKey", "absent")]).hasPrefix(
                "git's user.signingKey names a file that does not exist: absent -> "))
        _ = try makeKey(ledger, "id")
        try FileManager.default.removeItem(atPath: ledger.place("id.pub"))
        #expect(
            try await said([("user.signingKey", "id")]) == "git's user.signingKey names id, and there is no id.pub "
                + "beside it -> ssh-keygen -y -f id > id.pub")
        #expect(
            try await said([("user.signingKey", "key::nonsense")]).hasPrefix(
                "git's user.signingKey is not a public key of a supported type: nonsense"))
        #expect(
            try await said([("gpg.ssh.defaultKeyCommand", "echo no key")]).hasPrefix(
                "git's gpg.ssh.defaultKeyCommand printed no key: echo no key"))
        #expect(
            try await said([("gpg.ssh.defaultKeyCommand", "'open")]).hasPrefix(
                "git's gpg.ssh.defaultKeyCommand cannot be run: 'open"))
        #expect(
            try await said([("gpg.ssh.program", "no-such-program")]).hasPrefix(
                "the program that signs, no-such-program, is not in PATH"))
    }

    @Test func aSignatureOfAnotherKeyIsRefused() async throws {
        let ledger = try repository("id")
        _ = try makeKey(ledger, "id")
        _ = try makeKey(ledger, "other")
        try ledger.write("id.pub", try ledger.read("other.pub"))
        try FileManager.default.removeItem(atPath: ledger.place("other"))
        let signing = try #require(try await configured(ledger))
        let said = try await refusal { _ = try await signing.sign(message, namespace: "arbor-ledger") }
        #expect(said.contains("in git's user.signingKey"), "\(said)")
    }

    @Test func splitsCommandsAsGitDoes() {
        #expect(commandWords("ssh-add -L") == ["ssh-add", "-L"])
        #expect(commandWords("  a 'b c'\"d e\" f\\ g ''") == ["a", "b cd e", "f g", ""])
        #expect(commandWords("a \"b\\\"c\" 'd\\e'") == ["a", "b\"c", "d\\e"])
        #expect(commandWords("a 'b") == nil)
        #expect(commandWords("a \\") == nil)
        #expect(commandWords("$(touch x); `y`") == ["$(touch", "x);", "`y`"])
    }
}
