/// The keys of one kind of mapping. Decoding, editor schemas and their snippets, the prompts and flags of `new`,
/// and the tables in docs/format.md are derived from shapes.
///
/// This is a class, because every mapping refers to its shape during decoding.
package final class Shape: Sendable {
    /// The name of the mapping in messages, with an article, such as `a finding`.
    package let subject: String
    package let keys: [Key]
    package let rules: [Rule]
    /// Whether the mapping may have other keys, whose values are single words or numbers.
    package let hasFreeKeys: Bool
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
        /// A description of the key in one or two sentences, which say what to write.
        package var summary: String
        /// A valid value, as YAML on one line. The names in examples are those of the ledger that `init` writes.
        package var example: String
        package var promptWhen = PromptCondition.never
        package var defaultAnswer: DefaultAnswer?
    }

    /// The condition under which `new` asks for an optional key. Every key also has a flag.
    package enum PromptCondition: Sendable {
        case never, always
        /// `new` prompts if another key has an answer.
        case answered(String)
        /// `new` prompts if the file is in a folder.
        case inFolder(String)
        /// `new` prompts if a toy model measures the quantity.
        case measured
    }

    /// The answer that `new` uses if the user gives none.
    package enum DefaultAnswer: Sendable {
        case text(String)
        case today
        /// The user's name in git.
        case contributor
    }

    /// The type of a key's value.
    package indirect enum Value: Sendable {
        case text
        /// A text that is not blank.
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
        /// A range of numbers or a set of labels.
        case values
        case range
        /// Settings by condition. If `withAttributes` is true, the attributes of values may be used as conditions. The
        /// value `unknown` is possible only if `allowsUnknown` is true.
        case box(withAttributes: Bool, allowsUnknown: Bool = true, atLeastOne: Bool = false)
        /// Settings with arbitrary names, whose values are words or numbers.
        case settings
        /// The values of a condition: a list or a range of integers.
        case closedValues
        case mapping(Shape)
        case list(of: Shape, atLeastOne: Bool = false)
        /// A mapping from arbitrary names to mappings of one shape.
        case each(Shape)
        /// A mapping from labels to ranges.
        case meanings
        /// A mapping from file names to their SHA-256.
        case digests
    }

    /// The kind of record that a name must refer to.
    package enum Namespace: String, Sendable {
        case anything, question, quantity, condition, assumption, finding, claim, model, kernel, codebook, resource
        case toyModel = "toy-model"
        /// A measurement of a toy model, named `toy-model/measurement`.
        case measurement
        /// A toy model or a measurement.
        case verifier
        /// A measurement that a kernel has.
        case kernelMeasurement = "measurement-of-a-kernel"
    }
}

extension Shape.Key {
    static func required(
        _ name: String, _ value: Shape.Value, _ summary: String, example: String,
        defaultAnswer: Shape.DefaultAnswer? = nil
    ) -> Shape.Key {
        Shape.Key(
            name: name, value: value, isRequired: true, summary: summary, example: example,
            defaultAnswer: defaultAnswer)
    }

    static func optional(
        _ name: String, _ value: Shape.Value, _ summary: String, example: String,
        promptWhen: Shape.PromptCondition = .never
    ) -> Shape.Key {
        Shape.Key(name: name, value: value, summary: summary, example: example, promptWhen: promptWhen)
    }
}

extension Shape {
    /// The shape of a range of integers, such as `{from: 0, to: 127}`.
    package static let integers = Shape(
        subject: "integers",
        keys: [
            .required("from", .integer(-1_000_000...1_000_000), "The first whole number of the range.", example: "0"),
            .required("to", .integer(-1_000_000...1_000_000), "The last whole number of the range.", example: "127"),
        ])

    /// The shape of a range of numbers, such as `{from: 0.1, to: 0.9}`.
    package static let numbers = Shape(
        subject: "numbers",
        keys: [
            .required("from", .number, "The lowest number of the range.", example: "0.1"),
            .required("to", .number, "The highest number of the range.", example: "0.9"),
        ])

    package static let bounds = Shape(
        subject: "a range",
        keys: [
            .optional("at_most", .number, "The upper bound; the bound itself is in the range.", example: "6.5"),
            .optional("at_least", .number, "The lower bound; the bound itself is in the range.", example: "0.9"),
            .optional("above", .number, "The lower bound; the bound itself is not in the range.", example: "0"),
            .optional("below", .number, "The upper bound; the bound itself is not in the range.", example: "2"),
            .optional(
                "any_of", .names(.anything, atLeastOne: true), "Labels of the quantity, in place of bounds.",
                example: "[dfs, bfs]"),
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
