import Crypto
import Records
import Signatures

/// A key as in a hardware token, of type `sk-ssh-ed25519@openssh.com`.
struct HardwareKey {
    private let key = Curve25519.Signing.PrivateKey()
    private static let type = Array("sk-ssh-ed25519@openssh.com".utf8)
    private static let application = Array("ssh:".utf8)

    var publicKey: PublicKey {
        PublicKey(
            blob: string(Self.type) + string(key.publicKey.rawRepresentation) + string(Self.application))!
    }

    /// Signs a receipt, with the flag that its owner touched the token.
    func sign(_ message: [UInt8]) throws -> SSHSignature {
        let head = Array("SSHSIG".utf8)
        let purpose = string(Array(ReceiptSignature.namespace.utf8)) + string([UInt8]()) + string(Array("sha512".utf8))
        let inner = head + purpose + string(Array(SHA512.hash(data: message)))
        let state: [UInt8] = [1, 0, 0, 0, 7]
        let signed = Array(SHA256.hash(data: Self.application)) + state + Array(SHA256.hash(data: inner))
        let signature = string(Self.type) + string(try key.signature(for: signed)) + state
        return try SSHSignature(blob: head + [0, 0, 0, 1] + string(publicKey.blob) + purpose + string(signature))
    }

    private func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
    }
}
