import Records

extension SchemaWriter {
    /// Returns the snippet for a whole file; none if a command writes such files.
    ///
    /// The keyword `defaultSnippets` is one of yaml-language-server. Its text keeps the order of keys.
    func snippets(of kind: RecordKind) -> [JSONValue] {
        guard let shape = kind.shape, kind.hasSnippet else { return [] }
        return [snippet(label: "\(shape.subject), complete", of: shape, isItem: false)]
    }

    /// Returns the snippet for an element of a list.
    func itemSnippets(of shape: Shape) -> JSONValue {
        [snippet(label: "\(shape.subject), complete", of: shape, isItem: true)]
    }

    private func snippet(label: String, of shape: Shape, isItem: Bool) -> JSONValue {
        var writer = SnippetWriter()
        let lines = isItem ? writer.item(of: shape, indent: "") : writer.lines(of: shape, indent: "")
        return [
            "label": .text(label), "description": .text("The keys of \(shape.subject), with examples to replace."),
            "bodyText": .text(lines.joined(separator: "\n") + (isItem ? "" : "\n")),
        ]
    }
}

extension RecordKind {
    /// Whether people write such files by hand.
    fileprivate var hasSnippet: Bool {
        switch self {
        case .question, .vote, .quantity, .condition, .conditionValue, .assumption, .constraint, .finding, .model,
            .measurement, .kernel, .codebook, .resource:
            true
        case .receipt, .settings, .trace, .annotation: false
        }
    }
}

/// Writes the keys of a mapping with their examples, each as a place at which the editor stops.
private struct SnippetWriter {
    private var stops = 0

    mutating func lines(of shape: Shape, indent: String) -> [String] {
        var lines: [String] = []
        for key in shape.snippetKeys {
            switch key.value {
            case .mapping(let inner) where key.isRequired && !inner.snippetKeys.isEmpty:
                lines += ["\(indent)\(key.name):"] + self.lines(of: inner, indent: indent + "  ")
            case .list(let inner, _) where key.isRequired:
                lines += ["\(indent)\(key.name):"] + item(of: inner, indent: indent + "  ")
            default:
                stops += 1
                lines.append("\(indent)\(key.name): ${\(stops):\(escaped(key.example))}")
            }
        }
        return lines
    }

    mutating func item(of shape: Shape, indent: String) -> [String] {
        var lines = lines(of: shape, indent: indent + "  ")
        if let first = lines.first { lines[0] = "\(indent)- \(first.dropFirst(indent.count + 2))" }
        return lines
    }

    /// Escapes the characters that end a placeholder.
    private func escaped(_ text: String) -> String {
        String(text.flatMap { "\\$}".contains($0) ? ["\\", $0] : [$0] })
    }
}

extension Shape {
    /// The keys that `new` asks for, without those that contradict earlier ones. If one of several keys is needed, only
    /// the first of them is included.
    fileprivate var snippetKeys: [Key] {
        let asked = askedKeys
        let needed = rules.compactMap { rule -> String? in
            switch rule.condition {
            case .atLeastOne(let names), .exactlyOne(let names):
                asked.contains { names.contains($0.name) } ? nil : names.first
            case .with, .without, .when, .estimate, .withOneOf: nil
            }
        }
        return asked + keys.filter { needed.contains($0.name) }
    }

    private var askedKeys: [Key] {
        keys.reduce(into: []) { chosen, key in
            let names = chosen.map(\.name)
            guard key.isRequired || key.isAsked(after: names) else { return }
            let isForbidden = rules.contains { rule in
                guard case .with(let other, _, let forbidden) = rule.condition else { return false }
                return names.contains(other) && forbidden.contains(key.name)
                    || other == key.name && forbidden.contains { names.contains($0) }
            }
            if !isForbidden { chosen.append(key) }
        }
    }
}

extension Shape.Key {
    /// Whether `new` asks for the key if the keys before it have answers.
    fileprivate func isAsked(after names: [String]) -> Bool {
        switch promptWhen {
        case .always, .measured: true
        case .answered(let other): names.contains(other)
        case .never, .inFolder: false
        }
    }
}
