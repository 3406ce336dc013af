import Checking
import KernelInterface
import Records

extension SchemaWriter {
    /// The settings of each kernel, with their defaults and meanings.
    var configRules: [JSONValue] {
        kernels.map { kernel in
            let required = kernel.parameters.filter { $0.defaultValue == nil }.map(\.name)
            var then: [String: JSONValue] = ["properties": ["config": named(kernel.parameters, required: required)]]
            if !required.isEmpty { then["allOf"] = [isPresent("config")] }
            return ["if": has("kernel", kernel.name), "then": .object(then)]
        }
    }

    /// What each measurement of a kernel yields and takes. The file does not name the kernel, so measurements of the same
    /// name are described together. A setting that none of them has is a mistake only if all kernels are known.
    var measurementRules: [JSONValue] {
        known(.kernelMeasurement).map { measurement in
            let measurements = kernels.compactMap { $0.measurement(named: measurement) }
            let settings = measurements.flatMap(\.settings)
            let quantities = existing(measurements.flatMap(\.quantities), .quantity)
            let conditions = existing(settings.map(\.name), .condition)
            let required = measurements.map { Set($0.settings.filter { $0.defaultValue == nil }.map(\.name)) }
            let shared = required.dropFirst().reduce(required.first ?? []) { $0.intersection($1) }
            let needs = knowsAllKernels ? shared.sorted() : []
            let taken: [String: JSONValue] =
                conditions.isEmpty
                ? knowsAllKernels ? ["maxItems": 0] : [:]
                : ["items": offered(enumeration(conditions) { meanings(of: $0, settings) })]
            let needed: [JSONValue] = needs.map { ["contains": ["const": .text($0)]] }
            var then: [String: JSONValue] = [
                "properties": [
                    "conditions": .object(taken.merging(needed.isEmpty ? [:] : ["allOf": .list(needed)]) { $1 }),
                    "control": named(settings, required: [], isOpen: !knowsAllKernels),
                ],
                // A quantity of labels is measured by its ranges, not by the kernel.
                "if": isAbsent("labels"),
                "then": [
                    "properties": [
                        "measures": [
                            "items": offered(
                                enumeration(quantities) { names?.description(of: $0, in: .quantity) })
                        ]
                    ]
                ],
                "else": ["properties": ["measures": ["items": name(.quantity)]]],
            ]
            if !needs.isEmpty { then["allOf"] = [isPresent("conditions")] }
            return ["if": has("measurement", measurement), "then": .object(then)]
        }
    }

    /// The meanings of a setting, which kernels may describe in different words.
    private func meanings(of setting: String, _ settings: [Parameter]) -> String {
        settings.filter { $0.name == setting }.map(\.meaning).reduce(into: [String]()) { meanings, meaning in
            if !meanings.contains(meaning) { meanings.append(meaning) }
        }.joined(separator: "; or ")
    }

    /// Returns the names that the ledger has, sorted; all names if there is no ledger.
    private func existing(_ list: [String], _ namespace: Shape.Namespace) -> [String] {
        let known = Set(known(namespace))
        return Set(list).filter { known.isEmpty || known.contains($0) }.sorted()
    }

    /// Returns the schema of named settings. It allows other names and values only if it is open.
    private func named(_ parameters: [Parameter], required: [String], isOpen: Bool = false) -> JSONValue {
        let named = Dictionary(grouping: parameters, by: \.name).mapValues { alternatives -> JSONValue in
            let names = Set(alternatives.compactMap { one in settings.first { $0.value == one }?.key }).sorted()
            let references = names.map(reference)
            let choices = references + (isOpen ? [scalar] : [])
            return choices.count == 1 ? choices[0] : ["anyOf": .list(choices)]
        }
        return [
            "properties": .object(named), "additionalProperties": isOpen ? scalar : false,
            "required": .texts(required),
        ]
    }

    func schema(of parameter: Parameter) -> JSONValue {
        let value: JSONValue =
            switch parameter.domain {
            case .integers(let range):
                ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
            case .numbers(let range):
                ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
            case .words(let words): enumeration(words) { _ in nil }
            case .names: scalar
            }
        let byDefault = parameter.defaultValue.map(scalarValue)
        return value.adding(
            ["description": .text(parameter.meaning), "default": byDefault].compactMapValues { $0 })
    }
}

/// Names the definitions of settings: settings of one name that differ are numbered in the order of the kernels.
func definitions(of parameters: [Parameter]) -> [String: Parameter] {
    var definitions: [String: Parameter] = [:]
    for parameter in parameters where !definitions.values.contains(parameter) {
        let name = Definition.settingPrefix + parameter.name
        let number = definitions.values.count { $0.name == parameter.name }
        definitions[number == 0 ? name : "\(name)-\(number + 1)"] = parameter
    }
    return definitions
}
