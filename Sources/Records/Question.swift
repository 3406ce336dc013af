import YAML

/// A node of the question tree: a leaf asks about one quantity, an inner question is answered by its parts.
package struct Question: Sendable {
    /// How the parts answer an inner question.
    package enum Needs: String, Sendable, CaseIterable {
        case answers, all, any
    }

    package enum Status: String, Sendable, CaseIterable {
        case proposed, active, retired
    }

    /// Its folder below `Claims/`; the north star is `.`.
    package var id: String
    package var text: String
    package var why: String
    package var quantity: Located<String>?
    package var yes: Located<ValueSet>?
    package var covers: Box
    package var needs: Needs
    package var needsIsReadable: Bool
    package var status: Status
    package var alsoUnder: [Located<String>]
    /// Declared for a task that no kernel can carry out.
    package var effortHours: Number?
    package var keyMarks: KeyMarks

    package var isLeaf: Bool { quantity != nil }

    /// The folder above, nil for the north star.
    package var parent: String? { Self.parent(of: id) }

    /// The folder above and the questions that it is also under.
    package var parents: [String] { [parent].compactMap(\.self) + alsoUnder.map(\.value) }

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
            .required("question", .text, "What is asked."),
            .required("why", .text, "How its answer takes us closer to that of the question above."),
            .optional(
                "quantity", .name(.quantity), "What a leaf asks about; an inner question has none.",
                promptWhen: .always),
            .optional("yes", .values, "Where the quantity lies if the answer is yes.", promptWhen: .always),
            .optional("covers", .box(withAttributes: true), "The settings that it asks about.", promptWhen: .always),
            .optional(
                "needs", .choice(Needs.allCases.map(\.rawValue)), "How the parts answer an inner question.",
                promptWhen: .always),
            .optional("status", .choice(Status.allCases.map(\.rawValue)), "Only active questions count; the default."),
            .optional("reason", .text, "Why it is retired."),
            .optional("also_under", .names(.question), "Other questions that it is a part of."),
            .optional("effort_hours", .positive(atMost: "100000"), "Declared for what no kernel can carry out."),
        ],
        rules: [
            Shape.Rule(
                .with("quantity", needs: ["yes"]), .missingKey, "a question with a \"quantity\" needs \"yes\"",
                fix: "add `yes:`"),
            Shape.Rule(
                .with("quantity", forbids: ["needs"]), .unknownKey,
                "a question with a quantity is a leaf and has no \"needs\"", fix: "remove one of them"),
            Shape.Rule(
                .without("quantity", forbids: ["yes", "covers"]), .missingKey,
                "only a question with a \"quantity\" has \"yes\" and \"covers\"",
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
            yes: fields.valueSet("yes"), covers: fields.box("covers") ?? Box(), needs: needs ?? .answers,
            needsIsReadable: needs != nil || fields.node("needs") == nil,
            status: fields.choice("status", Status.self) ?? .active, alsoUnder: fields.names("also_under"),
            effortHours: fields.number("effort_hours")?.value, keyMarks: fields.keyMarks)
    }
}

/// Folder by folder, so that a question stands right before its parts.
package func treeOrder(_ a: String, _ b: String) -> Bool {
    if a == RecordPlace.rootQuestion { return b != a }
    if b == RecordPlace.rootQuestion { return false }
    return a.split(separator: "/").lexicographicallyPrecedes(b.split(separator: "/")) { $0 < $1 }
}
