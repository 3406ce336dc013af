import YAML

/// A named statement that claims may rely on without evidence for it.
package struct Assumption: Sendable {
    /// The assumption that a toy model's results carry over to other models.
    package struct Bridge: LocatedMapping, Sendable {
        package var from: [Located<String>]
        package var to: [Located<String>]
        package var keyMarks: KeyMarks

        package static let shape = Shape(
            subject: "a bridge",
            keys: [
                .required(
                    "from", .names(.toyModel, atLeastOne: true), "The toy models.", example: "[superposition-geometry]"),
                .required(
                    "to", .names(.model, atLeastOne: true), "The models to which their results carry over.",
                    example: "[r1]"),
            ])
    }

    package var slug: String
    package var statement: String
    package var bridge: Bridge?
    package var testedBy: Located<String>?
    package var excludes: [Located<String>]
    package var keyMarks: KeyMarks
}

extension Assumption: LocatedMapping {
    package static let shape = Shape(
        subject: "an assumption",
        keys: [
            .required(
                "statement", .text, "The statement taken on trust, in one sentence.",
                example: "Feature sharing in toy autoencoders is the sharing found in R1's residual stream."),
            .optional(
                "bridge", .mapping(Bridge.shape), "States that a toy model's results carry over to other models.",
                example: "{from: [superposition-geometry], to: [r1]}"),
            .optional(
                "tested_by", .name(.question), "The question whose answer decides whether the assumption holds.",
                example: "superposition", promptWhen: .always),
            .optional(
                "excludes", .names(.assumption), "Assumptions that contradict this one.",
                example: "[features-have-their-own-dimensions]"),
        ])

    init?(slug: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        var bridge: Bridge?
        if let node = fields.node("bridge"), let ends = Fields(node, Bridge.shape, log: log) {
            bridge = Bridge(from: ends.names("from"), to: ends.names("to"), keyMarks: ends.keyMarks)
        }
        self.init(
            slug: slug, statement: fields.text("statement") ?? log.unreadable(""), bridge: bridge,
            testedBy: fields.name("tested_by"), excludes: fields.names("excludes"), keyMarks: fields.keyMarks)
    }
}
