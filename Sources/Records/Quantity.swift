import YAML

/// A measurable or observable property: a number in a range, or one of several labels.
///
/// This is a class for the same reason as `Finding`.
package final class Quantity: LocatedMapping, Sendable {
    package let slug: String
    package let title: String
    package let definition: String
    /// The construct that the quantity operationalises. Quantities with the same construct are listed together, but
    /// their results are never combined.
    package let construct: String?
    package let unit: String?
    /// Whether the values are shares from 0 to 1.
    package let isShare: Bool
    /// Whether the values are percentages from 0 to 100, or differences of percentages.
    package let isPercent: Bool
    /// The quantity whose values are subtracted to give this quantity.
    package let differenceOf: Located<String>?
    /// The smallest difference that matters; a smaller one counts as none.
    package let margin: Located<Number>?
    /// The possible values; an empty set of labels if they could not be read.
    package let range: ValueSet
    /// Conditions that every finding must record.
    package let conditions: [Located<String>]
    /// Conditions that were added later. If a finding does not record such a condition, the condition's value is
    /// `unknown`.
    package let laterConditions: [Located<String>]
    package let keyMarks: KeyMarks

    /// Whether the quantity depends on a condition, which findings must record or which was added later.
    package func hasCondition(_ name: String) -> Bool {
        conditions.contains { $0.value == name } || laterConditions.contains { $0.value == name }
    }

    /// The width of the range if it has two bounds; nil otherwise.
    package var width: Double? {
        guard case .interval(let range) = range, let lower = range.lower, let upper = range.upper else { return nil }
        return upper.doubleValue - lower.doubleValue
    }

    package static let shape = Shape(
        subject: "a quantity",
        keys: [
            .required("title", .text, "The name in reports, in a few words.", example: "Dimensions per feature (D*)"),
            .required(
                "definition", .text, "How it is measured, precisely enough to repeat.",
                example: "m / ||W||²_F of the trained weights."),
            .optional(
                "construct", .text, "The construct it operationalises; its quantities are listed together.",
                example: "superposition", promptWhen: .always),
            .optional(
                "unit", .text, "The unit of its numbers.", example: "dimensions per feature",
                promptWhen: .answered("range")),
            .optional("share", .flag, "Whether it is a share from 0 to 1.", example: "true"),
            .optional("percent", .flag, "Whether it is a percentage from 0 to 100.", example: "true"),
            .optional(
                "difference_of", .name(.quantity), "The quantity whose values are subtracted.",
                example: "dimensions-per-feature"),
            .optional(
                "margin", .number, "The smallest difference that matters; a smaller one counts as none.",
                example: "0.05"),
            .optional(
                "range", .range, "The possible values of a number, such as [0, 1] or {at_least: 0}.", example: "[0, 2]",
                promptWhen: .always),
            .optional(
                "labels", .names(.anything, atLeastOne: true), "The possible labels, if it is not a number.",
                example: "[dfs, bfs]"),
            .required(
                "conditions", .names(.condition), "Conditions that every finding must record; `unknown` is allowed.",
                example: "[model, density]"),
            .optional(
                "later_conditions", .names(.condition),
                "Conditions added later; a finding without them counts as `unknown`.", example: "[density]"),
        ],
        rules: [
            Shape.Rule(
                .without("range", needs: ["labels"]), .missingKey, "a quantity needs a \"range\" or \"labels\"",
                fix: "add `range: [0, 1]` or `labels: [a, b]`"),
            Shape.Rule(
                .with("range", forbids: ["labels"]), .wrongType, "a quantity has a range or labels, not both",
                fix: "remove one of them"),
            Shape.Rule(
                .with("labels", forbids: ["share", "percent", "difference_of", "margin"]), .wrongType,
                "a quantity with labels is no number", fix: "remove `labels:` or the other key"),
            Shape.Rule(
                .when("share", is: "true", forbids: ["percent"]), .wrongType,
                "a quantity is a share or a percentage, not both", fix: "remove one of them"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let (range, labels) = (fields.valueSet("range"), fields.labels("labels"))
        if let range, case .labels = range.value {
            log.report(
                .wrongType, range.mark, "\"range\" must be a range of numbers, not labels", fix: "write `labels:`")
        }
        keyMarks = fields.keyMarks
        self.slug = slug
        title = fields.text("title") ?? log.unreadable("")
        definition = fields.text("definition") ?? log.unreadable("")
        construct = fields.text("construct")
        unit = fields.text("unit")
        isShare = fields.flag("share")
        isPercent = fields.flag("percent")
        differenceOf = fields.name("difference_of")
        margin = fields.number("margin")
        self.range = range?.value ?? labels ?? log.unreadable(.labels([]))
        conditions = fields.names("conditions")
        laterConditions = fields.names("later_conditions")
    }
}
