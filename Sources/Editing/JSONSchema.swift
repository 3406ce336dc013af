import Records

/// Returns the JSON Schema of a kind of file, for validation and completion in editors.
///
/// The schema uses draft 7, which all YAML editors support. It assumes the core schema of YAML 1.2 (section 10.3.2), as
/// yaml-language-server does: `2025-03-18` is a text, `2025` is a number, and a key without a value is null. Rules that
/// involve several files are left to the command `check`. If `names` is given, the schema also lists the names of a
/// ledger's records.
package func jsonSchema(of kind: RecordKind, names: KnownNames? = nil) -> JSONValue {
    let body =
        if let shape = kind.shape {
            SchemaWriter(names: names).schema(of: shape)
        } else if kind == .annotation {
            annotationSchema
        } else {
            receiptSchema
        }
    return body.adding([
        "$schema": draft, "title": .text("arbor-ledger: \(kind.rawValue)"),
    ])
}

let draft: JSONValue = "http://json-schema.org/draft-07/schema#"

struct SchemaWriter {
    var names: KnownNames?

    func schema(of shape: Shape) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for key in shape.keys {
            let schema = schema(of: key.value)
            properties[key.name] = (key.isRequired ? schema : orAbsent(schema))
                .adding(["description": .text(key.summary)])
        }
        let required = shape.keys.filter(\.isRequired).map(\.name)
        var members: [String: JSONValue] = [
            "type": "object", "properties": .object(properties),
            "additionalProperties": shape.hasFreeKeys ? scalar : false,
        ]
        if !required.isEmpty { members["required"] = .texts(required) }
        let rules = shape.rules.map { schema(of: $0.condition) }
        if !rules.isEmpty { members["allOf"] = .list(rules) }
        return .object(members)
    }

    private func schema(of value: Shape.Value) -> JSONValue {
        switch value {
        case .text: return scalar
        case .sentence: return scalar.adding(["pattern": "\\S"])
        case .name(let namespace): return name(namespace)
        case .names(let namespace, let atLeastOne):
            return ["type": "array", "items": name(namespace), "minItems": .integer(atLeastOne ? 1 : 0)]
        case .number: return ["type": "number"]
        case .positive(let limit): return ["type": "number", "exclusiveMinimum": 0, "maximum": number(limit)]
        case .atLeast0: return ["type": "number", "minimum": 0]
        case .between(let low, let high):
            return ["type": "number", "minimum": number(low), "maximum": number(high)]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ]
        case .flag: return ["type": "boolean"]
        case .choice(let words): return ["enum": .texts(words)]
        case .date: return date
        case .values: return ["anyOf": [pair, schema(of: Shape.bounds)]]
        case .range: return ["anyOf": [pair, schema(of: Shape.bounds).adding(["not": isPresent("any_of")])]]
        case .box(let withAttributes): return box(withAttributes)
        case .digests:
            return [
                "type": "object", "additionalProperties": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            ]
        case .settings: return ["type": "object", "additionalProperties": scalar]
        case .closedValues: return ["anyOf": [list(of: scalar), schema(of: Shape.integers)]]
        case .mapping(let shape): return schema(of: shape)
        case .list(let shape, let atLeastOne):
            return ["type": "array", "items": schema(of: shape), "minItems": .integer(atLeastOne ? 1 : 0)]
        case .each(let shape): return ["type": "object", "additionalProperties": schema(of: shape)]
        case .meanings:
            return ["type": "object", "additionalProperties": orAbsent(schema(of: .range)), "minProperties": 1]
        }
    }

    /// Returns a schema that also allows null, because a key without a value counts as absent.
    private func orAbsent(_ schema: JSONValue) -> JSONValue {
        guard case .object(let members) = schema else { return schema }
        switch (members["type"], members["enum"]) {
        case (.text(let type)?, nil): return schema.adding(["type": [.text(type), "null"]])
        case (.list(let types)?, nil): return schema.adding(["type": .list(types + ["null"])])
        default: return ["anyOf": [schema, ["type": "null"]]]
        }
    }

    /// A schema for any YAML scalar, because decoding uses only the scalar's text.
    private var scalar: JSONValue { ["type": ["string", "number", "boolean"], "minLength": 1] }

    private var date: JSONValue {
        [
            "anyOf": [
                ["type": "string", "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"],
                ["type": "integer", "minimum": 1000, "maximum": 9999],
            ]
        ]
    }

    private func name(_ namespace: Shape.Namespace) -> JSONValue {
        let known = names?.names(namespace) ?? []
        return known.isEmpty ? scalar : oneOf(known)
    }

    /// Returns an enumeration of values in their canonical spelling; numbers are not quoted.
    private func oneOf(_ values: [String]) -> JSONValue {
        let integers = values.compactMap { Int($0) }.sorted()
        if values.count > 2, integers.count == values.count, let low = integers.first, let high = integers.last,
            high.subtractingReportingOverflow(low).partialValue == values.count - 1
        {
            return ["type": "integer", "minimum": .integer(low), "maximum": .integer(high)]
        }
        return ["enum": .list(values.map { Number($0) == nil ? .text($0) : number($0) })]
    }

    private func number(_ text: String) -> JSONValue {
        Int(text).map(JSONValue.integer) ?? .number(Number(text)?.doubleValue ?? 0)
    }

    // MARK: Ranges

    private var pair: JSONValue {
        ["type": "array", "items": ["type": "number"], "minItems": 2, "maxItems": 2]
    }

    // MARK: Settings

    private func box(_ withAttributes: Bool) -> JSONValue {
        guard let names, !names.values.isEmpty else {
            return ["type": "object", "additionalProperties": selection(of: scalar)]
        }
        var properties: [String: JSONValue] = [:]
        for (condition, known) in names.values {
            let isNumber = names.numberConditions.contains(condition)
            properties[condition] = selection(of: isNumber ? ["type": "number"] : known.isEmpty ? scalar : oneOf(known))
        }
        if withAttributes {
            for attribute in names.attributes { properties[attribute] = selection(of: scalar) }
        }
        return ["type": "object", "additionalProperties": false, "properties": .object(properties)]
    }

    /// Returns a schema for one value, a list of values, or a range of numbers. Every condition has the value
    /// `not-applicable`. The word `unknown` is allowed only as a single value.
    private func selection(of value: JSONValue) -> JSONValue {
        let known: JSONValue =
            value == scalar ? value : ["anyOf": [value, ["const": .text(Condition.notApplicable)]]]
        let one: JSONValue = value == scalar ? value : ["anyOf": [known, ["const": "unknown"]]]
        return ["anyOf": [one, list(of: known), schema(of: Shape.numbers)]]
    }

    private func list(of value: JSONValue) -> JSONValue {
        [
            "type": "array", "items": value.adding(["not": ["const": "unknown"]]), "minItems": 1, "uniqueItems": true,
        ]
    }

    // MARK: Rules

    private func isPresent(_ key: String) -> JSONValue {
        ["required": [.text(key)], "properties": [key: ["not": ["type": "null"]]]]
    }

    private func isAbsent(_ key: String) -> JSONValue { ["properties": [key: ["type": "null"]]] }

    private func all(needs: [String], forbids: [String]) -> JSONValue {
        ["allOf": .list(needs.map(isPresent) + forbids.map(isAbsent))]
    }

    private func schema(of rule: Shape.Rule.Condition) -> JSONValue {
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
