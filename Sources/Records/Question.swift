import YAML

/// A node of the question tree. A leaf asks about one quantity; an inner question is answered by its parts.
package struct Question: Sendable {
    /// The rule by which the parts of an inner question answer it.
    package enum Needs: String, Sendable, CaseIterable {
        case answers, all, any
    }

    /// The models about which a question asks: general models, special-purpose models, or either kind.
    package enum Asks: String, Sendable, CaseIterable {
        case general, special, either
    }

    package enum Status: String, Sendable, CaseIterable {
        case proposed, active, retired
    }

    /// The folder of the question below `Claims/`, or `.` for the north star.
    package var id: String
    package var text: String
    package var why: String
    package var quantity: Located<String>?
    package var yes: Located<ValueSet>?
    package var covers: Box
    /// The models about which it asks; nil if it asks about the same models as its parent.
    package var asks: Asks?
    package var needs: Needs
    package var needsIsReadable: Bool
    package var status: Status
    package var alsoUnder: [Located<String>]
    /// The declared effort of a task that no kernel can do.
    package var effortHours: Number?
    package var keyMarks: KeyMarks

    package var isLeaf: Bool { quantity != nil }

    /// The parent question, which is the parent folder; nil for the north star.
    package var parent: String? { Self.parent(of: id) }

    package static func parent(of id: String) -> String? {
        if id == RecordPlace.rootQuestion { return nil }
        guard let slash = id.lastIndex(of: "/") else { return RecordPlace.rootQuestion }
        return String(id[..<slash])
    }
}

extension Question: LocatedMapping {
    package static let shape = Shape(
        subject: "a question",
        keys: [
            .required(
                "question", .text, "The question, in one sentence that ends in a question mark.",
                example: "Do sparse features settle into half a dimension each?"),
            .required(
                "why", .text, "How its answer helps to answer the parent question.",
                example: "A signal that shares dimensions cannot be read one neuron at a time."),
            .optional(
                "quantity", .name(.quantity), "The quantity that a leaf asks about; inner questions have none.",
                example: "dimensions-per-feature", promptWhen: .always),
            .optional(
                "yes", .values,
                "The values of the quantity for which the answer is yes, such as [0.45, 0.55] or {at_least: 0.9}.",
                example: "[0.45, 0.55]", promptWhen: .always),
            .optional(
                "covers", .box(withAttributes: true, allowsUnknown: false),
                "The settings that it asks about; a condition that is left out may have any value.",
                example: "{density: [0.3]}", promptWhen: .always),
            .optional(
                "asks", .choice(Asks.allCases.map(\.rawValue)),
                "Whether it asks about general models, special-purpose models or either (default: the same as its parent).",
                example: "general"),
            .optional(
                "needs", .choice(Needs.allCases.map(\.rawValue)),
                "How the parts answer an inner question: `all` if all of them must be yes, `any` if one yes is enough, `answers` if they only describe the answer.",
                example: "answers", promptWhen: .always),
            .optional(
                "status", .choice(Status.allCases.map(\.rawValue)),
                "`proposed`, `active` (the default) or `retired`; only active questions count.", example: "proposed"),
            .optional(
                "reason", .text, "Why it is retired, and what replaces it.",
                example: "The question about half a dimension covers it."),
            .optional(
                "also_under", .names(.question),
                "Questions below which reports list it too; their answers do not count it.", example: "[superposition]"),
            .optional(
                "effort_hours", .positive(atMost: "100000"),
                "The hours of work that an answer needs, if no kernel can give it.", example: "40"),
        ],
        rules: [
            Shape.Rule(
                .with("quantity", needs: ["yes"]), .missingKey, "a question with a \"quantity\" needs \"yes\"",
                fix: "add `yes:`"),
            Shape.Rule(
                .with("quantity", forbids: ["needs"]), .unknownKey,
                "a question with a \"quantity\" is a leaf and cannot have \"needs\"", fix: "remove one of them"),
            Shape.Rule(
                .without("quantity", forbids: ["yes", "covers"]), .missingKey,
                "\"yes\" and \"covers\" need a \"quantity\"",
                fix: "add `quantity:` or remove it"),
            Shape.Rule(
                .when("status", is: Status.retired.rawValue, needs: ["reason"]), .missingKey,
                "a retired question needs a \"reason\"", fix: "add `reason:`"),
        ])

    init?(id: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let needs = fields.choice("needs", Needs.self)
        _ = fields.text("reason")
        self.init(
            id: id, text: fields.text("question") ?? log.unreadable(""), why: fields.text("why") ?? log.unreadable(""),
            quantity: fields.node("quantity").map { fields.name("quantity") ?? .unreadable($0.mark) },
            yes: fields.valueSet("yes"), covers: fields.box("covers") ?? Box(),
            asks: fields.choice("asks", Asks.self), needs: needs ?? .answers,
            needsIsReadable: needs != nil || fields.node("needs") == nil,
            status: fields.choice("status", Status.self) ?? .active, alsoUnder: fields.names("also_under"),
            effortHours: fields.number("effort_hours")?.value, keyMarks: fields.keyMarks)
    }
}

/// Orders questions by folder, with each question directly before its parts.
package func treeOrder(_ a: String, _ b: String) -> Bool {
    if a == RecordPlace.rootQuestion { return b != a }
    if b == RecordPlace.rootQuestion { return false }
    return a.split(separator: "/").lexicographicallyPrecedes(b.split(separator: "/")) { $0 < $1 }
}
