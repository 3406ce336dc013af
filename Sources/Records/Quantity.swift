import YAML

/// Something that can be measured or observed: a number in a range, or one of some labels.
///
/// A reference, as a finding is: every claim looks at its quantity.
package final class Quantity: Sendable {
    package let slug: String
    package let title: String
    package let definition: String
    /// What several quantities try to measure; they are listed together, never pooled.
    package let construct: String?
    package let unit: String?
    /// Without any label where it could not be read.
    package let range: ValueSet
    /// What every finding must record.
    package let conditions: [Located<String>]
    /// Conditions that joined later: a finding without them reads as `unknown`.
    package let laterConditions: [Located<String>]

    /// The range's width, where both ends are known.
    package var width: Double? {
        guard case .interval(let range) = range, let lower = range.lower, let upper = range.upper else { return nil }
        return upper.doubleValue - lower.doubleValue
    }

    package static let shape = Shape(
        subject: "a quantity",
        keys: [
            .required("title", .text, "What it is called."),
            .required("definition", .text, "How it is measured, so that two people measure the same."),
            .optional("construct", .text, "What several quantities try to measure; they are listed together."),
            .optional("unit", .text, "What it is counted in."),
            .optional("range", .range, "The values that a number can take."),
            .optional(
                "labels", .names(.anything, atLeastOne: true), "The labels that it can be, where it is no number."),
            .required("conditions", .names(.condition), "What every finding must record; `unknown` is allowed."),
            .optional(
                "later_conditions", .names(.condition), "Conditions that joined later: without them reads `unknown`."),
        ],
        rules: [.exactlyOne(["range", "labels"])])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        var range: ValueSet?
        switch (fields.node("range"), fields.node("labels")) {
        case (let range?, let labels?):
            log.report(
                .wrongType, max(range.mark, labels.mark), "a quantity has a range or labels, not both",
                fix: "remove one of them")
        case (nil, nil):
            log.report(
                .missingKey, fields.mark, "a quantity needs a \"range\" or \"labels\"",
                fix: "add `range: [0, 1]` or `labels: [a, b]`")
        case (nil, _?):
            range = fields.labels("labels")
        case (let node?, nil):
            range = fields.valueSet("range")?.value
            if case .labels = range {
                log.report(.wrongType, node.mark, "the range of a number cannot be labels", fix: "write `labels:`")
            }
        }
        self.slug = slug
        title = fields.requiredText("title") ?? log.unread("")
        definition = fields.requiredText("definition") ?? log.unread("")
        construct = fields.text("construct")
        unit = fields.text("unit")
        self.range = range ?? log.unread(.labels([]))
        conditions = fields.required("conditions").map { _ in fields.names("conditions") } ?? log.unread([])
        laterConditions = fields.names("later_conditions")
    }
}
