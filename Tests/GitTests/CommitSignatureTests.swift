import Foundation
import Testing

@testable import Git

/// Tests which part of a commit object is read as its signature. The signatures here are only text.
@Suite struct CommitSignatureTests {
    private let headers = """
        tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
        author Ada <ada@example.org> 1700000000 +0100
        committer Ada <ada@example.org> 1700000001 +0100

        """
    private let signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NI\n -----END SSH SIGNATURE-----\n"

    /// Reads the signature of a commit with these bytes.
    private func read(_ bytes: String) throws -> SignedCommit? {
        let repository = try TemporaryRepository()
        try repository.git("hash-object", "-t", "tree", "-w", "/dev/null")
        let id = try repository.git(["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], input: bytes)
        return try repository.open().signedCommit(#require(ObjectID(hex: id)))
    }

    @Test(arguments: ["", "encoding UTF-8\n"])
    func signatureIsTakenOutOfTheHeaders(later: String) throws {
        let signed = try #require(try read("\(headers)\(signature)\(later)\nMessage\n\n\(signature)"))
        #expect(
            String(decoding: signed.signature, as: UTF8.self)
                == "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n")
        #expect(String(decoding: signed.content, as: UTF8.self) == "\(headers)\(later)\nMessage\n\n\(signature)")
        #expect(signed.committerTimeSeconds == 1_700_000_001)
    }

    @Test func contentDoesNotEndAtANUL() throws {
        let signed = try #require(try read("\(headers)\(signature)\nA\0B"))
        #expect(signed.content == Array("\(headers)\nA\0B".utf8))
    }

    @Test func otherCommitsHaveNoSignature() throws {
        for bytes in [
            "\(headers)\nMessage\n", "\(headers)\n\(signature)", "\(headers)\(signature)\(signature)\nMessage\n",
            "\(headers)gpgsig-sha256 x\n\nMessage\n", "\(headers)",
        ] {
            #expect(try read(bytes) == nil, "\(bytes)")
        }
    }
}
