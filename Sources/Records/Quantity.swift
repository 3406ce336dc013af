import YAML

/// Something that can be measured or observed: a number in a range, or one of some labels.
///
/// A reference, as a finding is: every claim looks at its quantity.
package final class Quantity: LocatedMapping, Sendable {
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
    package let keyMarks: KeyMarks

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
            .optional(
                "construct", .text, "What several quantities try to measure; they are listed together.",
                promptWhen: .always),
            .optional("unit", .text, "What it is counted in.", promptWhen: .always),
            .optional("range", .range, "The values that a number can take.", promptWhen: .always),
            .optional(
                "labels", .names(.anything, atLeastOne: true), "The labels that it can be, where it is no number."),
            .required("conditions", .names(.condition), "What every finding must record; `unknown` is allowed."),
            .optional(
                "later_conditions", .names(.condition), "Conditions that joined later: without them reads `unknown`."),
        ],
        rules: [
            Shape.Rule(
                .without("range", needs: ["labels"]), .missingKey, "a quantity needs a \"range\" or \"labels\"",
                fix: "add `range: [0, 1]` or `labels: [a, b]`"),
            Shape.Rule(
                .with("range", forbids: ["labels"]), .wrongType, "a quantity has a range or labels, not both",
                fix: "remove one of them"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let (range, labels) = (fields.valueSet("range"), fields.labels("labels"))
        if let range, case .labels = range.value {
            log.report(.wrongType, range.mark, "the range of a number cannot be labels", fix: "write `labels:`")
        }
        keyMarks = fields.keyMarks
        self.slug = slug
        title = fields.text("title") ?? log.unreadable("")
        definition = fields.text("definition") ?? log.unreadable("")
        construct = fields.text("construct")
        unit = fields.text("unit")
        self.range = range?.value ?? labels ?? log.unreadable(.labels([]))
        conditions = fields.names("conditions")
        laterConditions = fields.names("later_conditions")
    }
}
