import Records
import YAML

/// A record under construction. It contains the given answers by key, as YAML.
///
/// A nested key is written with a dot, such as `budget.minutes`. A draft of a finding has a present claim, whose keys begin
/// with `claims.`, after claims that are finished.
package struct Draft: Sendable {
    package let kind: RecordKind
    package let path: String
    /// An optional comment for editors in the first line of the file.
    package var comment: String?
    package private(set) var answers: [String: String] = [:]
    /// Keys whose text the author must still write.
    package private(set) var unwritten: Set<String> = []
    /// The answers of the claims before the present one.
    private var finishedClaims: [[String: String]] = []

    package init(_ kind: RecordKind, path: String) {
        self.kind = kind
        self.path = path
    }

    package func has(_ key: String) -> Bool {
        answers[key] != nil || answers.keys.contains { $0.hasPrefix(key + ".") }
    }

    /// Keeps the present claim of a finding, and begins another one.
    package mutating func beginClaim() {
        finishedClaims.append(answers.filter { $0.key.hasPrefix(claimPrefix) })
        answers = answers.filter { !$0.key.hasPrefix(claimPrefix) }
    }

    package mutating func clear(_ key: String) {
        answers = answers.filter { $0.key != key && !$0.key.hasPrefix(key + ".") }
        unwritten.remove(key)
    }

    /// Stores an answer that the user typed; returns a diagnostic instead if the answer is not valid YAML.
    package mutating func answer(_ prompt: Prompt, _ typed: String) -> Diagnostic? {
        switch yaml(typed, for: prompt.value) {
        case .success(let text):
            answers[prompt.key] = text
            return nil
        case .failure(let mistake):
            var diagnostic = mistake.diagnostic
            diagnostic.path = path
            return diagnostic
        }
    }

    /// Stores named settings, typed as a mapping such as `{density: 0.3}` or as a single pair such as `density=0.3`.
    package mutating func answer(_ prompt: Prompt, named typed: String) -> Diagnostic? {
        let isMapping = typed.utf8.first == UInt8(ascii: "{")
        guard !isMapping, let equals = typed.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            if let mistake = answer(prompt, typed) { return mistake }
            guard case .mapping(let entries)? = readYAML(Array((answers[prompt.key] ?? "").utf8)).node?.content,
                !entries.isEmpty
            else { return nil }
            answers[prompt.key] = nil
            for entry in entries { answers["\(prompt.key).\(entry.key)"] = flow(entry.value) }
            return nil
        }
        var one = prompt
        let name = String(typed[..<equals]).trimmingBlanks()
        one.key += ".\(name)"
        guard answers[one.key] == nil else {
            return Diagnostic(
                .duplicateKey, path: path, mark: .fileStart, message: "\"\(name)\" is given twice",
                fix: "write several values as \(name)=[a, b]")
        }
        return answer(one, String(typed[typed.utf8.index(after: equals)...]))
    }

    package mutating func insertTODO(_ prompt: Prompt) {
        answers[prompt.key] = yamlWord("TODO: \(prompt.summary)")
        unwritten.insert(prompt.key)
    }

    package var bytes: [UInt8] { Array((lines.map(\.text) + [""]).joined(separator: "\n").utf8) }

    /// Returns the key to which the line of a diagnostic belongs. A diagnostic about the name of the file belongs to
    /// `Prompt.nameKey`.
    package func key(of diagnostic: Diagnostic) -> String {
        guard diagnostic.path == path else { return Prompt.nameKey }
        let isOfFile = diagnostic.mark.line == 1 && diagnostic.mark.column == 1
        let lines = lines
        guard !(isOfFile && nameCodes.contains(diagnostic.code)), lines.indices.contains(diagnostic.mark.line - 1)
        else {
            return Prompt.nameKey
        }
        return lines[diagnostic.mark.line - 1].key
    }

    /// Returns the draft with placeholders for missing answers, so that the other answers can be checked.
    package func completed(by prompts: [Prompt]) -> Draft {
        var draft = self
        for prompt in prompts where prompt.isRequired && !has(prompt.key) {
            draft.answers[prompt.key] = prompt.placeholder
        }
        return draft
    }

    private var lines: [(key: String, text: String)] {
        let comment = comment.map { [(key: Prompt.nameKey, text: $0)] } ?? []
        return comment + (kind.shape.map { lines(of: $0, below: "", indent: "") } ?? [])
    }

    private func lines(of shape: Shape, below prefix: String, indent: String) -> [(key: String, text: String)] {
        var result = shape.keys.flatMap { key -> [(key: String, text: String)] in
            let path = prefix + key.name
            if let answer = answers[path] { return [(path, "\(indent)\(key.name): \(answer)")] }
            guard has(path) || path + "." == claimPrefix && !finishedClaims.isEmpty else { return [] }
            let inside: [(key: String, text: String)]
            switch key.value {
            case .mapping(let shape): inside = lines(of: shape, below: path + ".", indent: indent + "  ")
            case .list(let shape, _):
                // The lines of finished claims belong to no key, because `new` asks for them no more.
                let finished = path + "." == claimPrefix ? finishedClaims : []
                inside =
                    finished.flatMap { claim -> [(key: String, text: String)] in
                        var draft = self
                        draft.answers = claim
                        return draft.item(of: shape, below: path + ".", indent: indent).map { ("", $0.text) }
                    } + item(of: shape, below: path + ".", indent: indent)
            case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice,
                .date,
                .values, .range, .box, .settings, .closedValues, .each, .meanings:
                inside = named(below: path + ".", indent: indent + "  ")
            }
            return [(path, "\(indent)\(key.name):")] + inside
        }
        // The attributes of a condition value can have arbitrary names.
        if prefix.isEmpty, shape.hasFreeKeys { result += named(below: Prompt.attributePrefix, indent: "") }
        return result
    }

    /// The lines of one element of a list.
    private func item(of shape: Shape, below prefix: String, indent: String) -> [(key: String, text: String)] {
        var item = lines(of: shape, below: prefix, indent: indent + "    ")
        if let first = item.first { item[0].text = "\(indent)  - \(first.text.dropFirst(indent.count + 4))" }
        return item
    }

    private func named(below prefix: String, indent: String) -> [(key: String, text: String)] {
        answers.keys.filter { $0.hasPrefix(prefix) }.sorted().map { key in
            (key, "\(indent)\(yamlWord(String(key.dropFirst(prefix.count)))): \(answers[key] ?? "")")
        }
    }
}

