internal import CLibyaml

/// Parses one document and collects all problems; `node` is nil if parsing failed.
package func readYAML(_ bytes: [UInt8], limits: Limits = Limits()) -> (node: Node?, problems: [Problem]) {
    guard bytes.count <= limits.bytes else {
        let message = tooLargeMessage(bytes.count, limit: limits.bytes)
        return (nil, [Problem(kind: .tooLarge, mark: Mark(line: 1, column: 1), message: message, fix: "split it")])
    }
    let characters = characterProblems(in: bytes)
    guard characters.isEmpty else { return (nil, characters) }
    return bytes.withUnsafeBufferPointer { input in
        var reader = Reader(limits: limits)
        defer { reader.close() }
        return reader.read(input)
    }
}

package func tooLargeMessage(_ byteCount: Int, limit: Int) -> String {
    "the file has \(byteCount) bytes; at most \(limit) are read"
}

/// Remedies for mistakes that libyaml reports. Each remedy is selected by a part of libyaml's message.
private let syntaxHints = [
    (problem: "mapping values are not allowed", hint: "quote text that holds \": \""),
    (problem: "cannot start any token", hint: "quote text that begins with @, `, % or a tab"),
    (problem: "tab character", hint: "indent with spaces"),
    (problem: "unknown escape character", hint: "write \\\\ for a backslash, or use single quotes"),
    (problem: "unexpected end of stream", hint: "close the quote"),
    (problem: "',' or ']'", hint: "close the list with ]"),
    (problem: "',' or '}'", hint: "close the mapping with }"),
    (problem: "expected '-' indicator", hint: "indent it like the lines around it"),
    (problem: "expected key", hint: "indent it like the lines around it, and quote text with quotes in it"),
]

/// Builds nodes from libyaml's events and enforces the limits.
private struct Reader {
    let limits: Limits
    /// libyaml keeps pointers into the parser, so the parser must not move in memory.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    var problems: [Problem] = []
    var nodeCount = 0

    /// An error that is thrown if reading cannot continue; the problem has already been reported.
    struct Stop: Error {}

    init(limits: Limits) {
        self.limits = limits
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    func close() {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func read(_ input: UnsafeBufferPointer<UInt8>) -> (Node?, [Problem]) {
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
        var document: Node?
        do throws(Stop) {
            while true {
                var event = try next()
                defer { yaml_event_delete(&event) }
                switch event.type {
                case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT, YAML_DOCUMENT_END_EVENT:
                    continue
                case YAML_STREAM_END_EVENT:
                    if document == nil {
                        report(.syntax, Mark(line: 1, column: 1), "the file is empty")
                    }
                    return (document, problems)
                default:
                    guard document == nil else {
                        report(
                            .syntax, mark(event.start_mark), "a second document in one file",
                            fix: "write one record per file")
                        return (nil, problems)
                    }
                    document = try node(from: event, depth: 1)
                }
            }
        } catch {
            return (nil, problems)
        }
    }

    private mutating func next() throws(Stop) -> yaml_event_t {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            reportParserError()
            throw Stop()
        }
        return event
    }

    private mutating func node(from event: yaml_event_t, depth: Int) throws(Stop) -> Node {
        var place = mark(event.start_mark)
        nodeCount += 1
        guard nodeCount <= limits.nodes else {
            report(.tooManyNodes, place, "more than \(limits.nodes) nodes in one file", fix: "split it")
            throw Stop()
        }
        guard depth <= limits.depth else {
            report(.tooDeep, place, "nested deeper than \(limits.depth) levels")
            throw Stop()
        }
        switch event.type {
        case YAML_SCALAR_EVENT:
            place = place.withLength(length(from: event.start_mark, to: event.end_mark))
            return Node(mark: place, content: scalar(event.data.scalar, at: place))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            reportAnchorOrTag(anchor: start.anchor, tag: start.tag, at: place)
            let (elements, end) = try elements(depth: depth)
            // The mark of a list with dashes covers only its first dash.
            let isFlow = start.style == YAML_FLOW_SEQUENCE_STYLE
            place = place.withLength(isFlow ? length(from: event.start_mark, to: end) : 1)
            return Node(mark: place, content: .sequence(elements))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            reportAnchorOrTag(anchor: start.anchor, tag: start.tag, at: place)
            return Node(mark: place, content: .mapping(try entries(depth: depth)))
        default:
            report(.alias, place, "an alias (`*name`)", fix: "write the value out")
            return Node(mark: place, content: .scalar("", isPlain: true))
        }
    }

    private mutating func elements(depth: Int) throws(Stop) -> ([Node], end: yaml_mark_t) {
        var elements: [Node] = []
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_SEQUENCE_END_EVENT { return (elements, event.end_mark) }
            let element = try node(from: event, depth: depth + 1)
            if event.type != YAML_ALIAS_EVENT { elements.append(element) }
        }
    }

