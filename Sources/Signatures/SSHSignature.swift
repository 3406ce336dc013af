import Crypto
import FoundationEssentials
import Words

/// The digests of a message that a signature can cover.
package struct MessageDigests: Sendable, Hashable {
    package let sha256: [UInt8]
    package let sha512: [UInt8]

    package init(_ message: [UInt8]) {
        sha256 = Array(SHA256.hash(data: message))
        sha512 = Array(SHA512.hash(data: message))
    }
}

/// A signature as `ssh-keygen -Y sign` makes it (OpenSSH's PROTOCOL.sshsig).
package struct SSHSignature: Sendable, Equatable {
    package enum Hash: String, Sendable {
        case sha256, sha512
    }

    package let key: PublicKey
    /// The purpose of the signature, such as `git`.
    package let namespace: String
    /// The digest of the message that is signed; `ssh-keygen` uses SHA-512.
    package let hash: Hash
    package let blob: [UInt8]
    let value: SignatureValue

    /// Reads the blob. There is one encoding of each signature: the reserved field must be empty.
    package init(blob: [UInt8]) throws(SignatureError) {
        var reader = WireReader(blob, "the signature")
        guard try reader.bytes(Self.magic.count) == Self.magic else {
            throw SignatureError("the signature does not begin with \"SSHSIG\"")
        }
        let version = try reader.uint32()
        guard version == 1 else { throw SignatureError("the signature's version is \(version), not 1") }
        key = try PublicKey(checking: try reader.string())
        namespace = try reader.text()
        guard !namespace.isEmpty else { throw SignatureError("the signature's namespace is empty") }
        guard try reader.string().isEmpty else {
            throw SignatureError("the signature's reserved field is not empty")
        }
        let hashName = try reader.text()
        guard let hash = Hash(rawValue: hashName) else {
            throw SignatureError("the signature's hash \"\(hashName)\" is neither \"sha256\" nor \"sha512\"")
        }
        self.hash = hash
        value = try SignatureValue(try reader.string(), of: try VerifyingKey(key.blob))
        try reader.end()
        self.blob = blob
    }

    package func isValid(for message: [UInt8]) -> Bool {
        isValid(for: MessageDigests(message))
    }

    /// Whether the key signed the message with these digests.
    package func isValid(for digests: MessageDigests) -> Bool {
        guard let verifyingKey = try? VerifyingKey(key.blob) else { return false }
        let digest =
            switch hash {
            case .sha256: digests.sha256
            case .sha512: digests.sha512
            }
        let signed =
            Self.magic + wireString(namespace.utf8) + wireString([]) + wireString(hash.rawValue.utf8)
            + wireString(digest)
        return value.isValid(for: signed, by: verifyingKey)
    }

    private static let magic = Array("SSHSIG".utf8)

    /// Whether the signature uses SHA-512 throughout, as those of ssh-keygen do.
    package var usesSHA512: Bool { hash == .sha512 && value.algorithm != "rsa-sha2-256" }
}

extension SSHSignature {
    private static let header = Array("-----BEGIN SSH SIGNATURE-----\n".utf8)
    private static let footer = Array("-----END SSH SIGNATURE-----".utf8)

    /// Reads the text that `ssh-keygen` writes. The lines of base64 may have any length, and the last line feed may be
    /// absent, as in git's commits.
    package init(armored: [UInt8]) throws(SignatureError) {
        guard armored.starts(with: Self.header) else {
            throw SignatureError("the signature does not begin with -----BEGIN SSH SIGNATURE-----")
        }
        let text = armored.last == 0x0A ? armored.dropLast() : armored[...]
        let body = text.dropFirst(Self.header.count)
        guard body.count > Self.footer.count, body.suffix(Self.footer.count).elementsEqual(Self.footer),
            body.dropLast(Self.footer.count).last == 0x0A
        else { throw SignatureError("the signature does not end with -----END SSH SIGNATURE-----") }
        guard let blob = decodeBase64(body.dropLast(Self.footer.count).filter { $0 != 0x0A }) else {
            throw SignatureError("the signature is not in base64")
        }
        try self.init(blob: blob)
    }

    /// The signature as `ssh-keygen` writes it, in lines of 70 characters.
    package var armored: [UInt8] {
        var text = Self.header
        var rest = Array(encodeBase64(blob).utf8)[...]
        while !rest.isEmpty {
            text += rest.prefix(70) + [0x0A]
            rest = rest.dropFirst(70)
        }
        return text + Self.footer + [0x0A]
    }
}
