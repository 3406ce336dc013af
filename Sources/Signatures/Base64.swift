import FoundationEssentials

/// Decodes base64 of RFC 4648, section 4; nil unless the text is the only spelling of its bytes.
func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
    guard let data = Data(base64Encoded: Data(text)), !data.isEmpty, [UInt8](data.base64EncodedData()) == text else {
        return nil
    }
    return [UInt8](data)
}

func encodeBase64(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
}
