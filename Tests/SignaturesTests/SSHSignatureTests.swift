import Crypto
import Foundation
import Testing

@testable import Signatures

private let message = Array("a receipt\n".utf8)

@Suite struct SSHSignatureTests {
    static let keys: [[String]] = [
        ["-t", "ed25519"], ["-t", "rsa", "-b", "2048"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"],
        ["-t", "ecdsa", "-b", "521"],
    ]

    @Test(arguments: keys) func `a signature of ssh-keygen counts for its message, key and namespace alone`(
        arguments: [String]
    ) throws {
        let folder = try KeyFolder()
        let key = try folder.makeKey("a", arguments)
        let other = try folder.makeKey("b", arguments)
        for options in [[], ["-O", "hashalg=sha256"]] {
            let armored = try folder.sign(message, by: "a", options)
            let signature = try SSHSignature(armored: armored)
            #expect(signature.key == key)
            #expect(signature.namespace == "arbor-ledger")
            #expect(signature.isValid(for: message))
            #expect(!signature.isValid(for: message + [0x0A]))
            #expect(!signature.isValid(for: []))
            #expect(signature.armored == armored)

            // The namespace and the key are part of what is signed.
            let blob = signature.blob
            let renamed = try SSHSignature(blob: replaced(blob, "arbor-ledger", "arbor-budget"))
            #expect(renamed.namespace == "arbor-budget" && !renamed.isValid(for: message))
            let foreign = try SSHSignature(blob: blob.replacing(key.blob, with: other.blob, maxReplacements: 1))
            #expect(foreign.key == other && !foreign.isValid(for: message))
        }
    }

    @Test(arguments: keys + [["token-ed25519"], ["token-p256"]])
    func `no truncated or altered signature counts`(arguments: [String]) throws {
        let signature: SSHSignature
        if arguments.count == 1 {
            signature = try SSHSignature(blob: TokenKey(arguments[0]).sign(message))
        } else {
            let folder = try KeyFolder()
            _ = try folder.makeKey("a", arguments)
            signature = try SSHSignature(armored: try folder.sign(message, by: "a"))
        }
        let blob = signature.blob
        let digests = MessageDigests(message)
        #expect(signature.isValid(for: digests))
        for length in blob.indices {
            #expect(throws: SignatureError.self) { try SSHSignature(blob: Array(blob[..<length])) }
        }
        #expect(throws: SignatureError.self) { try SSHSignature(blob: blob + [0]) }
        for index in blob.indices {
            for change: UInt8 in [1, 0x80, 0xFF] {
                var altered = blob
                altered[index] ^= change
                #expect((try? SSHSignature(blob: altered))?.isValid(for: digests) != true, "byte \(index)")
            }
        }
    }

    @Test(arguments: ["token-ed25519", "token-p256"])
    func `a signature of a token counts if someone touched the token`(type: String) throws {
        let token = try TokenKey(type)
        let signature = try SSHSignature(blob: token.sign(message))
        #expect(signature.isValid(for: message))
        #expect(!signature.isValid(for: [0]))
        #expect(!signature.key.signsDeterministically)
        #expect(throws: SignatureError("the signature was made without a touch of the token")) {
            try SSHSignature(blob: token.sign(message, flags: 4))
        }
        // The counter and the application's name are part of what is signed.
        var altered = token
        altered.application = "abc:"
        let foreign = try SSHSignature(
            blob: signature.blob.replacing(token.blob, with: altered.blob, maxReplacements: 1))
        #expect(!foreign.isValid(for: message))
    }

    @Test func `numbers of elliptic curves with the value zero or the largest value do not crash`() throws {
        let folder = try KeyFolder()
        let key = try folder.makeKey("a", ["-t", "ecdsa", "-b", "256"])
        for number in [[0x01], [UInt8](repeating: 0x7F, count: 32), [0] + [UInt8](repeating: 0xFF, count: 32)] {
            let value =
                wireString(Array("ecdsa-sha2-nistp256".utf8)) + wireString(wireString(number) + wireString(number))
            #expect(!(try SSHSignature(blob: envelope(key, value)).isValid(for: message)))
        }
        for number in [[], [0], [0, 1], [0x80], [0] + [UInt8](repeating: 0xFF, count: 33)] as [[UInt8]] {
            let value =
                wireString(Array("ecdsa-sha2-nistp256".utf8)) + wireString(wireString(number) + wireString(number))
            #expect(throws: SignatureError.self) { try SSHSignature(blob: envelope(key, value)) }
        }
    }

