import Crypto
import Foundation
import Records
import Signatures

/// Times the verification of signatures beside receipts, from their bytes, and the same verifications by the library
/// alone, in turn. Prints both and their ratio.
func signatureTimes(count: Int, repeats: Int) throws -> String {
    var signed: [(message: MessageDigests, armored: [UInt8])] = []
    var bare: [(key: Curve25519.Signing.PublicKey, signature: Data, content: [UInt8])] = []
    for number in 0..<count {
        let key = try Curve25519.Signing.PrivateKey(
            rawRepresentation: SHA256.hash(data: Data("runner \(number % 20)".utf8)))
        let message = Array("receipt \(number)".utf8)
        let head = Array("SSHSIG".utf8)
        let purpose = string(Array(ReceiptSignature.namespace.utf8)) + string([]) + string(Array("sha512".utf8))
        let content = head + purpose + string(Array(SHA512.hash(data: message)))
        let signature = try key.signature(for: content)
        let type = Array("ssh-ed25519".utf8)
        let blob =
            head + [0, 0, 0, 1] + string(string(type) + string(Array(key.publicKey.rawRepresentation))) + purpose
            + string(string(type) + string(Array(signature)))
        signed.append((MessageDigests(message), try SSHSignature(blob: blob).armored))
        bare.append((key.publicKey, signature, content))
    }
    func seconds(_ verify: () throws -> Bool) throws -> Double {
        let start = ContinuousClock.now
        guard try verify() else { throw ChildFailure(description: "a signature is not valid") }
        return (ContinuousClock.now - start) / .seconds(1)
    }
    var (ours, library) = (Double.infinity, Double.infinity)
    for _ in 0..<repeats {
        ours = min(
            ours,
            try seconds { try signed.allSatisfy { try SSHSignature(armored: $0.armored).isValid(for: $0.message) } })
        library = min(
            library, try seconds { bare.allSatisfy { $0.key.isValidSignature($0.signature, for: $0.content) } })
    }
    return String(
        format: "%d signatures: %.1f ms from their files, %.1f ms by the library alone, ratio %.2f", count,
        ours * 1e3, library * 1e3, ours / library)
}

/// Encodes a string of the SSH wire format.
private func string(_ bytes: [UInt8]) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
}
