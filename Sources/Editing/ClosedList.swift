import Records
import YAML

/// Returns the file of a condition with one more value at the end of its list, and everything else unchanged. Returns nil
/// if the file has no list of values.
package func addingClosedValue(_ value: String, to bytes: [UInt8]) -> [UInt8]? {
    guard case .mapping(let entries)? = readYAML(bytes).node?.content,
        let list = entries.first(where: { $0.key == "values" })?.value,
        case .sequence(let elements) = list.content, let last = elements.last,
        let listStart = offset(of: list.mark, in: bytes), let start = offset(of: last.mark, in: bytes)
    else { return nil }
    let word = yamlWord(value)
    if bytes[listStart] == UInt8(ascii: "[") {
        let end = endOfFlowScalar(at: start, in: bytes)
        return bytes[..<end] + Array(", \(word)".utf8) + bytes[end...]
    }
    // A list with one value on each line: the new line begins as the last one does.
    let lineStart = bytes[..<start].lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
    let lineEnd = bytes[start...].firstIndex(of: lineFeed) ?? bytes.endIndex
    return bytes[..<lineEnd] + [lineFeed] + bytes[lineStart..<start] + Array(word.utf8) + bytes[lineEnd...]
}

private let lineFeed = UInt8(ascii: "\n")

/// The offset of a mark, whose columns count Unicode scalars.
private func offset(of mark: Mark, in bytes: [UInt8]) -> Int? {
    var line = 1
    var place = 0
    while line < mark.line {
        guard let end = bytes[place...].firstIndex(of: lineFeed) else { return nil }
        (line, place) = (line + 1, end + 1)
    }
    for _ in 1..<mark.column {
        guard place < bytes.count else { return nil }
        place += 1
        while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
    }
    return place < bytes.count ? place : nil
}

/// The offset after a scalar in brackets.
private func endOfFlowScalar(at start: Int, in bytes: [UInt8]) -> Int {
    let quote = bytes[start]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
        let end = bytes[start...].firstIndex { ",]#\n".utf8.contains($0) } ?? bytes.endIndex
        return bytes[start..<end].lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? end
    }
    var place = start + 1
    while place < bytes.count, bytes[place] != quote {
        place += bytes[place] == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
    }
    return min(place + 1, bytes.count)
}
