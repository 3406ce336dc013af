/// The text of a trace, addressed by Unicode code points.
///
/// Offsets count code points (Unicode scalars), as in Python, so that they do not depend on an encoding.
package struct TraceText: Sendable, Equatable {
    package let scalars: [Unicode.Scalar]

    package init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Returns nil if the bytes are not UTF-8.
    package init?(utf8 bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(text)
    }

    package var count: Int { scalars.count }

    /// Returns the text between two offsets, which must lie in the text.
    package subscript(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }
}
