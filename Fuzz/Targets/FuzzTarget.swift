/// A fuzz target: code that reads hostile bytes, and the properties that it must satisfy for every input.
public struct FuzzTarget: Sendable {
    public var name: String
    /// Returns the property that an input violates; nil if it violates none.
    public var violation: @Sendable ([UInt8]) -> String?

    /// All targets; each has a folder of inputs in `Fuzz/Corpus`.
    public static let all = [
        FuzzTarget(name: "yaml", violation: yamlViolation),
        FuzzTarget(name: "records", violation: recordsViolation),
        FuzzTarget(name: "merges", violation: mergesViolation),
        FuzzTarget(name: "names", violation: namesViolation),
        FuzzTarget(name: "numbers", violation: numbersViolation),
        FuzzTarget(name: "receipts", violation: receiptsViolation),
        FuzzTarget(name: "signatures", violation: signaturesViolation),
        FuzzTarget(name: "signers", violation: signersViolation),
        FuzzTarget(name: "store", violation: storeViolation),
        FuzzTarget(name: "git", violation: gitViolation),
        FuzzTarget(name: "annotations", violation: annotationsViolation),
        FuzzTarget(name: "sources", violation: sourcesViolation),
    ]
}

/// Checks that bytes are safe on a terminal; plain reports have no control bytes except line feeds.
func printingViolation(_ bytes: some Sequence<UInt8>, _ what: String) -> String? {
    let bytes = Array(bytes)
    guard let text = String(validating: bytes, as: UTF8.self) else { return "\(what) is not UTF-8" }
    if let byte = bytes.first(where: { $0 < 0x20 && $0 != 0x0A || $0 == 0x7F }) {
        return "\(what) has the control byte \(byte)"
    }
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x80..<0xA0, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xE0000...0xE007F:
            return "\(what) has the hidden character \(scalar.value)"
        default: break
        }
    }
    return nil
}
