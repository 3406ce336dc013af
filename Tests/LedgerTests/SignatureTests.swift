import Checking
import Foundation
import Records
import Signatures
import Testing

/// Tests signatures of receipts, made with a fixed key.
@Suite struct SignatureTests {
    private let none = String(repeating: "0", count: 64)
    private let publicKey = TestSigner.bob.publicKey

    private func signature(of message: [UInt8], namespace: String = ReceiptSignature.namespace) -> SSHSignature {
        TestSigner.bob.sign(message, namespace)
    }

    /// Returns a ledger with one receipt, whose runs do not depend on time.
    private func audited() throws -> (ledger: TestLedger, receipt: SourceFile, name: String) {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", [Double](repeating: 0.5, count: 8))
        let receipt = ledger.files[ledger.files.count - 1]
        return (ledger, receipt, sha256(receipt.bytes))
    }

    private func path(_ receipt: String, _ key: String? = nil) -> String {
        RecordPlace.signature(model: "toy", receipt: receipt, key: key ?? publicKey.digest).path
    }

    /// Returns the messages and remedies about the file of a signature.
    private func messages(_ ledger: TestLedger, _ path: String, _ bytes: [UInt8]) -> [String] {
        var ledger = ledger
        ledger.files.append(SourceFile(path: path, bytes: bytes))
        return ledger.check().diagnostics.filter { $0.path == path }.map { found in
            "\(found.code.name): \(found.message)" + (found.fix.map { " -> \($0)" } ?? "")
        }
    }

    @Test func signatureThatFitsItsReceiptIsKept() throws {
        var (ledger, receipt, name) = try audited()
        let signature = signature(of: receipt.bytes)
        #expect(messages(ledger, path(name), signature.armored) == [])
        ledger.files.append(SourceFile(path: path(name), bytes: signature.armored))
        let kept = ReceiptSignature(folder: "toy", receipt: name, signature: signature)
        #expect(ledger.check().state.signatures == [name: [kept]])
        #expect(kept.path == path(name))
        #expect(ledger.check().state.receipts.map(\.digests) == [MessageDigests(receipt.bytes)])
    }

    @Test func unfitSignatureIsReportedAndNotKept() throws {
        let (ledger, receipt, name) = try audited()
        let restore = "-> restore it with `git checkout`; remove it only if it was never committed"
        let fitting = signature(of: receipt.bytes).armored
        let short = "bad-signature: the signature does not end with -----END SSH SIGNATURE----- \(restore)"
        let other = "bad-signature: the signature does not fit the receipt \(restore)"
        let cases: [(path: String, bytes: [UInt8], message: String)] = [
            (path(name), signature(of: receipt.bytes + [0x0A]).armored, other),
            (path(name), Array(fitting.dropLast(30)), short),
            (
                path(name), [],
                "bad-signature: the signature does not begin with -----BEGIN SSH SIGNATURE----- \(restore)"
            ),
            (
                path(name), signature(of: receipt.bytes, namespace: "git").armored,
                "bad-signature: the signature is for \"git\", not for \"arbor-ledger\" \(restore)"
            ),
            (
                path(name, none), fitting,
                "bad-signature: the file is named by another key than the one that signed: "
                    + "\(publicKey.fingerprint) -> name it \(name).\(publicKey.digest).sig"
            ),
            (
                path(name), Array(String(decoding: fitting, as: UTF8.self).replacing("\n", with: "\r\n").utf8),
                "bad-signature: the signature's lines end in CR LF instead of LF -> put `*.sig text eol=lf` in "
                    + ".gitattributes, then `git add --renormalize .` and commit"
            ),
            (
                path(name), [UInt8](repeating: 0x41, count: 16_385),
                "bad-signature: the file is larger than 16 KiB, and no signature is that large \(restore)"
            ),
            (
                path(none), fitting,
                "bad-signature: the signed receipt is missing: Verifiers/toy/receipts/\(none).json -> commit the "
                    + "receipt together with its signature"
            ),
        ]
        for (path, bytes, message) in cases {
            #expect(messages(ledger, path, bytes) == [message])
            var ledger = ledger
            ledger.files.append(SourceFile(path: path, bytes: bytes))
            #expect(ledger.check().state.signatures.isEmpty)
        }
    }

    @Test(arguments: ["x.sig", "README.md", "a.b.sig", "0.sig"])
    func otherFileBesideReceiptsIsStray(name: String) throws {
        let (ledger, _, _) = try audited()
        let path = "Verifiers/toy/receipts/\(name)"
        #expect(RecordPlace(path: path) == nil)
        #expect(messages(ledger, path, []).map { $0.prefix(10) } == ["stray-file"])
    }

    @Test func changeThatAddsASignaturePassesOnlyIfItFits() throws {
        let (ledger, receipt, name) = try audited()
        for (message, passes) in [(receipt.bytes, true), ([0], false)] {
            let file = SourceFile(path: path(name), bytes: signature(of: message).armored)
            let change = FileChange(before: nil, after: decode(file))
            let changed = Changed(ledger: ledger)
            #expect(
                try certainlyAddsNoError([change], to: changed, kernels: testKernels, today: TestLedger.today) == passes
            )
            let removal = FileChange(before: decode(file), after: nil)
            #expect(
                try !certainlyAddsNoError([removal], to: changed, kernels: testKernels, today: TestLedger.today))
        }
    }

    private struct Changed: ChangedLedger {
        var ledger: TestLedger

        func file(at path: String) -> DecodedFile? { ledger.files.first { $0.path == path }.map(decode) }
        func paths(namedLike place: RecordPlace) -> [String] { [] }
        func paths(in folder: String) -> [String] { [] }
    }
}
