import Crypto
import FoundationEssentials
import Words

/// A public key for SSH signatures; only keys of supported types exist.
package struct PublicKey: Hashable, Sendable {
    /// The type, such as `ssh-ed25519`.
    package let type: String
    /// The key in the wire format of RFC 4253.
    package let blob: [UInt8]

    /// Reads a line such as `ssh-ed25519 AAAA… comment`.
    package init?(text: String) {
        let fields = text.utf8.split(maxSplits: 2) { Array(" \t\r\n".utf8).contains($0) }
        guard fields.count >= 2 else { return nil }
        try? self.init(type: Array(fields[0]), base64: Array(fields[1]))
    }

    package init?(blob: [UInt8]) {
        try? self.init(checking: blob)
    }

    init(checking blob: [UInt8]) throws(SignatureError) {
        _ = try VerifyingKey(blob)
        var reader = WireReader(blob, "the key")
        type = try reader.text()
        self.blob = blob
    }

    init(type: [UInt8], base64: [UInt8]) throws(SignatureError) {
        let name = String(decoding: type, as: UTF8.self)
        guard VerifyingKey.types.contains(where: name.hasSameBytes) else { throw VerifyingKey.unsupported(name) }
        guard let blob = decodeBase64(base64) else { throw SignatureError("the key is not in base64") }
        try self.init(checking: blob)
        guard self.type.hasSameBytes(as: name) else {
            throw SignatureError("the key is of the type \(self.type), not \(name)")
        }
    }

    /// The key as in a public key file, without a comment.
    package var text: String { "\(type) \(encodeBase64(blob))" }

    /// The SHA-256 of the blob in hexadecimal digits.
    package var digest: String { hexText(SHA256.hash(data: blob)) }

    /// The fingerprint that `ssh-keygen -l` prints.
    package var fingerprint: String {
        let base64 = encodeBase64(SHA256.hash(data: blob))
        return "SHA256:" + base64.prefix { $0 != "=" }
    }

    /// Whether OpenSSH always makes the same signature of the same message with this key.
    package var signsDeterministically: Bool { type == "ssh-ed25519" || type == "ssh-rsa" }
}
