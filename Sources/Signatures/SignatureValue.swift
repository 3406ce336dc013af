import Crypto
import CryptoExtras
import FoundationEssentials
import Words

/// The value of a signature, in the form that the cryptographic library reads.
struct SignatureValue: Sendable, Equatable {
    /// The signature algorithm, such as `rsa-sha2-512`.
    let algorithm: String
    /// The signature; for an elliptic curve, `r` and `s` with the same length.
    let bytes: [UInt8]
    /// What a FIDO token signs besides the message.
    let token: Token?

    struct Token: Sendable, Equatable {
        let flags: UInt8
        let counter: UInt32
    }

    /// Reads a signature that a key of the given type can have made.
    init(_ encoded: [UInt8], of key: VerifyingKey) throws(SignatureError) {
        var reader = WireReader(encoded, "the signature")
        algorithm = try reader.text()
        var content = WireReader(try reader.string(), "the signature")
        let expected: [String]
        switch key {
        case .ed25519:
            expected = ["ssh-ed25519"]
            bytes = try content.bytes(64)
        case .tokenEd25519:
            expected = ["sk-ssh-ed25519@openssh.com"]
            bytes = try content.bytes(64)
        case .p256:
            expected = ["ecdsa-sha2-nistp256"]
            bytes = try Self.pair(&content, byteCount: 32)
        case .tokenP256:
            expected = ["sk-ecdsa-sha2-nistp256@openssh.com"]
            bytes = try Self.pair(&content, byteCount: 32)
        case .p384:
            expected = ["ecdsa-sha2-nistp384"]
            bytes = try Self.pair(&content, byteCount: 48)
        case .p521:
            expected = ["ecdsa-sha2-nistp521"]
            bytes = try Self.pair(&content, byteCount: 66)
        case .rsa(_, let byteCount):
            expected = ["rsa-sha2-512", "rsa-sha2-256"]
            bytes = try content.bytes(byteCount)
        }
        try content.end()
        guard expected.contains(where: algorithm.hasSameBytes) else {
            throw SignatureError("the signature's algorithm \"\(algorithm)\" is not \(listed(expected, "or"))")
        }
        switch key {
        case .tokenEd25519, .tokenP256: token = Token(flags: try reader.byte(), counter: try reader.uint32())
        case .ed25519, .p256, .p384, .p521, .rsa: token = nil
        }
        try reader.end()
        // Bit 0 says that someone touched the token. Without a touch, malware could sign while the user is away.
        guard token.map({ $0.flags & 1 == 1 }) ?? true else {
            throw SignatureError("the signature was made without a touch of the token")
        }
    }

    private static func pair(_ reader: inout WireReader, byteCount: Int) throws(SignatureError) -> [UInt8] {
        var pair: [UInt8] = []
        for _ in 0..<2 {
            let number = try reader.positiveInteger()
            guard number.count <= byteCount else {
                throw SignatureError("the signature has a number that is too large")
            }
            pair += [UInt8](repeating: 0, count: byteCount - number.count) + number
        }
        return pair
    }

    /// Whether this is the key's signature of a message.
    func isValid(for message: [UInt8], by key: VerifyingKey) -> Bool {
        switch key {
        case .ed25519(let key): key.isValidSignature(bytes, for: message)
        case .p256(let key):
            (try? P256.Signing.ECDSASignature(rawRepresentation: bytes)).map {
                key.isValidSignature($0, for: message)
            } ?? false
        case .p384(let key):
            (try? P384.Signing.ECDSASignature(rawRepresentation: bytes)).map {
                key.isValidSignature($0, for: message)
            } ?? false
        case .p521(let key):
            (try? P521.Signing.ECDSASignature(rawRepresentation: bytes)).map {
                key.isValidSignature($0, for: message)
            } ?? false
        case .rsa(let key, _):
            // PKCS #1 v1.5 (RFC 8332).
            if algorithm == "rsa-sha2-512" {
                key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: bytes), for: SHA512.hash(data: message),
                    padding: .insecurePKCS1v1_5)
            } else {
                key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: bytes), for: SHA256.hash(data: message),
                    padding: .insecurePKCS1v1_5)
            }
        case .tokenEd25519(let key, let application):
            key.isValidSignature(bytes, for: tokenMessage(message, application))
        case .tokenP256(let key, let application):
            (try? P256.Signing.ECDSASignature(rawRepresentation: bytes)).map {
                key.isValidSignature($0, for: tokenMessage(message, application))
            } ?? false
        }
    }

    /// Returns what a FIDO token signs (OpenSSH's PROTOCOL.u2f).
    private func tokenMessage(_ message: [UInt8], _ application: [UInt8]) -> [UInt8] {
        guard let token else { return [] }
        return Array(SHA256.hash(data: application)) + [token.flags] + wireInteger(token.counter)
            + Array(SHA256.hash(data: message))
    }
}
