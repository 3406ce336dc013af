import Records
import Words

/// Reports signatures that do not fit their receipts.
func checkSignatures(_ files: [DecodedFile], _ context: CheckContext) -> [Diagnostic] {
    let readable = Set(context.state.receipts.map { RecordPlace.receipt(model: $0.folder, name: $0.name) })
    return files.compactMap { file in
        guard case .signature(let signature)? = file.record,
            !context.state.signatures[signature.receipt, default: []].contains(signature)
        else { return nil }
        let receipt = RecordPlace.receipt(model: signature.folder, name: signature.receipt)
        guard context.existing.contains(receipt) else {
            return Diagnostic(
                .badSignature, path: file.path, mark: .fileStart,
                message: "the signed receipt is missing: \(receipt.path)",
                fix: "commit the receipt together with its signature")
        }
        // An unreadable receipt has its own diagnostic.
        guard readable.contains(receipt) else { return nil }
        return Diagnostic(
            .badSignature, path: file.path, mark: .fileStart, message: "the signature does not fit the receipt",
            fix: signatureRemedy)
    }
}
