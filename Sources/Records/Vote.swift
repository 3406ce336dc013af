import YAML

/// How much one contributor wants a question answered; its handle is the file's name, so two votes never conflict.
package struct Vote: Sendable {
    package static let weights = 0...10

    package var question: String
    package var handle: String
    /// The full name, where the voter gives it.
    package var who: String?
    package var weight: Int
    package var reason: String
    package var date: String
}

extension Vote {
    package static let shape = Shape(
        subject: "a vote",
        keys: [
            .optional("who", .text, "The voter's full name; the handle is the file's name."),
            .required("weight", .integer(weights), "How much the question above should be answered."),
            .required("reason", .sentence, "Why it matters so much, or so little."),
            .required("date", .date, "When this was said."),
        ])

    init?(question: String, handle: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        let weight = fields.required("weight").flatMap { _ in fields.integer("weight", in: Self.weights) }
        self.init(
            question: question, handle: handle, who: fields.text("who"), weight: weight ?? log.unread(0),
            reason: fields.reason() ?? log.unread(""), date: fields.requiredDate("date") ?? log.unread(""))
    }
}

extension Fields {
    /// A number without a reason cannot be argued with.
    fileprivate func reason() -> String? {
        if let node = node("reason"), let text = node.scalarText, text.allSatisfy(\.isWhitespace) {
            log.report(
                .missingKey, node.mark, "\"reason\" of a vote says nothing",
                fix: "say in a sentence why the question matters so much, or so little")
            return nil
        }
        return requiredText("reason")
    }
}
