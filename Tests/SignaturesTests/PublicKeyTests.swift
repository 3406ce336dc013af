import Crypto
import Foundation
import Testing

@testable import Signatures

@Suite struct PublicKeyTests {
    @Test(arguments: SSHSignatureTests.keys) func `a key is read as ssh-keygen writes it`(arguments: [String]) throws {
        let folder = try KeyFolder()
        let key = try folder.makeKey("a", arguments)
        let line = try String(contentsOfFile: "\(folder.path)/a.pub", encoding: .utf8)
        #expect(line == key.text + " a comment\n")
        #expect(try folder.keygen(["-l", "-f", "\(folder.path)/a.pub"]).contains(" \(key.fingerprint) "))
        #expect(PublicKey(blob: key.blob) == key)
        #expect(PublicKey(text: key.text) == key)
        #expect(key.digest == SHA256.hash(data: key.blob).map { String(format: "%02x", $0) }.joined())
        #expect(key.signsDeterministically == !key.type.hasPrefix("ecdsa"))
        for length in key.blob.indices { #expect(PublicKey(blob: Array(key.blob[..<length])) == nil) }
        #expect(PublicKey(blob: key.blob + [0]) == nil)
        #expect(PublicKey(text: key.text + "=") == nil)
        #expect(PublicKey(text: key.text.replacing(key.type, with: "ssh-dss")) == nil)
    }

    @Test func `a key that is not secure or not supported is refused with its reason`() throws {
        let folder = try KeyFolder()
        try folder.keygen(["-q", "-N", "", "-t", "rsa", "-b", "1024", "-f", "\(folder.path)/short"])
        let short = try String(contentsOfFile: "\(folder.path)/short.pub", encoding: .utf8)
        let curve = wireString(Array("ecdsa-sha2-nistp256".utf8)) + wireString(Array("nistp256".utf8))
        let outside = curve + wireString([4] + [UInt8](repeating: 1, count: 64))
        let compressed = curve + wireString([2] + [UInt8](repeating: 1, count: 32))
        let edwards = wireString(Array("ssh-ed25519".utf8))
        let rsa = wireString(Array("ssh-rsa".utf8)) + wireString([1, 0, 1])
        let cases: [([UInt8], String)] = [
            (
                try #require(Data(base64Encoded: String(short.split(separator: " ")[1]))).map { $0 },
                "the RSA key has 1024 bits, and fewer than 2048 are not secure"
            ),
            (outside, "the key is not valid for its type"),
            (compressed, "the key is not a point on the curve nistp256"),
            (edwards + wireString([1]), "the key is not valid for its type"),
            (edwards, "the key is cut short"),
            (edwards + [0xFF, 0xFF, 0xFF, 0xFF], "the key is cut short"),
            ([0, 0, 0, 1, 0xFF], "the key has a name that is not UTF-8"),
            (
                wireString(Array("ssh-ed25519-cert-v01@openssh.com".utf8)),
                "the key is a certificate, and certificates are not supported"
            ),
            (rsa + wireString([]), "the key has a number that is zero"),
            (rsa + wireString([0x80]), "the key has a negative number"),
            (rsa + wireString([0, 1]), "the key has a number with needless zeros"),
            (rsa + wireString([0] + [UInt8](repeating: 0xFE, count: 256)), "the key is not valid for its type"),
            (rsa + wireString([0] + [UInt8](repeating: 0xFF, count: 4096)), "the key is not valid for its type"),
        ]
        for (blob, message) in cases {
            #expect(throws: SignatureError(message)) { try PublicKey(checking: blob) }
        }
    }
}
