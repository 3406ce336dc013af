import Records

/// One thing that `new` asks for.
package struct Prompt: Sendable {
    package internal(set) var key: String
    package var about: String
    package var isRequired: Bool
    /// Taken where nothing is answered.
    package var usual: String?
    /// Names or words that it can be, for who does not remember.
    package var known: [String]
    let value: Shape.Value

    /// Stands for the record's own name where a key is asked for.
    package static let nameKey = "name"
    package static let attributePrefix = "attributes of its own."

    /// Whether a human must write sentences: then it can be left for later.
    package var isProse: Bool {
        guard isRequired else { return false }
        return switch value {
        case .text, .sentence: true
        case .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice, .date, .values, .range,
            .box,
            .settings, .closedValues, .mapping, .list, .each, .meanings:
            false
        }
    }

    /// Whether it takes settings by name.
    package var isNamed: Bool {
        switch value {
        case .box, .settings: !label.utf8.contains(UInt8(ascii: "."))
        case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice, .date,
            .values, .range, .closedValues, .mapping, .list, .each, .meanings:
            false
        }
    }

    /// As it is asked for and as a flag is called: `claims.quantity` is `quantity`.
    package var label: String {
        for prefix in ["claims.", "budget.", "bridge.", Prompt.attributePrefix] where key.hasPrefix(prefix) {
            return String(key.dropFirst(prefix.count))
        }
        return key
    }

    /// What answers it without a terminal.
    package var flag: String {
        switch key {
        case "labels": return "--range or --labels"
        case "claims.reported": return "--value or --reported"
        default: break
        }
        if label.hasPrefix("tested.") { return "--tested \(label.dropFirst(7))=…" }
        return "--" + label.replacing("_", with: "-")
    }

    /// Something that decoding takes, whether or not it means anything.
    var placeholder: String {
        switch value {
        case .text, .sentence: "TODO"
        case .date: "2000"
        case .name, .choice: known.first.map(yamlWord) ?? "todo"
        case .names: "[\(known.first.map(yamlWord) ?? "todo")]"
        case .number, .positive, .integer: "1"
        case .atLeast0, .between: "0.5"
        case .flag: "true"
        case .values, .range: "[0, 1]"
        case .box, .settings, .each, .meanings, .mapping: "{}"
        case .closedValues, .list: "[]"
        }
    }
}

/// What `new` takes for granted where it is not told.
package struct PromptDefaults: Sendable {
    package var today: String
    /// Who writes, as git knows them.
    package var contributor: String?

    package init(today: String, contributor: String?) {
        self.today = today
        self.contributor = contributor
    }
}

extension Draft {
    /// What is asked for, in order, given what is answered already: a leaf for its range, an inner question for its parts.
    package func prompts(_ names: KnownNames, _ state: LedgerState, _ defaults: PromptDefaults) -> [Prompt] {
        guard let shape = kind.shape else { return [] }
        let asked = prompts(of: shape, below: "", names, state)
        return asked.map { prompt in
            var prompt = prompt
            switch (kind, prompt.key) {
            case (.vote, "date"): prompt.usual = defaults.today
            case (_, "contributors"): prompt.usual = defaults.contributor
            case (_, "budget.minutes"): prompt.usual = "2"
            case (_, "budget.memory_gib"): prompt.usual = "1"
            default: break
            }
            return prompt
        }
    }

    /// The prompt for any key of the kind, asked for or not; nil where it has no such key.
    package func prompt(_ key: String) -> Prompt? {
        if key.hasPrefix(Prompt.attributePrefix) {
            return Prompt(
                key: key, about: "", isRequired: false, usual: nil, known: [], value: .box(withAttributes: false))
        }
        guard var shape = kind.shape else { return nil }
        var parts = key.split(separator: ".", omittingEmptySubsequences: false)[...]
        while let part = parts.popFirst(), let found = shape.keys.first(where: { $0.name == part }) {
            switch found.value {
            case .mapping(let inner) where !parts.isEmpty: shape = inner
            case .list(let inner, _) where !parts.isEmpty: shape = inner
            case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice,
                .date,
                .values, .range, .box, .settings, .closedValues, .mapping, .list, .each, .meanings:
                return Prompt(
                    key: key, about: found.about, isRequired: found.isRequired, usual: nil, known: [],
                    value: found.value)
            }
        }
        return nil
    }

