import YAML

/// The priority that one contributor gives to a question. The name of the file is the contributor's handle, so votes
/// never conflict in git.
package struct Vote: Sendable {
    package static let weights = 0...10

    package var question: String
    package var handle: String
    /// The voter, such as `Ada <ada@example.org>`. If the ledger lists signers, votes count by this address.
    package var who: String?
    package var weight: Int
    package var reason: String
    package var date: String
    package var keyMarks: KeyMarks
}

extension Vote: LocatedMapping {
    package static let shape = Shape(
        subject: "a vote",
        keys: [
            .optional(
                "who", .text, "The voter, as `Name <address>`; the handle is the file's name.",
                example: "Ada <ada@example.org>"),
            .required(
                "weight", .integer(weights), "The priority of the question, from 0 (none) to 10 (first of all).",
                example: "7"),
            .required(
                "reason", .sentence, "The reason for this priority, in one sentence.",
                example: "Probes of every model depend on the answer."),
            .required("date", .date, "The date of the vote.", example: "2025-06-30", defaultAnswer: .today),
        ])

    init?(question: String, handle: String, node: Node, log: FileLog) {
        guard let fields = Fields(node, Self.shape, log: log) else { return nil }
        self.init(
            question: question, handle: handle, who: fields.text("who"),
            weight: fields.integer("weight") ?? log.unreadable(0), reason: fields.text("reason") ?? log.unreadable(""),
            date: fields.date("date")?.value ?? log.unreadable(""), keyMarks: fields.keyMarks)
    }
}
