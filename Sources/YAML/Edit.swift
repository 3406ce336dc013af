/// A change of a part of a file. The bytes outside this part keep their values.
package struct Edit: Hashable, Sendable {
    package var start: Mark
    /// The place after the last character that is replaced.
    package var end: Mark
    package var text: String

    package init(from start: Mark, to end: Mark, text: String) {
        (self.start, self.end, self.text) = (start.withLength(0), end.withLength(0), text)
    }

    /// Returns the edit that replaces what is written at a place; no edit if its end is unknown.
    package static func replacing(_ mark: Mark, with text: String) -> [Edit] {
        mark.length > 0 ? [Edit(from: mark, to: mark.end, text: text)] : []
    }

    /// Whether the result of two edits depends on their order.
    package func overlaps(_ other: Edit) -> Bool {
        start < other.end && other.start < end
            || start == other.start && (start == end || other.start == other.end)
    }

    package static func inserting(_ text: String, at mark: Mark) -> Edit { Edit(from: mark, to: mark, text: text) }
}

/// Applies edits to a file. Returns nil if a place does not exist or if two edits overlap.
package func applying(_ edits: [Edit], to bytes: [UInt8]) -> [UInt8]? {
    let lines = LineStarts(bytes)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = 0
    for edit in edits.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
        guard let start = lines.offset(of: edit.start), let end = lines.offset(of: edit.end), position <= start,
            start <= end
        else { return nil }
        result += bytes[position..<start]
        result += edit.text.utf8
        position = end
    }
    return result + bytes[position...]
}

/// The offsets at which the lines of a file start.
private struct LineStarts {
    let bytes: [UInt8]
    let starts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        starts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// Returns the offset of a place; nil if the line does not exist or is shorter.
    func offset(of mark: Mark) -> Int? {
        guard starts.indices.contains(mark.line - 1) else { return nil }
        var offset = starts[mark.line - 1]
        for _ in 1..<max(mark.column, 1) {
            guard offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") else { return nil }
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
        }
        return offset
    }
}
