import Records

extension SchemaWriter {
    func isPresent(_ key: String) -> JSONValue {
        ["required": [.text(key)], "properties": [key: ["not": ["type": "null"]]]]
    }

    func isAbsent(_ key: String) -> JSONValue { ["properties": [key: ["type": "null"]]] }

    /// Returns the condition that a key has a word or a number as its value.
    func has(_ key: String, _ value: String) -> JSONValue {
        ["required": [.text(key)], "properties": [key: ["const": scalarValue(value)]]]
    }

    /// Returns a word or a number as YAML reads its canonical spelling.
    func scalarValue(_ text: String) -> JSONValue { Number(text) == nil ? .text(text) : number(text) }

    private func all(needs: [String], forbids: [String]) -> JSONValue {
        ["allOf": .list(needs.map(isPresent) + forbids.map(isAbsent))]
    }

    func schema(of rule: Shape.Rule.Condition) -> JSONValue {
        switch rule {
        case .with(let key, let needs, let forbids):
            ["if": isPresent(key), "then": all(needs: needs, forbids: forbids)]
        case .without(let key, let needs, let forbids):
            ["if": isAbsent(key), "then": all(needs: needs, forbids: forbids)]
        case .when(let key, let word, let needs, let forbids):
            [
                "if": ["required": [.text(key)], "properties": [key: ["const": word == "true" ? true : .text(word)]]],
                "then": all(needs: needs, forbids: forbids),
            ]
        case .withOneOf(let key, let others):
            ["if": isPresent(key), "then": ["anyOf": .list(others.map(isPresent))]]
        case .exactlyOne(let keys): ["oneOf": .list(keys.map(isPresent))]
        case .atLeastOne(let keys): ["anyOf": .list(keys.map(isPresent))]
        case .estimate(let value, let reported, let numbers):
            [
                "if": isAbsent(value),
                "then": ["properties": [reported: ["anyOf": .list(numbers.map(isPresent))]]],
            ]
        }
    }
}
