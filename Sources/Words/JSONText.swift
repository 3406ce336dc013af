import FoundationEssentials

/// A report in JSON: sorted keys, so that the same ledger gives the same bytes.
package func json(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return escapingHidden(String(decoding: try encoder.encode(report), as: UTF8.self)) + "\n"
}

/// JSON may hold what steers a terminal or hides text, all but C0 controls as it is; as escapes it means the same.
private func escapingHidden(_ json: String) -> String {
    escapingHidden(json, except: "\n") { scalar, result in
        for unit in String(scalar).utf16 {
            let hex = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
    }
}

/// A value as it stands `depth` levels inside a report in JSON, its first line not indented.
package func jsonText(_ value: some Encodable, depth: Int) throws -> String {
    let text = try json(value).dropLast()
    guard depth > 0 else { return String(text) }
    let indent = String(repeating: "  ", count: depth)
    // The blank line of an empty list is left blank.
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .map { $0 == 0 || $1.isEmpty ? String($1) : indent + $1 }.joined(separator: "\n")
}

/// A list as `jsonText` would write it, of elements that are written already.
package func jsonList(_ elements: [ArraySlice<UInt8>], depth: Int) -> [UInt8] {
    let indent = String(repeating: "  ", count: depth)
    guard !elements.isEmpty else { return Array("[\n\n\(indent)]".utf8) }
    return joined(elements, start: "[\n\(indent)  ", separator: ",\n\(indent)  ", end: "\n\(indent)]")
}

/// An object of a report, as `jsonText` would write it.
package func jsonObject(_ members: [(key: String, value: [UInt8])], depth: Int, end: String = "") -> [UInt8] {
    let indent = String(repeating: "  ", count: depth)
    var pieces: [ArraySlice<UInt8>] = []
    for (index, member) in members.enumerated() {
        pieces.append(Array("\(index == 0 ? "" : ",\n\(indent)  ")\"\(member.key)\" : ".utf8)[...])
        pieces.append(member.value[...])
    }
    return joined(pieces, start: "{\n\(indent)  ", end: "\n\(indent)}\(end)")
}

package func joined(
    _ pieces: [ArraySlice<UInt8>], start: String = "", separator: String = "", end: String = ""
) -> [UInt8] {
    let (between, ending) = (Array(separator.utf8), Array(end.utf8))
    var bytes = Array(start.utf8)
    bytes.reserveCapacity(pieces.reduce(bytes.count + ending.count) { $0 + $1.count + between.count })
    for (index, piece) in pieces.enumerated() {
        if index > 0 { bytes += between }
        bytes += piece
    }
    bytes += ending
    return bytes
}

/// An optional that is written as `null`, so that a key is there in every report.
package struct OrNull<Value: Encodable>: Encodable {
    var value: Value?

    package init(_ value: Value?) {
        self.value = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension OrNull: Sendable where Value: Sendable {}
