import Checking
import KernelInterface
import Records

/// The names of the definitions that several places of a schema share.
enum Definition {
    static let bounds = "range"
    static let integers = "range-of-integers"
    static let numbers = "range-of-numbers"
    static let valuesPrefix = "values-of-"
    static let testedOnPrefix = "tested-on-"
    static let settingPrefix = "setting-"

    static func box(withAttributes: Bool, allowsUnknown: Bool) -> String {
        !withAttributes ? "tested-settings" : allowsUnknown ? "settings" : "known-settings"
    }
}

extension SchemaWriter {
    func definition(_ name: String) -> JSONValue? {
        if name.hasPrefix(Definition.valuesPrefix) {
            return values(of: String(name.dropFirst(Definition.valuesPrefix.count)))
        }
        if name.hasPrefix(Definition.testedOnPrefix) {
            return isTested(on: String(name.dropFirst(Definition.testedOnPrefix.count)))
        }
        if name.hasPrefix(Definition.settingPrefix) { return settings[name].map(schema) }
        switch name {
        case Definition.bounds: return schema(of: Shape.bounds)
        case Definition.integers: return schema(of: Shape.integers)
        case Definition.numbers: return schema(of: Shape.numbers)
        default: break
        }
        for withAttributes in [false, true] {
            for allowsUnknown in [false, true]
            where name == Definition.box(withAttributes: withAttributes, allowsUnknown: allowsUnknown) {
                return box(withAttributes, allowsUnknown: !withAttributes || allowsUnknown)
            }
        }
        return Shape.Namespace(rawValue: name).map { namespace in
            enumeration(known(namespace)) { describe($0, in: namespace) }
        }
    }

    /// Returns the schema of a name of a record.
    ///
    /// Measurements are not listed here, because the list depends on the quantity and the model of the claim: editors
    /// offer every value of every list that applies to a place.
    func name(_ namespace: Shape.Namespace) -> JSONValue {
        guard namespace != .measurement, !known(namespace).isEmpty else { return scalar }
        let list = reference(namespace.rawValue)
        return namespace == .kernel || namespace == .kernelMeasurement ? offered(list) : list
    }

    /// Returns a schema that offers names or settings of kernels. It allows all others if the ledger may have kernels of
    /// its own.
    func offered(_ schema: JSONValue) -> JSONValue { knowsAllKernels ? schema : ["anyOf": [schema, scalar]] }

    /// The names that a ledger or the program has in a namespace.
    func known(_ namespace: Shape.Namespace) -> [String] {
        switch namespace {
        case .kernel: kernels.map(\.name).sorted()
        case .kernelMeasurement: Set(kernels.flatMap(\.measurements).map(\.name)).sorted()
        case .anything, .question, .quantity, .condition, .assumption, .finding, .claim, .toyModel, .model, .verifier,
            .measurement, .codebook, .resource:
            names?.names(namespace) ?? []
        }
    }

    private func describe(_ name: String, in namespace: Shape.Namespace) -> String? {
        switch namespace {
        case .kernel: kernels.first { $0.name == name }?.summary
        case .kernelMeasurement:
            kernels.filter { $0.measurement(named: name) != nil }.map { kernel in
                "\(kernel.name): \(kernel.measurement(named: name)?.quantities.joined(separator: ", ") ?? "")"
            }.joined(separator: "; ")
        case .anything, .question, .quantity, .condition, .assumption, .finding, .claim, .toyModel, .model, .verifier,
            .measurement, .codebook, .resource:
            names?.description(of: name, in: namespace)
        }
    }

    /// Returns an enumeration of values in their canonical spelling, with a description of each; numbers are not quoted.
    ///
    /// `enumDescriptions` is not part of JSON Schema, but both VS Code and yaml-language-server show it in completions,
    /// and yaml-language-server also in hover texts. A `oneOf` of constants would hide the description of the key.
    func enumeration(_ values: [String], describe: (String) -> String?) -> JSONValue {
        let integers = values.compactMap { Int($0) }.sorted()
        if values.count > 2, integers.count == values.count, let low = integers.first, let high = integers.last,
            high.subtractingReportingOverflow(low).partialValue == values.count - 1
        {
            return ["type": "integer", "minimum": .integer(low), "maximum": .integer(high)]
        }
        let list = JSONValue.list(values.map(scalarValue))
        let descriptions = values.map { describe($0) ?? "" }
        return descriptions.allSatisfy(\.isEmpty)
            ? ["enum": list] : ["enum": list, "enumDescriptions": .texts(descriptions)]
    }

    // MARK: Settings

    private func values(of condition: String) -> JSONValue {
        enumeration(names?.values[condition] ?? []) { names?.description(ofValue: $0, of: condition) }
    }

    private func box(_ withAttributes: Bool, allowsUnknown: Bool) -> JSONValue {
        guard let names, !names.values.isEmpty else {
            let known = scalar.adding(["not": ["const": "unknown"]])
            return [
                "type": "object",
                "additionalProperties": [
                    "anyOf": [allowsUnknown ? scalar : known, list(of: known), reference(Definition.numbers)]
                ],
            ]
        }
        var properties: [String: JSONValue] = [:]
        for (condition, known) in names.values {
            let isNumber = names.numberConditions.contains(condition)
            let value: JSONValue =
                isNumber
                ? ["type": "number"]
                : known.isEmpty
                    ? scalar.adding(["not": ["const": "unknown"]])
                    : reference(Definition.valuesPrefix + condition)
            // A number that was tested is not a range.
            let range = isNumber ? withAttributes ? Definition.numbers : nil : Definition.integers
            properties[condition] = selection(of: value, range: range, allowsUnknown: allowsUnknown)
                .adding(
                    ["description": names.description(of: condition, in: .condition)].compactMapValues { text in
                        text.map(JSONValue.text)
                    })
        }
        if withAttributes {
            let value = scalar.adding(["not": ["const": "unknown"]])
            for attribute in names.attributes {
                properties[attribute] = selection(
                    of: value, range: Definition.numbers, allowsUnknown: allowsUnknown)
            }
        }
        return ["type": "object", "additionalProperties": false, "properties": .object(properties)]
    }

    /// Returns a schema for one value, a list of values, or a range of numbers. Every condition has the value
    /// `not-applicable`. The word `unknown` is allowed only as a single value.
    private func selection(of value: JSONValue, range: String?, allowsUnknown: Bool) -> JSONValue {
        let words: [JSONValue] = [.text(Condition.notApplicable)] + (allowsUnknown ? ["unknown"] : [])
        let item: JSONValue = ["anyOf": [value, ["enum": [.text(Condition.notApplicable)]]]]
        let ranges = range.map { [reference($0)] } ?? []
        return ["anyOf": .list([value, ["enum": .list(words)], list(of: item)] + ranges)]
    }
}
