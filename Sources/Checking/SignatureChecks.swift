import Records
import Words

/// Reports signatures that do not fit their receipts, and receipts whose seeds derive from a forged signature.
func checkSignatures(_ files: [DecodedFile], _ context: CheckContext) -> [Diagnostic] {
    checkReceiptSignatures(files, context) + checkSeedSignatures(context.state.receipts)
}

/// Reports receipts whose seeds do not derive from a signature over their salt.
private func checkSeedSignatures(_ receipts: [Receipt]) -> [Diagnostic] {
    // Receipts of one runner and salt share the signature.
    var isValid: [SeedSource: Bool] = [:]
    return receipts.compactMap { receipt in
        guard let signature = receipt.seedSignature else { return nil }
        let valid = isValid[receipt.seeds] ?? signature.isValid(for: SeedSource.message(salt: receipt.predicate.salt))
        isValid[receipt.seeds] = valid
        return valid
            ? nil
            : Diagnostic(
                .badReceipt, path: receipt.path, mark: .fileStart,
                message: "the signature from which the seeds derive does not fit the salt", fix: signatureRemedy)
    }
}

private func checkReceiptSignatures(_ files: [DecodedFile], _ context: CheckContext) -> [Diagnostic] {
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
