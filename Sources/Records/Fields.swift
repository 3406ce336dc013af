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

/// Collects the diagnostics of one file while the file is decoded.
final class FileLog {
    let path: String
    private(set) var diagnostics: [Diagnostic] = []
    /// Whether every required part of the record could be read.
    private(set) var isComplete = true

    init(path: String) {
        self.path = path
    }

    func report(
        _ code: Diagnostic.Code, _ mark: Mark, _ message: String, fix: String? = nil, edits: [Edit] = [],
        percentages: [Located<Number>] = []
    ) {
        diagnostics.append(
            Diagnostic(
                code, path: path, mark: mark, message: message, fix: fix, edits: edits, percentages: percentages))
    }

    /// Reports a value and, if it is known what was meant, the mend of it.
    func report(_ code: Diagnostic.Code, _ mark: Mark, _ message: String, _ mend: Mend?, otherwise fix: String? = nil) {
        report(code, mark, message, fix: mend?.sentence ?? fix, edits: mend?.edits ?? [])
    }

    func report(_ problem: Problem) {
        report(
            Diagnostic.Code(problem.kind), problem.mark, problem.message, fix: problem.fix, edits: problem.edits)
    }

    /// Marks the record as incomplete and returns a placeholder, so that the other parts can be checked. The caller
    /// must already have reported the reason.
    func unreadable<Value>(_ placeholder: Value) -> Value {
        isComplete = false
        return placeholder
    }
}

extension Located<String> {
    /// A placeholder for a name that could not be read; valid names are not empty.
    static func unreadable(_ mark: Mark) -> Located { Located("", mark) }

    package var isUnreadable: Bool { value.isEmpty }
}

/// Decodes one mapping by its shape and reports keys that are unknown, missing or of a wrong type.
struct Fields {
    let log: FileLog
    let shape: Shape
    /// The name of the mapping in messages, with an article, such as `a finding`.
    let subject: String
    let mark: Mark
    /// Whether the mapping breaks a rule of the shape. If so, the broken rule has already been reported.
    private(set) var breaksRules = false
    private let entries: [Node.Entry]

    /// Reports unknown keys and broken rules. If the node is not a mapping, reports this and returns nil.
    init?(_ node: Node, _ shape: Shape, as subject: String? = nil, log: FileLog) {
        self.log = log
        self.shape = shape
        self.subject = subject ?? shape.subject
        self.mark = node.mark
        guard case .mapping(let entries) = node.content else {
            log.report(
                .wrongType, node.mark, "\(self.subject) must be a mapping of keys to values, not \(node.kindName)")
            return nil
        }
        self.entries = entries
        if !shape.hasFreeKeys { reportUnknownKeys() }
        breaksRules = reportBrokenRules()
    }

    private func reportUnknownKeys() {
        for entry in entries where !shape.keyNames.contains(entry.key) {
            let free = shape.keyNames.filter { name in !entries.contains { $0.key == name } }
            log.report(
                .unknownKey, entry.keyMark, "\(subject) has no key \"\(entry.key)\"",
                Mend(key: entry.key, at: entry.keyMark, among: shape.keyNames, free: free),
                otherwise: "the keys are \(shape.keyNames.joined(separator: ", "))")
        }
    }

    /// Returns the node of a key; nil if the key is absent or has no value (`se:`).
    func node(_ key: String) -> Node? {
        assert(shape.keyNames.contains(key), "\(subject) is asked for the unknown key \(key)")
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
        let node = entries[index].value
        return node.isAbsent ? nil : node
    }

    /// Returns the node of a key, as `node` does, but also reports a missing required key. Call this function only once
    /// for each key.
    func value(_ key: String) -> Node? {
        if let node = node(key) { return node }
        guard shape.requires(key) else { return nil }
        // The message about the misspelt key says what is wrong.
        guard !isMisspelt(key) else { return log.unreadable(nil) }
        let place = entries.first { $0.key == key }?.keyMark ?? mark
        log.report(.missingKey, place, "\(subject) needs \"\(key)\"", fix: "add `\(key):`")
        return log.unreadable(nil)
    }

