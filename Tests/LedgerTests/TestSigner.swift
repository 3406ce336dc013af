import Crypto
import Foundation
import Records
import Signatures

/// A person with an Ed25519 key that is always the same.
struct TestSigner: Sendable {
    var principal: String
    private let key: Curve25519.Signing.PrivateKey

    init(_ principal: String) {
        self.principal = principal
        key = try! Curve25519.Signing.PrivateKey(rawRepresentation: SHA256.hash(data: Data(principal.utf8)))
    }

    static let ada = TestSigner("ada@example.org")
    static let bob = TestSigner("bob@example.org")
    static let cem = TestSigner("cem@example.org")
    static let dee = TestSigner("dee@example.org")

    var publicKey: PublicKey {
        PublicKey(blob: string("ssh-ed25519") + string(key.publicKey.rawRepresentation))!
    }

    /// A line of the signers file.
    func line(_ namespaces: String = "arbor-ledger,arbor-seed") -> String {
        "\(principal) namespaces=\"\(namespaces)\" \(publicKey.text)\n"
    }

    /// Signs a message as `ssh-keygen -Y sign` does.
    func sign(_ message: [UInt8], _ namespace: String) -> SSHSignature {
        let head = Array("SSHSIG".utf8)
        let purpose = string(namespace) + string([UInt8]()) + string("sha512")
        let signed = head + purpose + string(Array(SHA512.hash(data: message)))
        let signature = string("ssh-ed25519") + string(try! key.signature(for: signed))
        return try! SSHSignature(
            blob: head + [0, 0, 0, 1] + string(publicKey.blob) + purpose + string(signature))
    }

    private func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    private func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
    }
}

/// Returns the signers of a file that lists these people.
func signers(_ people: [TestSigner]) -> Signers {
    parseSigners(Array(people.map { $0.line() }.joined().utf8)).signers
}
