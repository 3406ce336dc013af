import Records
import YAML

extension SchemaWriter {
    /// Adds the description of a key with its example.
    ///
    /// yaml-language-server shows `markdownDescription`, and `examples` below it; it also offers `examples` as values.
    /// Other editors show `description` alone. An example with names of records is only a text, because the ledger may
    /// not have these records.
    func described(_ key: Shape.Key, _ schema: JSONValue) -> JSONValue {
        let example = example(of: key)
        var members: [String: JSONValue] = [
            "description": .text("\(key.summary) Example: \(key.name): \(example)"),
            "markdownDescription": .text("\(key.summary) Example: `\(key.name): \(example)`"),
        ]
        if key.value.isFreeOfNames, let value = jsonValue(ofYAML: example) {
            members["markdownDescription"] = .text(key.summary)
            members["examples"] = [value]
        }
        if case .object(let own) = schema, own["$ref"] != nil {
            // Draft 7 ignores other keywords beside a reference.
            members["allOf"] = [schema]
            return .object(members)
        }
        return schema.adding(members)
    }

    /// Returns the example of a key with a name of this ledger, if the ledger does not have the name of the example.
    private func example(of key: Shape.Key) -> String {
        switch key.value {
        case .name(let namespace):
            let known = known(namespace)
            return known.isEmpty || known.contains(key.example) ? key.example : yamlWord(known[0])
        case .names(let namespace, _):
            let known = known(namespace)
            return known.isEmpty || known.contains { "[\($0)]" == key.example }
                ? key.example : "[\(yamlWord(known[0]))]"
        case .text, .sentence, .number, .positive, .atLeast0, .between, .integer, .flag, .choice, .date, .values,
            .range,
            .box, .settings, .closedValues, .mapping, .list, .each, .meanings, .digests:
            return key.example
        }
    }
}

extension Shape.Value {
    /// Whether a valid value is valid in every ledger, and is not one of a few words that editors offer anyway.
    fileprivate var isFreeOfNames: Bool {
        switch self {
        case .text, .sentence, .number, .positive, .atLeast0, .between, .integer, .date, .range, .closedValues: true
        case .name(let namespace), .names(let namespace, _): namespace == .anything
        case .flag, .choice, .values, .box, .settings, .mapping, .list, .each, .meanings, .digests: false
        }
    }
}

extension Shape.Key {
    /// The example as it is typed at a prompt, where texts and the elements of lists need no quotes.
    var typedExample: String {
        switch node(ofYAML: example)?.content {
        case .scalar(let text, _)?: return text
        case .sequence(let elements)?:
            let texts = elements.compactMap { if case .scalar(let text, _) = $0.content { text } else { nil } }
            let canBeJoined = texts.count == elements.count && !texts.contains { $0.utf8.contains(UInt8(ascii: ",")) }
            return canBeJoined && value.isListOfNames ? texts.joined(separator: ", ") : example
        case .mapping?, nil: return example
        }
    }
}

extension Shape.Value {
    fileprivate var isListOfNames: Bool { if case .names = self { true } else { false } }
}

/// Reads a YAML value that is one element of a list.
private func node(ofYAML text: String) -> Node? {
    ["[\(text)]", "- \(text)"].lazy.compactMap { list -> Node? in
        guard case .sequence(let elements)? = readYAML(Array(list.utf8)).node?.content, elements.count == 1 else {
            return nil
        }
        return elements[0]
    }.first
}

/// Returns a YAML value as JSON by the core schema of YAML 1.2, except that dates remain texts.
private func jsonValue(ofYAML text: String) -> JSONValue? { node(ofYAML: text).map(jsonValue) }

private func jsonValue(of node: Node) -> JSONValue {
    switch node.content {
    case .scalar(let text, let isPlain):
        guard isPlain else { return .text(text) }
        if text == "true" || text == "false" { return .flag(text == "true") }
        return Int(text).map(JSONValue.integer) ?? Number(text).map { .number($0.doubleValue) } ?? .text(text)
    case .sequence(let elements): return .list(elements.map(jsonValue))
    case .mapping(let entries):
        return .object(Dictionary(entries.map { ($0.key, jsonValue(of: $0.value)) }) { $1 })
    }
}
