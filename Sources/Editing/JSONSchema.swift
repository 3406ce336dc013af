import KernelInterface
import Records

/// Returns the JSON Schema of a kind of file, for validation, completion and hover texts in editors.
///
/// The schema uses draft 7, which all YAML editors support. It assumes the core schema of YAML 1.2 (section 10.3.2), as
/// yaml-language-server does: `2025-03-18` is a text, `2025` is a number, and a key without a value is null. Rules that
/// involve several files are left to the command `check`. If `names` is given, the schema also lists the names of a
/// ledger's records, what its quantities and measurements require of a claim, and the settings of its own kernels.
/// `kernels` are the compiled kernels; they are used if `names` has no ledger.
package func jsonSchema(of kind: RecordKind, kernels: [KernelDescription], names: KnownNames? = nil) -> JSONValue {
    let writer = SchemaWriter(kernels: kernels, names: names)
    return writer.complete(writer.body(of: kind)).adding([
        "$schema": draft, "title": .text("arbor-ledger: \(kind.rawValue)"),
    ])
}

let draft: JSONValue = "http://json-schema.org/draft-07/schema#"

struct SchemaWriter {
    /// The kernels of the ledger and of the program.
    let kernels: [KernelDescription]
    /// Whether the ledger has no other kernels, so that other names are mistakes.
    let knowsAllKernels: Bool
    let names: KnownNames?
    /// The settings of all kernels and measurements, by the names of their definitions.
    let settings: [String: Parameter]

    init(kernels: [KernelDescription], names: KnownNames?) {
        let kernels = names?.ledger?.kernels ?? kernels
        (self.kernels, self.names, knowsAllKernels) = (kernels, names, names?.ledger != nil)
        settings = definitions(of: kernels.flatMap { $0.parameters + $0.measurements.flatMap(\.settings) })
    }

    /// Returns the schema of a kind of file, which refers to definitions.
    func body(of kind: RecordKind) -> JSONValue {
        if let shape = kind.shape {
            schema(of: shape).adding(["defaultSnippets": .list(snippets(of: kind))])
        } else if kind == .annotation {
            annotationSchema
        } else {
            receiptSchema
        }
    }

    /// Returns the schema with the definitions to which it refers.
    func complete(_ body: JSONValue) -> JSONValue {
        var used: [String: JSONValue] = [:]
        var pending = body.references
        while let name = pending.popFirst() {
            guard used[name] == nil, let definition = definition(name) else { continue }
            used[name] = definition
            pending.formUnion(definition.references)
        }
        return used.isEmpty ? body : body.adding(["definitions": .object(used)])
    }

    /// Returns the reference to a definition.
    func reference(_ name: String) -> JSONValue { ["$ref": .text(JSONValue.referencePrefix + name)] }

