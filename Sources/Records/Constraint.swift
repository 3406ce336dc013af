import YAML

/// A statement that some cells cannot exist, such as those of a model that only knows one task. Constraints guide
/// suggestions and counts of covered cells. They never change which cells claims share.
package struct Constraint: Sendable {
    package var slug: String
    package var title: String?
    package var why: String?
    /// The settings to which the constraint applies.
    package var when: Box
    /// The only values that conditions can have at these settings.
    package var only: Box
    package var keyMarks: KeyMarks
}

extension Constraint: LocatedMapping {
    package static let shape = Shape(
        subject: "a constraint",
        keys: [
            .optional(
                "title", .text, "The name in reports, in a few words.", example: "R1 is trained by reinforcement"),
            .optional(
                "why", .text, "Why no other cells can exist.", example: "No other version of the model was published.",
                promptWhen: .always),
            .required(
                "when", .box(withAttributes: true, allowsUnknown: false), "The settings to which it applies.",
                example: "{model: [superposition-geometry]}"),
            .required(
                "only", .box(withAttributes: true, allowsUnknown: false, atLeastOne: true),
                "The only values that conditions can have at these settings.", example: "{density: [0.1, 0.3]}"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            slug: slug, title: fields.text("title"), why: fields.text("why"),
            when: fields.box("when") ?? log.unreadable(.unreadable),
            only: fields.box("only") ?? log.unreadable(.unreadable), keyMarks: fields.keyMarks)
    }
}

/// The cells that the constraints of a ledger exclude.
package struct ExcludedCells: Sendable {
    private var constraints: [(when: Scope, only: Scope)] = []

    init() {}

    init(_ constraints: [Constraint], vocabulary: Vocabulary) {
        self.constraints = constraints.map {
            (Scope($0.when, vocabulary: vocabulary), Scope($0.only, vocabulary: vocabulary))
        }
    }

    var isEmpty: Bool { constraints.isEmpty }

    /// Whether a cell satisfies `when` of a constraint although one of its conditions has a value that `only` does not
    /// list.
    func contains(_ cell: [String: String]) -> Bool {
        constraints.contains { constraint in
            constraint.when.sides.allSatisfy { side in cell[side.condition].map(side.values.contains) ?? false }
                && constraint.only.sides.contains { side in
                    cell[side.condition].map { !side.values.contains($0) } ?? false
                }
        }
    }
}

extension ConditionValue {
    /// The number of a model's parts that a condition numbers from 0: its blocks for `layer`, its heads for `head`. nil
    /// for other conditions and if the number is not recorded.
    package func partCount(of condition: String) -> Int? {
        switch condition {
        case "layer": blocks
        case "head": heads
        default: nil
        }
    }
}

extension LedgerState {
    /// Whether a cell cannot exist: a constraint excludes it, or its model has no such layer or head.
    package func isExcluded(_ cell: [String: String]) -> Bool {
        if excluded.contains(cell) { return true }
        guard let model = cell[Condition.model].flatMap({ vocabulary.value($0, of: Condition.model) }) else {
            return false
        }
        return cell.contains { condition, value in
            guard let count = model.partCount(of: condition), let number = Int(value) else { return false }
            return number < 0 || number >= count
        }
    }

    /// Whether some cell of these conditions may be excluded.
    package func mayExcludeCells(of conditions: [String]) -> Bool {
        !excluded.isEmpty
            || conditions.contains(Condition.model) && (conditions.contains("layer") || conditions.contains("head"))
    }
}