    /// Whether an unknown key was probably meant to be this key.
    func isMisspelt(_ key: String) -> Bool {
        !shape.hasFreeKeys
            && entries.contains { entry in
                !shape.keyNames.contains(entry.key) && meantKey(by: entry.key, among: shape.keyNames) == key
            }
    }

    func text(_ key: String) -> String? { name(key)?.value }

    func name(_ key: String) -> Located<String>? {
        value(key).flatMap { located($0, key) }
    }

    func names(_ key: String) -> [Located<String>] {
        guard let node = value(key) else { return [] }
        guard case .sequence(let elements) = node.content else {
            let isOfPeople = isListOfPeople(key)
            log.report(
                .wrongType, node.mark, "\"\(key)\" must be a list, not \(node.kindName)",
                node.scalarText.map { Mend(listOf: $0, at: node.mark, isOfPeople: isOfPeople) },
                otherwise: "write [name]")
            return []
        }
        if isListOfPeople(key) { reportJoinedNames(node, elements) }
        if elements.isEmpty, case .names(_, atLeastOne: true)? = shape.key(key)?.value {
            log.report(.missingKey, node.mark, "\"\(key)\" of \(subject) is an empty list", fix: "name at least one")
        }
        return elements.compactMap { located($0, key) }
    }

    /// Returns the names that were read from a key; nil if some of the key's names could not be read.
    func complete(_ names: [Located<String>], of key: String) -> [Located<String>]? {
        guard case .sequence(let elements)? = node(key)?.content, names.count == elements.count else { return nil }
        return names
    }

    /// Reads a set of labels; returns nil if the set is empty or some labels could not be read.
    func labels(_ key: String) -> ValueSet? {
        guard let labels = complete(names(key), of: key), !labels.isEmpty else { return nil }
        return .labels(Set(labels.map(\.value)).sorted())
    }

    func number(_ key: String) -> Located<Number>? {
        guard let node = value(key) else { return nil }
        guard let number = node.number else {
            let message = "\"\(key)\" must be a number, not \(node.kindName)"
            if let percentage = node.percentage {
                let mend = Mend(percentage, ofShareWithin: shape.key(key)?.value)
                log.report(
                    .wrongType, node.mark, message, fix: mend?.sentence ?? percentRemedy([percentage.value]),
                    edits: mend?.edits ?? [], percentages: mend == nil ? [percentage] : [])
            } else {
                log.report(.wrongType, node.mark, message, Mend(number: node, isInteger: isInteger(key)))
            }
            return nil
        }
        if let wanted = shape.key(key)?.value.bound(brokenBy: number) {
            log.report(.outOfRange, node.mark, "\"\(key)\" must be \(wanted), not \(number)")
            return nil
        }
        return Located(number, node.mark)
    }

    private func isInteger(_ key: String) -> Bool {
        if case .integer? = shape.key(key)?.value { true } else { false }
    }

    func integer(_ key: String) -> Int? { number(key).flatMap { Int($0.value.text) } }

    func flag(_ key: String) -> Bool {
        guard let node = value(key) else { return false }
        if case .scalar(let text, isPlain: true) = node.content, text == "true" || text == "false" {
            return text == "true"
        }
        log.report(
            .wrongType, node.mark, "\"\(key)\" must be true or false, not \(node.kindName)", Mend(flag: node),
            otherwise: "write true or false")
        return false
    }

