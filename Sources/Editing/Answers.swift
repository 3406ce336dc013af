import Records

extension Shape {
    /// A key that `new` takes an answer to. The keys of a mapping that the record needs as a whole are answered one by one.
    package struct Answer: Sendable {
        package let key: Key
        /// The mapping that the key is of.
        let shape: Shape
        /// Before its name in its path: `claims.` of `claims.quantity`.
        let prefix: String
        /// The record cannot be without the mapping that the key is of.
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
    /// Whether it takes settings by name.
    package var takesNamedSettings: Bool {
        switch self {
        case .box, .settings: true
        case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice, .date,
            .values, .range, .closedValues, .mapping, .list, .each, .meanings:
            false
        }
    }
}
