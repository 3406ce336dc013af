/// What one mapping of a record may hold, as far as one file tells: decoding, editors' schemas, the prompts and flags of
/// `new` and the tables of docs/format.md all follow from it.
///
/// A reference: every mapping holds its shape while it is decoded.
package final class Shape: Sendable {
    /// With its article, as messages say it: `a finding`.
    package let subject: String
    package let keys: [Key]
    package let rules: [Rule]
    /// Besides its keys it takes names of the writer's choice, with single words or numbers.
    package let hasFreeKeys: Bool
    /// The keys' names.
    package let keyNames: [String]

    init(subject: String, keys: [Key], rules: [Rule] = [], hasFreeKeys: Bool = false) {
        self.subject = subject
        self.keys = keys
        self.rules = rules
        self.hasFreeKeys = hasFreeKeys
        keyNames = keys.map(\.name)
    }

    package func key(_ name: some StringProtocol) -> Key? { keys.first { $0.name == name } }

    func requires(_ name: String) -> Bool { keyNames.firstIndex(of: name).map { keys[$0].isRequired } ?? false }

    package struct Key: Sendable {
        package var name: String
        package var value: Value
        package var isRequired = false
        /// One sentence.
        package var summary: String
        package var promptWhen = PromptCondition.never
        package var defaultAnswer: DefaultAnswer?
    }

    /// Whether `new` asks for an optional key; one that it does not ask for has a flag all the same.
    package enum PromptCondition: Sendable {
        case never, always
        /// Where another key is answered.
        case answered(String)
        /// In files of a folder.
        case inFolder(String)
    }

    /// What `new` takes where nothing is answered.
    package enum DefaultAnswer: Sendable {
        case text(String)
        case today
        /// Who writes, as git knows them.
        case contributor
    }

    /// What may stand behind a key.
    package indirect enum Value: Sendable {
        case text
        /// A text that is more than blanks.
        case sentence
        case name(Namespace)
        case names(Namespace, atLeastOne: Bool = false)
        case number
        case positive(atMost: String)
        case atLeast0
        case between(String, String)
        case integer(ClosedRange<Int>)
        case flag
        case choice([String])
        case date
        /// A range of numbers, or labels.
        case values
        case range
        /// Settings by condition; attributes of values count as conditions where `withAttributes`.
        case box(withAttributes: Bool)
        /// Single words or numbers by name.
        case settings
        /// The values of a condition: a list, or integers from one to another.
        case closedValues
        case mapping(Shape)
        case list(of: Shape, atLeastOne: Bool = false)
        /// A mapping of names of the writer's choice, each to such a mapping.
        case each(Shape)
        /// The range that means each label.
        case meanings
    }

    /// What a name must be the name of.
    package enum Namespace: Sendable {
        case anything, question, quantity, condition, assumption, finding, claim, toyModel, model, verifier, kernel
    }
}

extension Shape.Key {
    static func required(
        _ name: String, _ value: Shape.Value, _ summary: String, defaultAnswer: Shape.DefaultAnswer? = nil
    ) -> Shape.Key {
        Shape.Key(name: name, value: value, isRequired: true, summary: summary, defaultAnswer: defaultAnswer)
    }

    static func optional(
        _ name: String, _ value: Shape.Value, _ summary: String, promptWhen: Shape.PromptCondition = .never
    ) -> Shape.Key {
        Shape.Key(name: name, value: value, summary: summary, promptWhen: promptWhen)
    }
}

extension Shape {
    /// `{from: 0, to: 127}`.
    package static let integers = Shape(
        subject: "integers",
        keys: [
            .required("from", .integer(-1_000_000...1_000_000), "The first."),
            .required("to", .integer(-1_000_000...1_000_000), "The last."),
        ])

    package static let bounds = Shape(
        subject: "a range",
        keys: [
            .optional("at_most", .number, "The largest value, itself included."),
            .optional("at_least", .number, "The smallest value, itself included."),
            .optional("above", .number, "What every value is above."),
            .optional("below", .number, "What every value is below."),
            .optional("any_of", .names(.anything, atLeastOne: true), "Labels; beside no bounds."),
        ],
        rules: [
            Rule(
                .with("at_least", forbids: ["above"]), .wrongType, "a range has \"at_least\" or \"above\", not both",
                fix: "keep one of them"),
            Rule(
                .with("at_most", forbids: ["below"]), .wrongType, "a range has \"at_most\" or \"below\", not both",
                fix: "keep one of them"),
            Rule(
                .with("any_of", forbids: ["at_most", "at_least", "above", "below"]), .wrongType,
                "a range has labels or bounds, not both", fix: "keep `any_of` or the bounds"),
            Rule(
                .atLeastOne(["at_most", "at_least", "above", "below", "any_of"]), .wrongType,
                "a range needs a bound or labels", fix: "write one of at_most, at_least, above, below or any_of"),
        ])
}
