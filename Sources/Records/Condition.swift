import YAML

/// A named dimension of settings. A closed condition lists its values; each value of an open condition has its own
/// file.
package struct Condition: Sendable {
    package enum Values: Sendable {
        /// The values in their canonical spelling, in the order in which they were written.
        case closed([String])
        /// The attributes that values may record; nil if any attributes are allowed.
        case open(attributes: [String]?)
        /// Any decimal numbers. The known values are those that records name.
        case numbers
    }

    package var slug: String
    package var title: String
    package var values: Values
    package var isOrdered: Bool
    /// Whether the values name samples of one population, such as trials. Studies that differ only in them are pooled.
    package var namesSamples: Bool

    package var isNumber: Bool {
        switch values {
        case .numbers: true
        case .closed, .open: false
        }
    }

    package var keyMarks: KeyMarks

    /// The condition whose values include the toy models.
    package static let model = "model"

    /// The condition whose values traces name as their tasks.
    package static let task = "task"

    /// The value of a condition that a set-up does not have. Every condition has this value. A scope that leaves out a
    /// condition of the quantity does not cover it.
    package static let notApplicable = "not-applicable"
}

/// One value of an open condition, such as a model.
package struct ConditionValue: Sendable {
    package var condition: String
    package var slug: String
    package var title: String
    /// Whether the value is one of the reasoning models that the north star is about.
    package var isGeneral: Bool
    /// The number of blocks (layers) of a model.
    package var blocks: Int?
    /// The number of attention heads in each block.
    package var heads: Int?
    /// The width of the residual stream.
    package var width: Int?
    package var resources: [ResourceReference]
    /// The attributes of the value, except those that are `unknown`. They are used as conditions named
    /// `condition.attribute`.
    package var attributes: [String: String]
    package var attributeMarks: [String: Mark]
    package var keyMarks: KeyMarks
}

extension Condition: LocatedMapping {
    package static let shape = Shape(
        subject: "a condition",
        keys: [
            .required(
                "title", .text, "The name in reports, in a few words.", example: "Probability that a feature is active"),
            .optional(
                "values", .closedValues,
                "All its values, as a list or as a range of whole numbers; without this key, each value has a file in the condition's folder.",
                example: "[0.1, 0.3, 1]", promptWhen: .always),
            .optional(
                "ordered", .flag, "Whether the list of values is in ascending order.", example: "true",
                promptWhen: .answered("values")),
            .optional(
                "number", .flag, "Whether its values are any decimal numbers; scopes may then name a range.",
                example: "true"),
            .optional(
                "samples", .flag,
                "Whether its values name samples of one population, such as trials; numbers at these values may be pooled.",
                example: "true"),
            .optional(
                "attributes", .names(.anything),
                "Attributes that the values of an open condition may record, such as the family of a model.",
                example: "[family, size, training]", promptWhen: .always),
        ],
        rules: [
            Shape.Rule(
                .with("values", forbids: ["attributes"]), .wrongType,
                "a condition has \"values\" or \"attributes\", not both",
                fix: "remove one of them"),
            Shape.Rule(
                .when("number", is: "true", forbids: ["values", "attributes"]), .wrongType,
                "a condition with `number: true` lists no values and has no attributes",
                fix: "remove `number:` or the other key"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let title = fields.text("title") ?? log.unreadable("")
        let attributes = fields.complete(fields.names("attributes"), of: "attributes")
        let (isOrdered, isNumber) = (fields.flag("ordered"), fields.flag("number"))
        var values = isNumber ? Values.numbers : .open(attributes: attributes?.map(\.value))
        if let node = fields.node("values") {
            guard let closed = fields.closedValues(node) else { return nil }
            values = .closed(closed)
        }
        self.init(
            slug: slug, title: title, values: values, isOrdered: isOrdered || isNumber,
            namesSamples: fields.flag("samples"), keyMarks: fields.keyMarks)
    }
}

extension Fields {
    fileprivate func closedValues(_ node: Node) -> [String]? {
        switch node.content {
        case .mapping:
            return integerRange(node, "the values")?.map(String.init)
        case .scalar:
            log.report(.wrongType, node.mark, "\"values\" must be a list or {from: …, to: …}, not \(node.kindName)")
            return nil
        case .sequence(let elements):
            guard !elements.isEmpty else {
                log.report(.wrongType, node.mark, "\"values\" is an empty list", fix: "name the values")
                return nil
            }
            var values: [String] = []
            var isComplete = true
            for element in elements {
                guard element.scalarText?.isEmpty == false else {
                    log.report(.wrongType, element.mark, "a value must be a word or a number, not \(element.kindName)")
                    isComplete = false
                    continue
                }
                let value = canonicalValue(element)
                if value == "unknown" || value == Condition.notApplicable {
                    log.report(
                        .outOfRange, element.mark, "\"\(value)\" is always allowed and cannot be listed as a value",
                        fix: "remove it")
                } else if values.contains(value) {
                    log.report(
                        .duplicateKey, element.mark, "the value \"\(value)\" is given twice", fix: "keep one of them"
                    )
                } else {
                    values.append(value)
                }
            }
            return isComplete ? values : nil
        }
    }
}

extension ConditionValue: LocatedMapping {
    package static let shape = Shape(
        subject: "a value of a condition",
        keys: [
            .required("title", .text, "The name in reports, as its makers write it.", example: "DeepSeek-R1"),
            .optional(
                "general", .flag, "For a model: whether it is a reasoning model that the north star is about.",
                example: "true", promptWhen: .inFolder("Claims/vocabulary/conditions/\(Condition.model)/")),
            .optional("blocks", .integer(1...100_000), "For a model: its number of blocks (layers).", example: "61"),
            .optional(
                "heads", .integer(1...100_000), "For a model: its number of attention heads in each block.",
                example: "128"),
            .optional(
                "width", .integer(1...10_000_000), "For a model: the width of its residual stream.", example: "7168"),
            .optional(
                "resources", .list(of: ResourceReference.shape),
                "For a model: its checkpoints and other files, by record, address or digest.",
                example: "[{kind: checkpoint, url: \"https://example.org/r1\"}]"),
        ], hasFreeKeys: true)

    init?(condition: String, slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, as: "a value of \"\(condition)\"", log: log) else { return nil }
        let title = fields.text("title") ?? log.unreadable("")
        var attributes: [String: String] = [:]
        var marks: [String: Mark] = [:]
        for entry in fields.allEntries where !Self.shape.keyNames.contains(entry.key) {
            guard entry.value.scalarText?.isEmpty == false else {
                log.report(
                    .wrongType, entry.value.mark,
                    "the attribute \"\(entry.key)\" must be a word or a number, not \(entry.value.kindName)")
                attributes[entry.key] = log.unreadable("")
                continue
            }
            marks[entry.key] = entry.keyMark
            let value = canonicalValue(entry.value)
            if value != "unknown" { attributes[entry.key] = value }
        }
        self.init(
            condition: condition, slug: slug, title: title, isGeneral: fields.flag("general"),
            blocks: fields.integer("blocks"), heads: fields.integer("heads"), width: fields.integer("width"),
            resources: fields.resources(), attributes: attributes, attributeMarks: marks, keyMarks: fields.keyMarks)
    }
}