    private func prompts(
        of shape: Shape, below prefix: String, _ names: KnownNames, _ state: LedgerState
    ) -> [Prompt] {
        shape.keys.flatMap { key -> [Prompt] in
            let path = prefix + key.name
            switch key.value {
            case .mapping(let inner) where key.isRequired:
                return prompts(of: inner, below: path + ".", names, state)
            case .list(let inner, _) where key.isRequired:
                return prompts(of: inner, below: path + ".", names, state)
            case .box where key.isRequired: return testedPrompts(path, names, state)
            case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice,
                .date,
                .values, .range, .box, .settings, .closedValues, .mapping, .list, .each, .meanings:
                guard key.isRequired || isAsked(path) else { return [] }
                let known: [String] =
                    switch key.value {
                    case .name(let namespace), .names(let namespace, _): names.names(namespace)
                    case .choice(let words): words
                    case .flag: ["true", "false"]
                    case .text, .sentence, .number, .positive, .atLeast0, .between, .integer, .date, .values, .range,
                        .box,
                        .settings, .closedValues, .mapping, .list, .each, .meanings:
                        []
                    }
                return [
                    Prompt(
                        key: path, about: key.about, isRequired: key.isRequired || isNeeded(path), usual: nil,
                        known: known,
                        value: key.value)
                ]
            }
        }
    }

    /// One prompt for each condition that the quantity needs.
    private func testedPrompts(_ path: String, _ names: KnownNames, _ state: LedgerState) -> [Prompt] {
        let quantity = answers["claims.quantity"].flatMap { state.quantities[$0] }
        guard let conditions = quantity?.conditions, !conditions.isEmpty else {
            return [
                Prompt(
                    key: path, about: "Where it was measured: condition=value.", isRequired: true,
                    usual: quantity == nil ? nil : "{}", known: [], value: .box(withAttributes: false))
            ]
        }
        return conditions.map { condition in
            Prompt(
                key: "\(path).\(condition.value)",
                about: "Where it was measured: a value, a list [a, b], or unknown.", isRequired: true, usual: nil,
                known: names.values[condition.value, default: []], value: .box(withAttributes: false))
        }
    }

    /// Optional keys that one should think of; the others have flags.
    private func isAsked(_ key: String) -> Bool {
        switch (kind, key) {
        case (.question, "quantity"): true
        case (.question, "yes"), (.question, "covers"): has("quantity")
        case (.question, "needs"): !has("quantity")
        case (.quantity, "unit"), (.quantity, "construct"): true
        case (.quantity, "range"): !has("labels")
        case (.quantity, "labels"): !has("range")
        case (.condition, "values"): !has("attributes")
        case (.condition, "ordered"): has("values")
        case (.condition, "attributes"): !has("values")
        case (.conditionValue, "general"): answers["general"] == nil && path.contains("/conditions/model/")
        case (.assumption, "tested_by"): true
        case (.finding, "claims.value"), (.finding, "claims.assumes"), (.finding, "claims.verify"): true
        case (.finding, "claims.reported"): !has("claims.value")
        case (.model, "config"), (.measurement, "conditions"), (.measurement, "control"): true
        default: false
        }
    }

    /// Optional keys that what is answered makes necessary.
    private func isNeeded(_ key: String) -> Bool {
        switch (kind, key) {
        case (.question, "yes"): has("quantity")
        case (.quantity, "labels"): !has("range")
        case (.finding, "claims.reported"): !has("claims.value")
        default: false
        }
    }
}
