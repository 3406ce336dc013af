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
            .optional("title", .text, "Its name in reports."),
            .optional("why", .text, "Why no other cells can exist.", promptWhen: .always),
            .required("when", .box(withAttributes: true), "The settings to which it applies."),
            .required(
                "only", .box(withAttributes: true), "The only values that conditions can have at these settings."),
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
    private var constraints: [(slug: String, when: Scope, only: Scope)] = []

    init() {}

    init(_ constraints: [Constraint], vocabulary: Vocabulary) {
        self.constraints = constraints.sorted { $0.slug < $1.slug }.map {
            ($0.slug, Scope($0.when, vocabulary: vocabulary), Scope($0.only, vocabulary: vocabulary))
        }
    }

    /// Returns the first constraint that excludes a cell: the cell satisfies `when`, and a condition that it names has
    /// a value that `only` does not list.
    package func constraint(excluding cell: [String: String]) -> String? {
        constraints.first { constraint in
            constraint.when.sides.allSatisfy { side in cell[side.condition].map(side.values.contains) ?? false }
                && constraint.only.sides.contains { side in
                    cell[side.condition].map { !side.values.contains($0) } ?? false
                }
        }?.slug
    }
}

extension LedgerState {
    /// Whether a cell cannot exist: a constraint excludes it, or its model has no such layer or head.
    package func isExcluded(_ cell: [String: String]) -> Bool {
        if excluded.constraint(excluding: cell) != nil { return true }
        guard let model = cell[Condition.model].flatMap({ vocabulary.value($0, of: Condition.model) }) else {
            return false
        }
        return [("layer", model.blocks), ("head", model.heads)].contains { condition, count in
            guard let count, let number = cell[condition].flatMap({ Int($0) }) else { return false }
            return number < 0 || number >= count
        }
    }
}
