import YAML

/// A named axis of settings: a closed list of values, or an open one with a file for each value.
package struct Condition: Sendable {
    package enum Values: Sendable {
        /// Sorted canonical spellings, with the order as written kept beside them.
        case closed([String])
        /// Attributes that the values may record; nil where the condition does not restrict them.
        case open(attributes: [String]?)
    }

    package var slug: String
    package var title: String
    package var values: Values
    package var isOrdered: Bool

    /// The condition that toy models are values of.
    package static let model = "model"
}

/// One value of an open condition, such as a model.
package struct ConditionValue: Sendable {
    package var condition: String
    package var slug: String
    package var title: String
    /// One of the reasoning models that the north star is about.
    package var isGeneral: Bool
    /// Act as conditions named `condition.attribute`; `unknown` ones are left out.
    package var attributes: [String: String]
    package var attributeMarks: [String: Mark]
}

extension Condition {
    package static let shape = Shape(
        subject: "a condition",
        keys: [
            .required("title", .text, "What it is called."),
            .optional(
                "values", .closedValues, "All its values; without it each value has a file in the folder beside."),
            .optional("ordered", .flag, "Whether the order of its values means something."),
            .optional(
                "attributes", .names(.anything), "What the values of an open condition may record of themselves."),
        ],
        rules: [.with("values", forbids: ["attributes"])])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let title = fields.requiredText("title") ?? log.unread("")
        var values: Values?
        switch (fields.node("values"), fields.node("attributes")) {
        case (let values?, _?):
            log.report(
                .wrongType, values.mark,
                "a condition with \"values\" is a closed list, and only open ones have \"attributes\"",
                fix: "remove one of them")
        case (nil, _):
            let attributes = fields.whole(fields.names("attributes"), of: "attributes")
            values = .open(attributes: attributes?.map(\.value))
        case (let node?, nil):
            values = fields.closedValues(node).map(Values.closed)
        }
        guard let values else { return nil }
        self.init(slug: slug, title: title, values: values, isOrdered: fields.flag("ordered"))
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
            var isWhole = true
            for element in elements {
                guard element.scalarText?.isEmpty == false else {
                    log.report(.wrongType, element.mark, "a value must be a word or a number, not \(element.kindName)")
                    isWhole = false
                    continue
                }
                let value = canonicalValue(element)
                if value == "unknown" {
                    log.report(
                        .outOfRange, element.mark, "\"unknown\" is always allowed and is no value of its own",
                        fix: "remove it")
                } else if values.contains(value) {
                    log.report(
                        .duplicateKey, element.mark, "the value \"\(value)\" stands here twice", fix: "keep one of them"
                    )
                } else {
                    values.append(value)
                }
            }
            return isWhole ? values : nil
        }
    }
}

extension ConditionValue {
    /// Beside attributes of any name.
    package static let shape = Shape(
        subject: "a value of a condition",
        keys: [
            .required("title", .text, "What it is called."),
            .optional("general", .flag, "Of a model: one of the reasoning models that the north star is about."),
        ])

    /// `attributes` are those that the condition allows, nil for any.
    init?(condition: String, slug: String, node: Node, log: FileLog) {
        guard case .mapping(let entries) = node.content else {
            log.report(
                .wrongType, node.mark,
                "a value of \"\(condition)\" must be a mapping of keys to values, not \(node.kindName)")
            return nil
        }
        let known = Self.shape.known + entries.map(\.key)
        guard let fields = Fields(node, "a value of \"\(condition)\"", known: known, log: log) else { return nil }
        let title = fields.requiredText("title") ?? log.unread("")
        var attributes: [String: String] = [:]
        var marks: [String: Mark] = [:]
        for entry in entries where !Self.shape.known.contains(entry.key) {
            guard entry.value.scalarText?.isEmpty == false else {
                log.report(
                    .wrongType, entry.value.mark,
                    "the attribute \"\(entry.key)\" must be a word or a number, not \(entry.value.kindName)")
                attributes[entry.key] = log.unread("")
                continue
            }
            marks[entry.key] = entry.keyMark
            let value = canonicalValue(entry.value)
            if value != "unknown" { attributes[entry.key] = value }
        }
        self.init(
            condition: condition, slug: slug, title: title, isGeneral: fields.flag("general"), attributes: attributes,
            attributeMarks: marks)
    }
}
