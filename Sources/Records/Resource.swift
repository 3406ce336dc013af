import YAML

/// A file outside the ledger on which records rest, named by its digest.
package struct Resource: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case checkpoint, data, traces, activations, code, figure
    }

    package var slug: String
    package var title: String
    package var kind: Kind
    package var keyMarks: KeyMarks
}

extension Resource: LocatedMapping {
    package static let shape = Shape(
        subject: "a resource",
        keys: [
            .required("title", .text, "Its name in reports."),
            .required("kind", .choice(Kind.allCases.map(\.rawValue)), "What it is."),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            slug: slug, title: fields.text("title") ?? log.unreadable(""),
            kind: fields.choice("kind", Kind.self) ?? log.unreadable(.data), keyMarks: fields.keyMarks)
    }
}
