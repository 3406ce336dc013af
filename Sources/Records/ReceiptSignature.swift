import Signatures
import Words
import YAML

/// A person's signature of a receipt, in a file beside it.
package struct ReceiptSignature: Sendable, Equatable {
    /// The toy model's folder.
    package var folder: String
    /// The name of the signed receipt.
    package var receipt: String
    package var signature: SSHSignature

    package init(folder: String, receipt: String, signature: SSHSignature) {
        self.folder = folder
        self.receipt = receipt
        self.signature = signature
    }

    package static let namespace = "arbor-ledger"

    package var path: String {
        RecordPlace.signature(model: folder, receipt: receipt, key: signature.key.digest).path
    }
}

/// The maximum size of a signature file; that of a 16384-bit RSA key takes about 6 KiB.
private let signatureByteLimit = 16 * 1024

extension ReceiptSignature {
    /// Decodes a signature without its receipt, and checks that the file is named by the key.
    static func read(folder: String, receipt: String, key: String, bytes: [UInt8], log: FileLog) -> ReceiptSignature? {
        func refuse(_ message: String, fix: String = signatureRemedy) -> ReceiptSignature? {
            log.report(.badSignature, .fileStart, message, fix: fix)
            return nil
        }
        guard bytes.count <= signatureByteLimit else {
            return refuse("the file is larger than 16 KiB, and no signature is that large")
        }
        guard !bytes.contains(0x0D) else {
            return refuse("the signature's lines end in CR LF instead of LF", fix: lineEndRemedy(for: "*.sig"))
        }
        do {
            let signature = try SSHSignature(armored: bytes)
            guard signature.namespace.hasSameBytes(as: namespace) else {
                return refuse("the signature is for \"\(signature.namespace)\", not for \"\(namespace)\"")
            }
            guard signature.key.digest == key else {
                return refuse(
                    "the file is named by another key than the one that signed: \(signature.key.fingerprint)",
                    fix: "name it \(receipt).\(signature.key.digest).sig")
            }
            return ReceiptSignature(folder: folder, receipt: receipt, signature: signature)
        } catch {
            return refuse(error.message)
        }
    }
}

package let signatureRemedy = "restore it with `git checkout`; remove it only if it was never committed"

extension Diagnostic.Code {
    package static let badSignature = Self(
        "bad-signature", .error, "A signature cannot be read or does not fit its receipt.")

    package static let ofSignatures = [badSignature]
}