    @Test func `an RSA signature with SHA-1 is refused`() throws {
        let folder = try KeyFolder()
        let key = try folder.makeKey("a", ["-t", "rsa", "-b", "2048"])
        let value = wireString(Array("ssh-rsa".utf8)) + wireString([UInt8](repeating: 1, count: 256))
        #expect(
            throws: SignatureError("the signature's algorithm \"ssh-rsa\" is not rsa-sha2-512 or rsa-sha2-256")
        ) { try SSHSignature(blob: envelope(key, value)) }
    }

    @Test func `a field that another version could use is refused`() throws {
        let folder = try KeyFolder()
        let key = try folder.makeKey("a", ["-t", "ed25519"])
        let value = wireString(Array("ssh-ed25519".utf8)) + wireString([UInt8](repeating: 1, count: 64))
        let cases: [([UInt8], String)] = [
            (envelope(key, value, version: 2), "the signature's version is 2, not 1"),
            (envelope(key, value, namespace: ""), "the signature's namespace is empty"),
            (envelope(key, value, reserved: [0]), "the signature's reserved field is not empty"),
            (
                envelope(key, value, hash: "md5"), "the signature's hash \"md5\" is neither \"sha256\" nor \"sha512\""
            ),
        ]
        for (blob, message) in cases {
            #expect(throws: SignatureError(message)) { try SSHSignature(blob: blob) }
        }
    }

    @Test func `armor has a header, base64 and a footer`() throws {
        let folder = try KeyFolder()
        _ = try folder.makeKey("a", ["-t", "ed25519"])
        let text = String(decoding: try folder.sign(message, by: "a"), as: UTF8.self)
        func reason(_ text: String) -> String? {
            do {
                _ = try SSHSignature(armored: Array(text.utf8))
                return nil
            } catch {
                return error.message
            }
        }
        #expect(reason(text) == nil)
        #expect(reason(String(text.dropLast())) == nil)
        #expect(reason("") == "the signature does not begin with -----BEGIN SSH SIGNATURE-----")
        #expect(reason(" " + text) == "the signature does not begin with -----BEGIN SSH SIGNATURE-----")
        #expect(reason(text + "\n") == "the signature does not end with -----END SSH SIGNATURE-----")
        #expect(reason(String(text.dropLast(2))) == "the signature does not end with -----END SSH SIGNATURE-----")
        #expect(
            reason("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n")
                == "the signature does not end with -----END SSH SIGNATURE-----")
        #expect(
            reason("-----BEGIN SSH SIGNATURE-----\nA\n-----END SSH SIGNATURE-----\n")
                == "the signature is not in base64")
        #expect(
            reason("-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n")
                == "the signature is cut short")
        #expect(
            reason("-----BEGIN SSH SIGNATURE-----\nAAAAAAAA\n-----END SSH SIGNATURE-----\n")
                == "the signature does not begin with \"SSHSIG\"")
    }
}

/// Returns the blob of a signature with the given value.
func envelope(
    _ key: PublicKey, _ value: [UInt8], version: UInt32 = 1, namespace: String = "arbor-ledger",
    reserved: [UInt8] = [], hash: String = "sha512"
) -> [UInt8] {
    Array("SSHSIG".utf8) + wireInteger(version) + wireString(key.blob) + wireString(Array(namespace.utf8))
        + wireString(reserved) + wireString(Array(hash.utf8)) + wireString(value)
}

private func replaced(_ bytes: [UInt8], _ old: String, _ new: String) -> [UInt8] {
    bytes.replacing(Array(old.utf8), with: Array(new.utf8), maxReplacements: 1)
}

/// A key that signs as a FIDO token does.
private struct TokenKey {
    private enum Secret {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    private let secret: Secret
    var application = "ssh:"

    init(_ type: String) throws {
        secret = type == "token-ed25519" ? .ed25519(.init()) : .p256(.init())
    }

    private var type: [UInt8] {
        switch secret {
        case .ed25519: Array("sk-ssh-ed25519@openssh.com".utf8)
        case .p256: Array("sk-ecdsa-sha2-nistp256@openssh.com".utf8)
        }
    }

    var blob: [UInt8] {
        let point =
            switch secret {
            case .ed25519(let key): wireString([UInt8](key.publicKey.rawRepresentation))
            case .p256(let key):
                wireString(Array("nistp256".utf8)) + wireString([UInt8](key.publicKey.x963Representation))
            }
        return wireString(type) + point + wireString(Array(application.utf8))
    }

    func sign(_ message: [UInt8], flags: UInt8 = 1) throws -> [UInt8] {
        let key = try #require(PublicKey(blob: blob))
        let digest = Array(SHA512.hash(data: message))
        let inner =
            Array("SSHSIG".utf8) + wireString(Array("arbor-ledger".utf8)) + wireString([])
            + wireString(Array("sha512".utf8)) + wireString(digest)
        let rest: [UInt8] = [flags] + wireInteger(7)
        let signed = Array(SHA256.hash(data: Array(application.utf8))) + rest + Array(SHA256.hash(data: inner))
        let value: [UInt8]
        switch secret {
        case .ed25519(let key): value = [UInt8](try key.signature(for: signed))
        case .p256(let key):
            let pair = [UInt8](try key.signature(for: signed).rawRepresentation)
            value = wireString(integer(pair[..<32])) + wireString(integer(pair[32...]))
        }
        return envelope(key, wireString(type) + wireString(value) + rest)
    }

    /// Encodes a positive `mpint`.
    private func integer(_ digits: ArraySlice<UInt8>) -> [UInt8] {
        let digits = digits.drop { $0 == 0 }
        return (digits.first ?? 0) < 0x80 ? Array(digits) : [0] + digits
    }
}
