import Records
import Signatures
import Words

/// Checks keys and signatures, which may contain any bytes. What is accepted must have one spelling.
func signaturesViolation(_ bytes: [UInt8]) -> String? {
    if let key = PublicKey(blob: bytes) {
        if PublicKey(text: key.text) != key { return "a key does not read back from its text" }
        if key.blob != bytes { return "a key has two encodings" }
        if let violation = printingViolation(key.text.utf8, "a key") { return violation }
    }
    if let text = String(validating: bytes, as: UTF8.self), let key = PublicKey(text: text) {
        if PublicKey(blob: key.blob) != key { return "a key does not read back from its blob" }
    }
    do {
        let signature = try SSHSignature(blob: bytes)
        if signature.blob != bytes { return "a signature has two encodings" }
        if try SSHSignature(armored: signature.armored) != signature { return "armor changes a signature" }
        _ = signature.isValid(for: bytes)
    } catch {
        if let violation = printingViolation(escapeHidden(error.message).utf8, "a message") { return violation }
    }
    if let signature = try? SSHSignature(armored: bytes) {
        if (try? SSHSignature(blob: signature.blob)) != signature { return "a signature does not read back" }
        _ = signature.isValid(for: [])
    }
    return nil
}

/// Checks the signers file. Each line is a signer or a mistake, and a key has one name for each namespace.
func signersViolation(_ bytes: [UInt8]) -> String? {
    let (signers, problems) = parseSigners(bytes)
    for problem in problems {
        if problem.line < 1 || problem.column < 1 { return "a place before the file: \(problem)" }
        if let violation = printingViolation(escapeHidden(problem.message).utf8, "a message") { return violation }
    }
    let lines = signers.entries.map(\.line) + problems.map(\.line)
    if Set(lines).count != lines.count { return "a line with two results" }
    var names: [PublicKey: [String: String]] = [:]
    for signer in signers.entries {
        if signer.principals.isEmpty || signer.namespaces.isEmpty { return "a signer without a name or namespace" }
        for namespace in signer.namespaces {
            let name = names[signer.key, default: [:]][namespace] ?? signer.name
            if !name.hasSameBytes(as: signer.name) { return "a key with two names" }
            names[signer.key, default: [:]][namespace] = name
        }
    }
    _ = decodeSigners(bytes)
    return nil
}