    /// Reads one of a fixed set of words.
    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let word = name(key) else { return nil }
        if let choice = Choice(rawValue: word.value) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        log.report(
            .outOfRange, word.mark, "\"\(key)\" cannot be \"\(word.value)\"",
            Mend(word: word.value, at: word.mark, among: words), otherwise: "write \(listed(words, "or"))")
        return nil
    }

    /// Reads a date, written as `2025`, `2025-03` or `2025-03-18`.
    func date(_ key: String) -> Located<String>? {
        guard let text = name(key) else { return nil }
        guard isDate(text.value) else {
            log.report(
                .wrongType, text.mark, "\"\(key)\" is not a valid date: \"\(text.value)\"",
                Mend(date: text.value, at: text.mark), otherwise: "write it as 2025, 2025-03 or 2025-03-18")
            return nil
        }
        return text
    }

    func elements(_ key: String) -> [Node] {
        guard let node = value(key) else { return [] }
        guard case .sequence(let elements) = node.content else {
            log.report(
                .wrongType, node.mark, "\"\(key)\" must be a list, not \(node.kindName)", fix: "start items with `- `")
            return []
        }
        if elements.isEmpty, case .list(_, atLeastOne: true)? = shape.key(key)?.value {
            log.report(.missingKey, node.mark, "\"\(key)\" is an empty list", fix: "state at least one")
        }
        return elements
    }

    func pairs(_ key: String) -> [Node.Entry] {
        guard let node = value(key) else { return [] }
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
        if text.allSatisfy(\.isWhitespace), case .sentence? = shape.key(key)?.value {
            log.report(.missingKey, node.mark, "\"\(key)\" of \(subject) is blank", fix: "write a sentence")
            return nil
        }
        if let wanted = shape.key(key), wanted.value.isProse, text.hasPrefix("TODO:") || text == "TODO" {
            log.report(
                .unfinished, node.mark, "\"\(key)\" of \(subject) still says TODO",
                fix: "write it: \(wanted.summary.prefix(1).lowercased())\(wanted.summary.dropFirst())")
        }
        return Located(text, node.mark)
    }
}

extension Shape.Value {
    /// Whether the value is a free text.
    package var isProse: Bool {
        switch self {
        case .text, .sentence: true
        case .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice, .date, .values, .range,
            .box, .settings, .closedValues, .mapping, .list, .each, .meanings, .digests:
            false
        }
    }

    /// Describes the bound that a number violates; returns nil if it violates none.
    fileprivate func bound(brokenBy number: Number) -> String? {
        switch self {
        case .positive(let limit):
            number > Number(0) && number <= Number(limit)! ? nil : "above 0 and at most \(limit)"
        case .atLeast0: number >= Number(0) ? nil : "at least 0"
        case .between(let low, let high):
            number >= Number(low)! && number <= Number(high)! ? nil : "between \(low) and \(high)"
        case .integer(let range):
            Int(number.text).map(range.contains) ?? false
                ? nil : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .text, .sentence, .name, .names, .number, .flag, .choice, .date, .values, .range, .box, .settings,
            .closedValues, .mapping, .list, .each, .meanings, .digests:
            nil
        }
    }
}

extension Node {
    /// Whether the node is an unquoted null, such as the value of a key without a value.
    var isAbsent: Bool {
        if case .scalar(let text, isPlain: true) = content {
            text.isEmpty || text == "~" || text == "null"
        } else {
            false
        }
    }

    var scalarText: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// The number in a plain scalar; nil for a quoted scalar, which is a text.
    var number: Number? {
        if case .scalar(let text, isPlain: true) = content { Number(text) } else { nil }
    }

    /// The name of this node in messages.
    var kindName: String {
        switch content {
        case .scalar(let text, _): text.isEmpty ? "nothing" : "\"\(firstPart(of: text))\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// Shortens a text to 40 scalars. Counts scalars, because one `Character` may have a million combining marks.
func firstPart(of text: String) -> String {
    text.unicodeScalars.count > 40 ? String(text.unicodeScalars.prefix(40)) + "…" : text
}

/// Whether a text is a date, written as `2025`, `2025-03` or `2025-03-18`.
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
    /// The place of diagnostics that concern a whole file.
    package static let fileStart = Mark(line: 1, column: 1)
}

extension Diagnostic.Code {
    package static let unknownKey = Self("unknown-key", .error, "A key is not allowed here.")
    package static let missingKey = Self("missing-key", .error, "A key or its value is missing.")
    package static let wrongType = Self("wrong-type", .error, "A value has the wrong type for its key.")
    package static let outOfRange = Self("out-of-range", .error, "A value is outside the allowed range.")

    package static let unfinished = Self("unfinished", .error, "A text of a draft still says TODO.")

    package static let ofFields = [unknownKey, missingKey, wrongType, outOfRange, unfinished, joinedNames]
}