    func schema(of shape: Shape) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for key in shape.keys {
            let schema = schema(of: key, in: shape)
            properties[key.name] = described(key, key.isRequired ? schema : orAbsent(schema))
        }
        let required = shape.keys.filter(\.isRequired).map(\.name)
        var members: [String: JSONValue] = [
            "type": "object", "properties": .object(properties),
            "additionalProperties": shape.hasFreeKeys ? scalar : false,
        ]
        if !required.isEmpty { members["required"] = .texts(required) }
        let rules = shape.rules.map { schema(of: $0.condition) } + moreRules(of: shape)
        if !rules.isEmpty { members["allOf"] = .list(rules) }
        return .object(members)
    }

    /// Returns the rules of a mapping that follow from kernels, from other records of the ledger or from numbers.
    private func moreRules(of shape: Shape) -> [JSONValue] {
        switch shape {
        case ToyModel.shape: configRules
        case Measurement.shape: measurementRules
        case Quantity.shape: scaleRules
        case Claim.shape: claimRules
        case Question.shape: questionRules
        case CommandKernel.shape:
            [["properties": ["devices": ["items": ["enum": .texts(CommandKernel.Device.allCases.map(\.rawValue))]]]]]
        case ModelWeights.shape:
            [
                [
                    "properties": [
                        "repository": ["pattern": "^[^/]+/[^/]+$"], "revision": ["pattern": "^[0-9a-f]{40}$"],
                        "files": ["additionalProperties": ["pattern": "^(unknown|[0-9a-f]{64})$"], "minProperties": 1],
                    ]
                ]
            ]
        case Resource.originShape: [["properties": ["seed": ["pattern": "^[0-9a-f]{16}$"]]]]
        default: []
        }
    }

    /// Returns the schema of the value of a key.
    ///
    /// Editors offer every value of every list that applies to a place. So names are listed only once where a rule lists
    /// those that are right for the kernel.
    private func schema(of key: Shape.Key, in shape: Shape) -> JSONValue {
        if shape === Measurement.shape, !kernels.isEmpty, case .names(let namespace, let atLeastOne) = key.value,
            namespace != .anything
        {
            return schema(of: .names(.anything, atLeastOne: atLeastOne))
        }
        return schema(of: key.value)
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
        case .values: return ["anyOf": [pair, reference(Definition.bounds)]]
        case .range: return ["anyOf": [pair, ["allOf": [reference(Definition.bounds), ["not": isPresent("any_of")]]]]]
        case .box(let withAttributes, let allowsUnknown, let atLeastOne):
            let box = reference(Definition.box(withAttributes: withAttributes, allowsUnknown: allowsUnknown))
            return atLeastOne ? ["allOf": [box], "minProperties": 1] : box
        case .digests:
            return [
                "type": "object", "additionalProperties": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            ]
        case .settings: return ["type": "object", "additionalProperties": scalar]
        case .closedValues:
            return ["anyOf": [list(of: scalar.adding(["not": notAValue])), reference(Definition.integers)]]
        case .mapping(let shape): return schema(of: shape)
        case .list(let shape, let atLeastOne):
            return [
                "type": "array", "items": schema(of: shape), "minItems": .integer(atLeastOne ? 1 : 0),
                "defaultSnippets": itemSnippets(of: shape),
            ]
        case .each(let shape): return ["type": "object", "additionalProperties": schema(of: shape)]
        case .meanings:
            return ["type": "object", "additionalProperties": orAbsent(schema(of: .range)), "minProperties": 1]
        }
    }

    /// Returns a schema that also allows null, because a key without a value counts as absent.
    func orAbsent(_ schema: JSONValue) -> JSONValue {
        guard case .object(let members) = schema else { return schema }
        switch (members["type"], members["enum"]) {
        case (.text(let type)?, nil): return schema.adding(["type": [.text(type), "null"]])
        case (.list(let types)?, nil): return schema.adding(["type": .list(types + ["null"])])
        default: return ["anyOf": [schema, ["type": "null"]]]
        }
    }

    /// A schema for any YAML scalar, because decoding uses only the scalar's text.
    var scalar: JSONValue { ["type": ["string", "number", "boolean"], "minLength": 1] }

    private var date: JSONValue {
        [
            "anyOf": [
                ["type": "string", "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"],
                ["type": "integer", "minimum": 1000, "maximum": 9999],
            ]
        ]
    }

    private var pair: JSONValue {
        ["type": "array", "items": ["type": "number"], "minItems": 2, "maxItems": 2]
    }

    /// Values that stand only for themselves and cannot be listed.
    private var notAValue: JSONValue { ["enum": ["unknown", .text(Condition.notApplicable)]] }

    func list(of value: JSONValue) -> JSONValue {
        ["type": "array", "items": value, "minItems": 1, "uniqueItems": true]
    }

    func number(_ text: String) -> JSONValue {
        Int(text).map(JSONValue.integer) ?? .number(Number(text)?.doubleValue ?? 0)
    }
}

extension JSONValue {
    fileprivate static let referencePrefix = "#/definitions/"

    /// The names of the definitions to which the schema refers.
    fileprivate var references: Set<String> {
        switch self {
        case .null, .flag, .integer, .number, .text: return []
        case .list(let values): return values.reduce(into: []) { $0.formUnion($1.references) }
        case .object(let members):
            var names: Set<String> = []
            for (key, value) in members {
                if key == "$ref", case .text(let text) = value {
                    names.insert(String(text.dropFirst(Self.referencePrefix.count)))
                } else {
                    names.formUnion(value.references)
                }
            }
            return names
        }
    }
}

/// Compares shapes by identity, so that a shape can be named in a `switch`.
private func ~= (a: Shape, b: Shape) -> Bool { a === b }
