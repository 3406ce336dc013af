import Words
import YAML

/// A value with the place where it was written.
package struct Located<Value: Sendable>: Sendable {
    package var value: Value
    package var mark: Mark

    package init(_ value: Value, _ mark: Mark) {
        self.value = value
        self.mark = mark
    }
}

extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}

/// Collects the diagnostics of one file while it is decoded; lives only as long as that.
final class FileLog {
    let path: String
    private(set) var diagnostics: [Diagnostic] = []
    /// Whether all could be read that makes the file a record.
    private(set) var isWhole = true

    init(path: String) {
        self.path = path
    }

    func report(_ code: Diagnostic.Code, _ mark: Mark, _ message: String, fix: String? = nil) {
        diagnostics.append(Diagnostic(code, path: path, mark: mark, message: message, fix: fix))
    }

    /// Takes the place of what a record cannot be without and could not be read, so that the rest can be checked; why, has
    /// been reported.
    func unread<Value>(_ standIn: Value) -> Value {
        isWhole = false
        return standIn
    }
}

extension Located<String> {
    /// Takes the place of a name that could not be read; those that could are not empty.
    static func unread(_ mark: Mark) -> Located { Located("", mark) }

    package var isUnread: Bool { value.isEmpty }
}

/// One mapping of a record while it is decoded: knows its keys, reports what is unknown, missing or of a wrong type.
struct Fields {
    let log: FileLog
    /// What the mapping is, with its article, as messages say it: `a finding`.
    let subject: String
    let mark: Mark
    private let entries: [Node.Entry]
    #if DEBUG
        /// A key that is asked for and not known would be reported as unknown wherever it stands.
        private let known: [String]
    #endif

    /// nil, with a diagnostic, where the node is no mapping; keys beyond `known` are reported at once.
    init?(_ node: Node, _ subject: String, known: [String], log: FileLog) {
        guard case .mapping(let entries) = node.content else {
            log.report(.wrongType, node.mark, "\(subject) must be a mapping of keys to values, not \(node.kindName)")
            return nil
        }
        self.log = log
        self.subject = subject
        self.mark = node.mark
        self.entries = entries
        #if DEBUG
            self.known = known
        #endif
        for entry in entries where !known.contains(entry.key) {
            let fix = didYouMean(entry.key, known) ?? "the keys are \(known.joined(separator: ", "))"
            log.report(.unknownKey, entry.keyMark, "\(subject) has no key \"\(entry.key)\"", fix: fix)
        }
    }

    init?(_ node: Node, _ shape: Shape, log: FileLog) {
        self.init(node, shape.subject, known: shape.known, log: log)
    }

    /// A key without a value (`se:`) counts as absent.
    func node(_ key: String) -> Node? {
        #if DEBUG
            assert(known.contains(key), "\(subject) is asked for the unknown key \(key)")
        #endif
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
        let node = entries[index].value
        if case .scalar(let text, isPlain: true) = node.content, text.isEmpty || text == "~" || text == "null" {
            return nil
        }
        return node
    }

    func required(_ key: String) -> Node? {
        if let node = node(key) { return node }
        let place = entries.first { $0.key == key }?.keyMark ?? mark
        log.report(.missingKey, place, "\(subject) needs \"\(key)\"", fix: "add `\(key):`")
        return nil
    }

    func text(_ key: String) -> String? {
        node(key).flatMap { located($0, key)?.value }
    }

    func requiredText(_ key: String) -> String? {
        required(key).flatMap { located($0, key)?.value }
    }

    func name(_ key: String) -> Located<String>? {
        node(key).flatMap { located($0, key) }
    }

    func requiredName(_ key: String) -> Located<String>? {
        required(key).flatMap { located($0, key) }
    }

    func names(_ key: String) -> [Located<String>] {
        node(key).map { names($0, key) } ?? []
    }

    func requiredNames(_ key: String) -> [Located<String>] {
        guard let node = required(key) else { return [] }
        let names = names(node, key)
        if case .sequence(let elements) = node.content, elements.isEmpty {
            log.report(.missingKey, node.mark, "\"\(key)\" of \(subject) is an empty list", fix: "name at least one")
        }
        return names
    }

    /// Names that were read at a key, nil where that is not all of them.
    func whole(_ names: [Located<String>], of key: String) -> [Located<String>]? {
        guard case .sequence(let elements)? = node(key)?.content, names.count == elements.count else { return nil }
        return names
    }

    /// A set of at least one label, nil where any could not be read.
    func labels(_ key: String) -> ValueSet? {
        guard let labels = whole(requiredNames(key), of: key), !labels.isEmpty else { return nil }
        return .labels(Set(labels.map(\.value)).sorted())
    }

    func number(_ key: String) -> Located<Number>? {
        node(key).flatMap { number($0, key) }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let number = number(key) else { return nil }
        guard let value = Int(number.value.text), range.contains(value) else {
            let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            log.report(.outOfRange, number.mark, "\"\(key)\" must be \(wanted), not \(number.value)")
            return nil
        }
        return value
    }

