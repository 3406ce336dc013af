/// What one mapping of a record may hold, as far as one file tells: what decoding knows of its keys, and what editors are
/// told of them.
package struct Shape: Sendable {
    /// With its article, as messages say it: `a finding`.
    let subject: String
    package let keys: [Key]
    package let rules: [Rule]
    /// The keys' names, made once: decoding asks for them with every mapping.
    let known: [String]

    init(subject: String, keys: [Key], rules: [Rule] = []) {
        self.subject = subject
        self.keys = keys
        self.rules = rules
        known = keys.map(\.name)
    }

    package struct Key: Sendable {
        package var name: String
        package var value: Value
        package var isRequired = false
        /// One sentence, for who hovers over it.
        package var about: String
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

    /// What keys say of one another; a key without a value counts as absent.
    package enum Rule: Sendable {
        case with(String, needs: [String] = [], forbids: [String] = [])
        case without(String, needs: [String] = [], forbids: [String] = [])
        case when(String, is: String, needs: [String])
        case exactlyOne([String])
        /// There must be one key in all.
        case single
        /// Without a key, another one's mapping needs one of these.
        case estimate(without: String, of: String, needsOneOf: [String])
        /// A share of items: says of how many, and lies between 0 and 1.
        case share(flag: String, of: String, value: String)
    }
}

extension Shape.Key {
    static func required(_ name: String, _ value: Shape.Value, _ about: String) -> Shape.Key {
        Shape.Key(name: name, value: value, isRequired: true, about: about)
    }

    static func optional(_ name: String, _ value: Shape.Value, _ about: String) -> Shape.Key {
        Shape.Key(name: name, value: value, about: about)
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
        ])
}