/// The beginning of the keys of the present claim.
package let claimPrefix = "claims."

/// The codes of diagnostics that concern the path or name of a file, not its content.
private let nameCodes: Set<Diagnostic.Code> = [
    .badName, .strayFile, .lookAlike, .duplicateSlug, .unknownQuestion, .unknownVerifier, .unknownCondition,
    .mixedNeeds,
]

private struct Mistake: Error {
    var diagnostic: Diagnostic
}

/// Converts an answer to YAML. Quotes words and prose if necessary, accepts lists separated by commas, and parses any
/// other answer as YAML.
private func yaml(_ typed: String, for value: Shape.Value) -> Result<String, Mistake> {
    switch value {
    case .text, .sentence, .name, .choice, .date: return .success(yamlWord(typed))
    case .names where typed.utf8.first != UInt8(ascii: "["),
        .closedValues where ![UInt8(ascii: "["), UInt8(ascii: "{")].contains(typed.utf8.first):
        let words = Array(typed.utf8).split(separator: UInt8(ascii: ","))
            .map { String(decoding: $0, as: UTF8.self).trimmingBlanks() }
        return .success("[\(words.filter { !$0.isEmpty }.map(yamlWord).joined(separator: ", "))]")
    // A reported number alone is its value.
    case .mapping(let shape) where Number(typed) != nil && shape.key("value") != nil:
        return .success("{value: \(typed)}")
    case .names, .number, .positive, .atLeast0, .between, .integer, .flag, .values, .range, .box, .settings,
        .closedValues,
        .mapping, .list, .each, .meanings:
        // The brackets make it possible to detect that the typed text is more than one value.
        let (node, problems) = readYAML(Array("[\n\(typed)\n]".utf8))
        if let problem = problems.first {
            return .failure(
                Mistake(
                    diagnostic: Diagnostic(
                        Diagnostic.Code(problem.kind), path: "", mark: .fileStart, message: problem.message,
                        fix: problem.fix)))
        }
        guard case .sequence(let elements)? = node?.content, elements.count == 1 else {
            return .failure(
                Mistake(
                    diagnostic: Diagnostic(
                        .wrongType, path: "", mark: .fileStart, message: "\"\(typed)\" is not a single value",
                        fix: "write a list as [a, b]")))
        }
        return .success(flow(elements[0]))
    }
}

/// Formats a node as YAML on one line.
private func flow(_ node: Node) -> String {
    switch node.content {
    case .scalar(let text, let isPlain):
        isPlain && Number(text) != nil ? text : isPlain ? yamlWord(text) : yamlText(text)
    case .sequence(let elements): "[\(elements.map(flow).joined(separator: ", "))]"
    case .mapping(let entries):
        "{\(entries.map { "\(yamlWord($0.key)): \(flow($0.value))" }.joined(separator: ", "))}"
    }
}

/// Quotes a word or sentence unless it is a valid plain YAML scalar both inside and outside brackets.
func yamlWord(_ text: String) -> String {
    let bytes = Array(text.utf8)
    func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    let inside = Set(" ._-/()+;?!'".utf8)
    let isPlain =
        bytes.first.map(isLetterOrDigit) ?? false
        && bytes.last != UInt8(ascii: " ") && bytes.allSatisfy { isLetterOrDigit($0) || inside.contains($0) }
        && text != "null"
    return isPlain ? text : yamlText(text)
}

/// Quotes any text. Leaves control characters unchanged, so that checking reports them.
package func yamlText(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": quoted += "\\\(scalar)"
        case "\n": quoted += "\\n"
        case "\t": quoted += "\\t"
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

extension String {
    func trimmingBlanks() -> String {
        let bytes = Array(utf8)
        guard let start = bytes.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }),
            let end = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 })
        else { return "" }
        return String(decoding: bytes[start...end], as: UTF8.self)
    }
}