    private mutating func entries(depth: Int) throws(Stop) -> [Node.Entry] {
        var entries: [Node.Entry] = []
        entries.reserveCapacity(4)
        // This set is used only if there are many keys, because a linear search is faster for a few keys.
        var manyKeys: Set<String> = []
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_MAPPING_END_EVENT { return entries }
            let keyNode = try node(from: event, depth: depth + 1)
            guard case .scalar(let key, let isPlain) = keyNode.content else {
                report(.syntax, keyNode.mark, "a key must be a word")
                throw Stop()
            }
            if isPlain { try refuseSpaceAfterColon(in: keyNode, key) }
            let isMergeKey = key == "<<" && isPlain
            if isMergeKey {
                report(.alias, keyNode.mark, "a merge key (`<<`)", fix: "write the values out")
            } else if entries.count > 16 ? !manyKeys.insert(key).inserted : entries.contains(where: { $0.key == key }) {
                report(.duplicateKey, keyNode.mark, "the key \"\(key)\" is given twice", fix: "keep one of them")
            }
            var valueEvent = try next()
            defer { yaml_event_delete(&valueEvent) }
            let value = try node(from: valueEvent, depth: depth + 1)
            if isPlain, value.isNothing, let last = entries.indices.last, entries[last].value.takeDecimals(keyNode) {
                continue
            }
            if !isMergeKey { entries.append(Node.Entry(key: key, keyMark: keyNode.mark, value: value)) }
            if entries.count == 17 { manyKeys = Set(entries.map(\.key)) }
        }
    }

    private mutating func scalar(
        _ scalar: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, at place: Mark
    ) -> Node.Content {
        reportAnchorOrTag(anchor: scalar.anchor, tag: scalar.tag, at: place)
        let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        if scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE {
            // Escapes can produce characters that the file's bytes do not contain.
            problems += characterProblems(inEscaped: text, at: place)
        }
        return .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
    }

    private mutating func reportAnchorOrTag(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?, at place: Mark
    ) {
        if anchor != nil { report(.alias, place, "an anchor (`&name`)", fix: "write the value out where it is used") }
        if tag != nil { report(.tag, place, "a tag (`!name`)", fix: "remove it; types follow from the key") }
    }

    private mutating func reportParserError() {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "unreadable"
        var message = problem
        if let context = state.context {
            message += " \(String(cString: context))"
            if state.context_mark.line != state.problem_mark.line {
                message += " that starts at line \(state.context_mark.line + 1)"
            }
        }
        let hint = syntaxHints.first { problem.contains($0.problem) }?.hint
        report(.syntax, mark(state.problem_mark), message, fix: hint)
    }

    /// Refuses a key such as `model: cd3b`, in which an unusual space follows the colon.
    private mutating func refuseSpaceAfterColon(in node: Node, _ key: String) throws(Stop) {
        guard key.utf8.contains(where: { $0 >= 0x80 }) else { return }
        let scalars = Array(key.unicodeScalars)
        guard
            let place = scalars.indices.dropFirst().first(where: {
                scalars[$0 - 1] == ":" && isUnusualSpace(scalars[$0])
            })
        else { return }
        let mark = node.mark.after(place).withLength(1)
        problems.append(unusualSpaceProblem(scalars[place], "after the colon", at: mark))
        throw Stop()
    }

    private mutating func report(_ kind: Problem.Kind, _ mark: Mark, _ message: String, fix: String? = nil) {
        problems.append(Problem(kind: kind, mark: mark, message: message, fix: fix))
    }

    /// Returns the number of scalars between two places; 0 if they are in different lines.
    private func length(from start: yaml_mark_t, to end: yaml_mark_t) -> Int {
        start.line == end.line ? Int(end.column) - Int(start.column) : 0
    }

    private func mark(_ mark: yaml_mark_t) -> Mark {
        Mark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

extension Node {
    /// Whether the node is the value of a key without a value.
    fileprivate var isNothing: Bool {
        if case .scalar(let text, isPlain: true) = content { text.isEmpty } else { false }
    }

    /// YAML reads `{at_most: 6,5}` as the value `6` and a key `5`. Joins both to the text `6,5`, so that the reader of
    /// the value can suggest the number, and returns whether it did.
    fileprivate mutating func takeDecimals(_ key: Node) -> Bool {
        guard case .scalar(let text, isPlain: true) = content, case .scalar(let decimals, _) = key.content,
            key.mark == mark.after(mark.length + 1), mark.length > 0, decimals.utf8.allSatisfy(isDigit),
            let last = text.utf8.last, isDigit(last), let first = text.utf8.first,
            isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+"),
            text.utf8.dropFirst().allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ",") })
        else { return false }
        content = .scalar("\(text),\(decimals)", isPlain: true)
        mark = mark.withLength(mark.length + 1 + key.mark.length)
        return true
    }
}

private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
