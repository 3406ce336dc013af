import Crypto
import CryptoExtras
import FoundationEssentials
import Words

/// A key that can verify signatures, read from the wire format of RFC 4253, 5656 or 8709, or of OpenSSH's PROTOCOL.u2f.
enum VerifyingKey {
    case ed25519(Curve25519.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey, byteCount: Int)
    /// A key on a FIDO token. The token signs a digest of the application's name, too.
    case tokenEd25519(Curve25519.Signing.PublicKey, application: [UInt8])
    case tokenP256(P256.Signing.PublicKey, application: [UInt8])

    static let types = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    /// Reads a key and checks that it is a valid one of its type.
    init(_ blob: [UInt8]) throws(SignatureError) {
        var reader = WireReader(blob, "the key")
        let type = try reader.text()
        switch type {
        case "ssh-ed25519":
            self = .ed25519(try Self.ed25519Key(&reader))
        case "sk-ssh-ed25519@openssh.com":
            self = .tokenEd25519(try Self.ed25519Key(&reader), application: try reader.string())
        case "ecdsa-sha2-nistp256":
            self = .p256(try Self.p256Key(&reader))
        case "sk-ecdsa-sha2-nistp256@openssh.com":
            self = .tokenP256(try Self.p256Key(&reader), application: try reader.string())
        case "ecdsa-sha2-nistp384":
            let point = try Self.point(&reader, on: "nistp384", byteCount: 97)
            self = .p384(try valid { try P384.Signing.PublicKey(x963Representation: point) })
        case "ecdsa-sha2-nistp521":
            let point = try Self.point(&reader, on: "nistp521", byteCount: 133)
            self = .p521(try valid { try P521.Signing.PublicKey(x963Representation: point) })
        case "ssh-rsa":
            let exponent = try reader.positiveInteger()
            let modulus = try reader.positiveInteger()
            let bits = modulus.count * 8 - modulus[0].leadingZeroBitCount
            guard bits >= 2048 else {
                throw SignatureError("the RSA key has \(bits) bits, and fewer than 2048 are not secure")
            }
            self = .rsa(
                try valid { try _RSA.Signing.PublicKey(n: modulus, e: exponent) }, byteCount: modulus.count)
        default: throw Self.unsupported(type)
        }
        try reader.end()
    }

    /// Returns the reason why keys of a type are refused.
    static func unsupported(_ type: String) -> SignatureError {
        type.containsBytes("-cert-")
            ? SignatureError("the key is a certificate, and certificates are not supported")
            : SignatureError("the key's type \"\(type)\" is not supported; supported are \(listed(types))")
    }

    private static func ed25519Key(_ reader: inout WireReader) throws(SignatureError) -> Curve25519.Signing.PublicKey {
        let point = try reader.string()
        return try valid { try Curve25519.Signing.PublicKey(rawRepresentation: point) }
    }

    private static func p256Key(_ reader: inout WireReader) throws(SignatureError) -> P256.Signing.PublicKey {
        let point = try point(&reader, on: "nistp256", byteCount: 65)
        return try valid { try P256.Signing.PublicKey(x963Representation: point) }
    }

    /// Reads a curve's name and an uncompressed point (SEC 1, section 2.3.3).
    private static func point(
        _ reader: inout WireReader, on curve: String, byteCount: Int
    ) throws(SignatureError) -> [UInt8] {
        let name = try reader.text()
        let point = try reader.string()
        guard name.hasSameBytes(as: curve), point.count == byteCount, point.first == 4 else {
            throw SignatureError("the key is not a point on the curve \(curve)")
        }
        return point
    }
}

/// Replaces the errors of the cryptographic library.
private func valid<Key>(_ key: () throws -> Key) throws(SignatureError) -> Key {
    do { return try key() } catch { throw SignatureError("the key is not valid for its type") }
}