    func positive(_ key: String, atMost limit: Int) -> Number? {
        guard let number = number(key) else { return nil }
        guard number.value > Number(0), number.value <= Number(limit) else {
            log.report(.outOfRange, number.mark, "\"\(key)\" must be above 0 and at most \(limit), not \(number.value)")
            return nil
        }
        return number.value
    }

    func flag(_ key: String) -> Bool {
        guard let node = node(key) else { return false }
        if case .scalar(let text, isPlain: true) = node.content, text == "true" || text == "false" {
            return text == "true"
        }
        log.report(.wrongType, node.mark, "\"\(key)\" must be true or false, not \(node.kindName)")
        return false
    }

    /// One of a closed set of words.
    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let word = name(key) else { return nil }
        if let choice = Choice(rawValue: word.value) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        let fix = didYouMean(word.value, words) ?? "one of \(words.joined(separator: ", "))"
        log.report(.outOfRange, word.mark, "\"\(key)\" cannot be \"\(word.value)\"", fix: fix)
        return nil
    }

    /// Counted in scalars: of marks upon a letter there may be a million.
    private func firstPart(of text: String) -> String {
        text.unicodeScalars.count > 40 ? String(text.unicodeScalars.prefix(40)) + "…" : text
    }

    /// `2025`, `2025-03` or `2025-03-18`.
    func date(_ key: String) -> Located<String>? {
        guard let text = name(key) else { return nil }
        guard isDate(text.value) else {
            let fix = "write it as 2025, 2025-03 or 2025-03-18"
            log.report(.wrongType, text.mark, "\"\(key)\" is no date: \"\(text.value)\"", fix: fix)
            return nil
        }
        return text
    }

    func requiredDate(_ key: String) -> String? {
        required(key).flatMap { _ in date(key)?.value }
    }

    func elements(_ key: String) -> [Node] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let elements) = node.content else {
            log.report(
                .wrongType, node.mark, "\"\(key)\" must be a list, not \(node.kindName)", fix: "start items with `- `")
            return []
        }
        return elements
    }

    func pairs(_ key: String) -> [Node.Entry] {
        guard let node = node(key) else { return [] }
        guard case .mapping(let entries) = node.content else {
            log.report(.wrongType, node.mark, "\"\(key)\" must be a mapping of keys to values, not \(node.kindName)")
            return []
        }
        return entries
    }

    var allEntries: [Node.Entry] { entries }

    private func located(_ node: Node, _ key: String) -> Located<String>? {
        guard case .scalar(let text, _) = node.content, !text.isEmpty else {
            log.report(.wrongType, node.mark, "\"\(key)\" must be a text, not \(node.kindName)")
            return nil
        }
        return Located(text, node.mark)
    }

    private func names(_ node: Node, _ key: String) -> [Located<String>] {
        guard case .sequence(let elements) = node.content else {
            let fix = "write [\(node.scalarText ?? "…")]"
            log.report(.wrongType, node.mark, "\"\(key)\" must be a list, not \(node.kindName)", fix: fix)
            return []
        }
        return elements.compactMap { located($0, key) }
    }

    private func number(_ node: Node, _ key: String) -> Located<Number>? {
        guard let number = node.number else {
            log.report(.wrongType, node.mark, "\"\(key)\" must be a number, not \(node.kindName)")
            return nil
        }
        return Located(number, node.mark)
    }
}

extension Node {
    var scalarText: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// A plain scalar that reads as a number; a quoted one is a text.
    var number: Number? {
        if case .scalar(let text, isPlain: true) = content { Number(text) } else { nil }
    }

    /// How messages name what stands here.
    var kindName: String {
        switch content {
        case .scalar(let text, _): text.isEmpty ? "nothing" : "\"\(firstPart(of: text))\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// Counted in scalars: of marks upon a letter there may be a million.
private func firstPart(of text: String) -> String {
    text.unicodeScalars.count > 40 ? String(text.unicodeScalars.prefix(40)) + "…" : text
}

/// `2025`, `2025-03` or `2025-03-18`.
package func isDate(_ text: String) -> Bool {
    let parts = Array(text.utf8).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count), zip(parts, [4, 2, 2]).allSatisfy({ $0.count == $1 }),
        parts.joined().allSatisfy({ (48...57).contains($0) })
    else { return false }
    let numbers = parts.map { digits in digits.reduce(0) { $0 * 10 + Int($1 - 48) } }
    if numbers.count > 1, !(1...12).contains(numbers[1]) { return false }
    guard numbers.count > 2 else { return true }
    let (year, month) = (numbers[0], numbers[1])
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(numbers[2])
}

extension Mark {
    /// Where a diagnostic about a whole file points.
    package static let fileStart = Mark(line: 1, column: 1)
}

extension Diagnostic.Code {
    package static let unknownKey = Self("unknown-key", .error, "A key is not known at this place.")
    package static let missingKey = Self("missing-key", .error, "A key or its value is missing.")
    package static let wrongType = Self("wrong-type", .error, "A value is of another kind than its key takes.")
    package static let outOfRange = Self("out-of-range", .error, "A value is outside what is allowed.")

    package static let ofFields = [unknownKey, missingKey, wrongType, outOfRange]
}
