import Words

/// A format of another annotation tool that can be imported.
package enum AnnotationFormat: String, Sendable, CaseIterable {
    case brat
    case labelStudio = "label-studio"
    case doccano, uima
    case inlineTags = "inline-tags"

    /// Returns the format of a file by its content, or nil if it has none of these formats.
    package init?(recognising bytes: [UInt8]) {
        let text = String(decoding: withoutMark(bytes).prefix(100_000), as: UTF8.self)
        switch text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) {
        case "{" where text.containsBytes("\"%FEATURE_STRUCTURES\""): self = .uima
        case "{", "[":
            if text.containsBytes("end-section") {
                self = .inlineTags
            } else if labelStudioKeys.contains(where: { text.containsBytes("\"\($0)\"") }) {
                self = .labelStudio
            } else if doccanoKeys.contains(where: { text.containsBytes("\"\($0)\"") }) {
                self = .doccano
            } else {
                return nil
            }
        default:
            if text.containsBytes("end-section") {
                self = .inlineTags
            } else if isBrat(text) {
                self = .brat
            } else {
                return nil
            }
        }
    }

    /// Reads the documents of a file. `text` is the annotated text, which brat stores in another file.
    package func documents(in bytes: [UInt8], text: [UInt8]? = nil) throws(ImportMistake) -> [ForeignDocument] {
        let bytes = withoutMark(bytes)
        switch self {
        case .brat:
            var document = readBrat(try utf8(bytes))
            if let text { document.texts = [try utf8(text[...])] }
            return [document]
        case .labelStudio: return try readLabelStudio(bytes)
        case .doccano: return try readDoccano(bytes)
        case .uima: return try readUIMA(bytes)
        case .inlineTags: return try readInlineTags(bytes)
        }
    }
}

/// Returns a file's bytes without a byte order mark.
private func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
}

func utf8(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw ImportMistake("the file is not UTF-8", remedy: "convert it to UTF-8")
    }
    return text
}

func json(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) -> ForeignJSON {
    guard let value = ForeignJSON(bytes) else {
        throw ImportMistake("the file is not JSON", remedy: "export it again, or name its format with --as")
    }
    return value
}
