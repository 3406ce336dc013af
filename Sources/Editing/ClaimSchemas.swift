import Checking
import KernelInterface
import Records

extension SchemaWriter {
    /// The limits of shares and percentages.
    var scaleRules: [JSONValue] {
        func limit(_ key: String, _ highest: Int) -> [JSONValue] {
            func rule(_ isDifference: Bool) -> JSONValue {
                let lowest = isDifference ? -highest : 0
                return [
                    "if": [
                        "required": [.text(key)], "properties": [key: ["const": true]],
                        "allOf": [isDifference ? isPresent("difference_of") : isAbsent("difference_of")],
                    ],
                    "then": [
                        "properties": [
                            "range": ends(.integer(lowest), .integer(highest)).adding([
                                "allOf": [
                                    needsEnd("at_least", or: "above"), needsEnd("at_most", or: "below"),
                                ]
                            ])
                        ]
                    ],
                ]
            }
            return [rule(false), rule(true)]
        }
        return limit("share", 1) + limit("percent", 100)
            + [["properties": ["margin": ["exclusiveMinimum": 0]]]]
    }

    /// Returns a schema that requires one of two ends of a range that is written with bounds.
    private func needsEnd(_ a: String, or b: String) -> JSONValue {
        ["if": ["type": "object"], "then": ["anyOf": [isPresent(a), isPresent(b)]]]
    }

    /// The values of `yes` that the range of each quantity allows.
    var questionRules: [JSONValue] {
        knownQuantities.map { quantity in
            ["if": has("quantity", quantity.slug), "then": ["properties": ["yes": values(of: quantity)]]]
        }
    }

    /// What each quantity requires of a claim: the range or labels, the conditions, and a measurement that can re-run it.
    var claimRules: [JSONValue] {
        knownQuantities.map { quantity in
            let conditions = quantity.conditions.map(\.value).filter { names?.values[$0] != nil }.sorted()
            var properties: [String: JSONValue] = ["value": values(of: quantity)]
            if !conditions.isEmpty { properties["tested"] = ["required": .texts(conditions)] }
            if case .interval(let interval) = quantity.range {
                properties["reported"] = ["properties": ["value": limits(interval)]]
            }
            return [
                "if": has("quantity", quantity.slug),
                "then": ["properties": .object(properties), "allOf": .list(verifyRules(of: quantity.slug))],
            ]
        }
    }

    private var knownQuantities: [Quantity] {
        (names?.ledger?.state.quantities.values.filter { isName($0.slug) } ?? []).sorted { $0.slug < $1.slug }
    }

    /// The measurements that `verify` can name for claims about a quantity, by the model at which they were tested. A
    /// measurement that samples traces serves every model.
    private func verifyRules(of quantity: String) -> [JSONValue] {
        guard let state = names?.ledger?.state else { return [] }
        let sampling = Set(kernels.filter(\.samplesTraces).map(\.name))
        func samplesTraces(_ model: String) -> Bool {
            state.models[model].map { sampling.contains($0.kernel.value) } ?? false
        }
        let measurements = (names?.measurements ?? []).compactMap { state.measurements[$0] }
            .filter { $0.measures.contains { $0.value == quantity } }
        let ofTraces = measurements.filter { samplesTraces($0.model) }.map(\.id)
        let byModel = Dictionary(grouping: measurements.filter { !samplesTraces($0.model) }, by: \.model)
        func then(_ choices: [String], otherwise: String) -> JSONValue {
            let verify: JSONValue =
                choices.isEmpty
                ? ["type": "null", "errorMessage": .text(otherwise)]
                : ["anyOf": [enumeration(choices) { names?.description(of: $0, in: .measurement) }, ["type": "null"]]]
            return ["properties": ["verify": verify]]
        }
        let models = byModel.keys.sorted()
        let rules = models.map { model -> JSONValue in
            [
                "if": reference(Definition.testedOnPrefix + model),
                "then": then((byModel[model] ?? []).map(\.id) + ofTraces, otherwise: ""),
            ]
        }
        guard !models.isEmpty else {
            return [then(ofTraces, otherwise: "no measurement measures \"\(quantity)\"")]
        }
        let otherwise = "no measurement of the tested model measures \"\(quantity)\""
        let isTestedOnOne: JSONValue = ["anyOf": .list(models.map { reference(Definition.testedOnPrefix + $0) })]
        return rules + [["if": ["not": isTestedOnOne], "then": then(ofTraces, otherwise: otherwise)]]
    }

    /// Returns the condition that a claim was tested on one toy model alone.
    func isTested(on model: String) -> JSONValue {
        let one: JSONValue = ["const": scalarValue(model)]
        let models: JSONValue = [
            "anyOf": [one, ["type": "array", "items": one, "minItems": 1, "maxItems": 1]]
        ]
        return [
            "required": ["tested"],
            "properties": ["tested": ["required": [.text(Condition.model)], "properties": [Condition.model: models]]],
        ]
    }

    /// Returns a schema for a range of numbers or a set of labels that the quantity allows. It is used with a schema that
    /// tests the form.
    private func values(of quantity: Quantity) -> JSONValue {
        switch quantity.range {
        case .interval(let interval):
            return ends(limits(interval)).adding(["properties": ["any_of": ["type": "null"]]])
        case .labels(let labels):
            return [
                "type": ["object", "null"], "required": ["any_of"],
                "properties": ["any_of": ["items": enumeration(labels) { _ in nil }]],
            ]
        }
    }

    private func limits(_ interval: Interval) -> JSONValue {
        .object(
            ["minimum": interval.lower, "maximum": interval.upper].compactMapValues { end in
                end.map { number($0.text) }
            })
    }

    private func ends(_ low: JSONValue, _ high: JSONValue) -> JSONValue { ends(["minimum": low, "maximum": high]) }

    /// Returns a schema for the ends of a range in both of its forms.
    private func ends(_ limits: JSONValue) -> JSONValue {
        ["items": limits, "additionalProperties": limits]
    }
}
