import Records

extension Shape {
    /// A key that the command `new` accepts. Each key of a required mapping is a separate answer.
    package struct Answer: Sendable {
        package let key: Key
        /// The shape of the mapping that contains the key.
        let shape: Shape
        /// The path before the key's name, such as `claims.` in `claims.quantity`.
        let prefix: String
        /// Whether the mapping that contains the key is required.
        let isInRequiredMapping: Bool

        package var path: String { prefix + key.name }
    }

    package func answers() -> [Answer] { answers(below: "", isRequired: true) }

    private func answers(below prefix: String, isRequired: Bool) -> [Answer] {
        keys.flatMap { key in
            key.nested?.answers(below: "\(prefix)\(key.name).", isRequired: isRequired && key.isRequired)
                ?? [Answer(key: key, shape: self, prefix: prefix, isInRequiredMapping: isRequired)]
        }
    }
}

extension Shape.Key {
    fileprivate var nested: Shape? {
        if case .list(let shape, _) = value, isRequired { return shape }
        if case .mapping(let shape) = value, isRequired || shape.keys.allSatisfy(\.isRequired) { return shape }
        return nil
    }
}

extension Shape.Value {
    /// Whether a value of this type consists of named settings.
    package var takesNamedSettings: Bool {
        switch self {
        case .box, .settings: true
        case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice, .date,
            .values, .range, .closedValues, .mapping, .list, .each, .meanings, .digests:
            false
        }
    }
}
