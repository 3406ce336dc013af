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

    /// Takes over the answers to one key from the file of a draft that was mended. Returns them as they are now written;
    /// none if none changed.
    package mutating func takeMended(_ key: String, from bytes: [UInt8], of draft: Draft) -> [String] {
        let mended = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let lines = draft.lines
        guard mended.count == lines.count + 1 else { return [] }
        var changed: [String] = []
        for (line, text) in zip(lines, mended) where line.key == key || line.key.hasPrefix("\(key).") {
            guard let answer = answers[line.key], line.text != text else { continue }
            let head = line.text.utf8.dropLast(answer.utf8.count)
            guard text.utf8.starts(with: head) else { continue }
            let written = String(text.utf8.dropFirst(head.count)) ?? answer
            answers[line.key] = written
            changed.append(written)
        }
        return changed
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

    /// What a caveat of a finding can be against: the claims, and the assumptions and verifiers that they rest on.
    package var caveatTargets: [String] {
        let claims = allClaims
        let names =
            claims.count == 1
            ? [name] : claims.indices.map { "\(name)#\($0 + 1)" }
        let others = claims.flatMap { claim in
            let assumed = readYAML(Array((claim["\(claimPrefix)assumes"] ?? "").utf8)).node?.texts ?? []
            return assumed + [claim["\(claimPrefix)verify"]].compactMap(\.self)
        }
        return names + Set(others).sorted()
    }

    private var allClaims: [[String: String]] { finishedClaims + [answers.filter { $0.key.hasPrefix(claimPrefix) }] }

    /// Adds an objection to the thing of this name.
    package mutating func addCaveat(_ text: String, against target: String, _ state: LedgerState) {
        let kind =
            state.assumptions[target] != nil ? "assumption" : state.isVerifier(target) ? "verifier" : "claim"
        answers["caveats", default: ""] +=
            "\n  - text: \(yamlWord(text))\n    against: {\(kind): \(yamlWord(target))}"
    }

    package mutating func insertTODO(_ prompt: Prompt) {
        answers[prompt.key] = yamlWord("TODO: \(prompt.summary)")
        unwritten.insert(prompt.key)
    }

    package var bytes: [UInt8] { Array((lines.map(\.text) + [""]).joined(separator: "\n").utf8) }

    /// Returns the key to which the line of a diagnostic belongs. A diagnostic about another file or the name of this one
    /// belongs to `Prompt.nameKey`.
    package func key(of diagnostic: Diagnostic) -> String {
        let lines = lines
        guard diagnostic.path == path, !isAboutName(diagnostic), lines.indices.contains(diagnostic.mark.line - 1)
        else {
            return Prompt.nameKey
        }
        return lines[diagnostic.mark.line - 1].key
    }

    /// Whether a diagnostic concerns the name of the file. Errors that placeholders cause in other files do not concern
    /// it.
    package func isAboutName(_ diagnostic: Diagnostic) -> Bool {
        let isOfFile = diagnostic.mark.line == 1 && diagnostic.mark.column == 1
        return nameCodes.contains(diagnostic.code) && (isOfFile || diagnostic.path != path)
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
            if let answer = answers[path] {
                // An answer that begins a line is a list with dashes.
                let text = "\(indent)\(key.name):\(answer.utf8.first == UInt8(ascii: "\n") ? "" : " ")\(answer)"
                return text.split(separator: "\n", omittingEmptySubsequences: false).map { (path, String($0)) }
            }
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
                .values, .range, .box, .settings, .closedValues, .each, .meanings, .digests:
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
    case .mapping(let shape) where typed.utf8.first != UInt8(ascii: "{") && shape.key("value") != nil:
        return yaml(typed, for: .number).map { "{value: \($0)}" }
    case .names, .number, .positive, .atLeast0, .between, .integer, .flag, .values, .range, .box, .settings,
        .closedValues,
        .mapping, .list, .each, .meanings, .digests:
        // The brackets make it possible to detect that the typed text is more than one value.
        let (node, problems) = readYAML(Array("[\n\(typed)\n]".utf8))
        if isNumberInWords(typed, for: value), problems.first != nil || node?.onlyElement == nil {
            return .success(yamlText(typed))
        }
        if let problem = problems.first {
            return .failure(
                Mistake(
                    diagnostic: Diagnostic(
                        Diagnostic.Code(problem.kind), path: "", mark: .fileStart, message: problem.message,
                        fix: problem.fix)))
        }
        guard let element = node?.onlyElement else {
            return .failure(
                Mistake(
                    diagnostic: Diagnostic(
                        .wrongType, path: "", mark: .fileStart, message: "\"\(typed)\" is not a single value",
                        fix: "write a list as [a, b]")))
        }
        return .success(flow(element))
    }
}

/// Whether an answer that YAML does not read as one value may be a number or a range as people write it. Checking
/// decides what the key means.
private func isNumberInWords(_ typed: String, for value: Shape.Value) -> Bool {
    switch value {
    case .number, .positive, .atLeast0, .between, .integer, .values, .range:
        ![UInt8(ascii: "{"), UInt8(ascii: "[")].contains(typed.utf8.first) && !typed.utf8.contains(0x0A)
    case .box: meantNumber(by: typed) != nil
    case .text, .sentence, .name, .names, .flag, .choice, .date, .settings, .closedValues, .mapping, .list, .each,
        .meanings, .digests:
        false
    }
}

extension Draft {
    /// The name of the record.
    private var name: String { RecordPlace(path: path)?.name ?? "" }
}

extension LedgerState {
    fileprivate func isVerifier(_ name: String) -> Bool { models[name] != nil || measurements[name] != nil }
}

extension Node {
    /// The texts of a sequence.
    fileprivate var texts: [String] {
        guard case .sequence(let elements) = content else { return [] }
        return elements.compactMap { if case .scalar(let text, _) = $0.content { text } else { nil } }
    }

    /// The element of a sequence that has one element.
    fileprivate var onlyElement: Node? {
        guard case .sequence(let elements) = content, elements.count == 1 else { return nil }
        return elements[0]
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
