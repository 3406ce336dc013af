/// A value that can be written as JSON.
package protocol JSONWritable: Sendable {
    func write(to json: inout JSONWriter)
}

/// A value that is written as a JSON object.
package protocol JSONObject: JSONWritable {
    /// Adds the members of the object, with their keys in ascending order.
    func addMembers(to json: inout JSONWriter)
}

extension JSONObject {
    package func write(to json: inout JSONWriter) { json.object { addMembers(to: &$0) } }
}

/// Returns a value as JSON with a final line feed.
package func json(_ value: some JSONWritable) -> [UInt8] {
    var writer = JSONWriter()
    value.write(to: &writer)
    return writer.bytes + [UInt8(ascii: "\n")]
}

/// Writes indented JSON as a stream. Empty objects and lists contain a blank line; invisible characters are escaped.
///
/// Keys must be added in ascending order, so that equal reports give equal bytes.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private var depth: Int
    private var hasElements = false
    private var lastKey: String?
    /// Whether there are no line ends and no blanks, for files that only programs read.
    private let isCompact: Bool

    package init(isCompact: Bool = false) { (depth, self.isCompact) = (0, isCompact) }

    private init(depth: Int, isCompact: Bool) { (self.depth, self.isCompact) = (depth, isCompact) }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        nest("{", "}", members)
    }

    package mutating func list<Element>(
        _ elements: some Sequence<Element>, _ write: (Element, inout JSONWriter) -> Void
    ) {
        nest("[", "]") { json in
            for element in elements {
                json.startElement()
                write(element, &json)
            }
        }
    }

    /// Writes a long list in parallel on all cores.
    package mutating func longList<Element: Sendable>(
        _ elements: [Element], _ write: @Sendable (Element, inout JSONWriter) -> Void
    ) {
        nest("[", "]") { json in
            let (depth, isCompact) = (json.depth, json.isCompact)
            let parts = elements.chunks(of: 64).concurrentMap { run in
                var part = JSONWriter(depth: depth, isCompact: isCompact)
                for element in run {
                    part.startElement()
                    write(element, &part)
                }
                return part.bytes
            }
            for part in parts {
                // Each part begins with a line end; the comma before the line end must be added here.
                if json.hasElements { json.bytes.append(UInt8(ascii: ",")) }
                json.bytes += part
                json.hasElements = true
            }
        }
    }

    /// Adds a member; its value is null if `value` is nil.
    package mutating func add(_ key: String, _ value: (some JSONWritable)?) {
        add(key) { json in
            if let value { value.write(to: &json) } else { json.null() }
        }
    }

    /// Adds a member if `value` is not nil.
    package mutating func add(_ key: String, ifPresent value: (some JSONWritable)?) {
        if let value { add(key, value) }
    }

    /// Adds a member whose value is an object.
    package mutating func object(_ key: String, _ members: (inout JSONWriter) -> Void) {
        add(key) { $0.object(members) }
    }

    /// Adds a member whose value is a list.
    package mutating func list<Element>(
        _ key: String, _ elements: some Sequence<Element>, _ write: (Element, inout JSONWriter) -> Void
    ) {
        add(key) { $0.list(elements, write) }
    }

    /// Adds a member whose value is a list of objects.
    package mutating func objects<Element>(
        _ key: String, _ elements: some Sequence<Element>, _ members: (Element, inout JSONWriter) -> Void
    ) {
        list(key, elements) { element, json in json.object { members(element, &$0) } }
    }

    package mutating func add(_ key: String, _ write: (inout JSONWriter) -> Void) {
        assert(lastKey.map { $0 < key } ?? true, "\"\(key)\" comes after \"\(lastKey ?? "")\"")
        lastKey = key
        startElement()
        text(key)
        bytes += (isCompact ? ":" : " : ").utf8
        write(&self)
    }

    package mutating func null() { bytes += "null".utf8 }

    package mutating func number(_ text: String) { bytes += text.utf8 }

    package mutating func text(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            bytes += text.utf8
        } else {
            bytes += replaceHidden(escapeQuotes(text)) { scalar, result in result += escape(scalar) }.utf8
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func startElement() {
        if hasElements { bytes.append(UInt8(ascii: ",")) }
        hasElements = true
        newLine()
    }

    private mutating func newLine() {
        guard !isCompact else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func nest(_ start: String, _ end: String, _ body: (inout JSONWriter) -> Void) {
        let outer = (hasElements, lastKey)
        (hasElements, lastKey) = (false, nil)
        bytes += start.utf8
        depth += 1
        body(&self)
        depth -= 1
        if !hasElements, !isCompact { bytes.append(UInt8(ascii: "\n")) }
        newLine()
        bytes += end.utf8
        (hasElements, lastKey) = outer
    }
}

private func escapeQuotes(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { result.append("\\") }
        result.append(scalar)
    }
    return String(result)
}

private func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{8}": return "\\b"
    case "\u{C}": return "\\f"
    default:
        return String(scalar).utf16.map { unit in
            let hex = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }.joined()
    }
}
