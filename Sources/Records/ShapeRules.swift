import YAML

extension Shape {
    /// A relation between keys of a mapping; a key without a value counts as absent.
    package struct Rule: Sendable {
        package enum Condition: Sendable {
            case with(String, needs: [String] = [], forbids: [String] = [])
            case without(String, needs: [String] = [], forbids: [String] = [])
            case when(String, is: String, needs: [String])
            /// The mapping must have exactly one key.
            case single
            case atLeastOne([String])
            /// If the key `without` is absent, the mapping at the key `of` must have one of the keys in `needsOneOf`.
            case estimate(without: String, of: String, needsOneOf: [String])
            /// If a flag is true, a number must be between 0 and 1.
            case share(flag: String, value: String)
        }

        package let condition: Condition
        let code: Diagnostic.Code
        /// The diagnostic's message.
        package let sentence: String
        let fix: String?

        init(_ condition: Condition, _ code: Diagnostic.Code, _ sentence: String, fix: String? = nil) {
            self.condition = condition
            self.code = code
            self.sentence = sentence
            self.fix = fix
        }
    }
}

extension Fields {
    /// Reports the rules of the shape that the mapping breaks, and returns whether it breaks any.
    func reportBrokenRules() -> Bool {
        var isBroken = false
        for rule in shape.rules {
            guard let mark = violation(of: rule.condition) else { continue }
            log.report(rule.code, mark, rule.sentence, fix: rule.fix)
            isBroken = true
        }
        return isBroken
    }

    /// Returns the place at which the mapping breaks a rule; nil if it does not break the rule.
    private func violation(of rule: Shape.Rule.Condition) -> Mark? {
        switch rule {
        case .with(let key, let needs, let forbids):
            guard let node = node(key) else { return nil }
            return isMissing(needs) ? node.mark : place(of: forbids)
        case .without(let key, let needs, let forbids):
            guard node(key) == nil else { return nil }
            return isMissing(needs) ? mark : place(of: forbids)
        case .when(let key, let word, let needs):
            guard let node = node(key), node.scalarText == word, isMissing(needs) else { return nil }
            return node.mark
        case .single:
            return allEntries.count == 1 && !allEntries[0].value.isAbsent ? nil : mark
        case .atLeastOne(let keys):
            let isOfOthers = allEntries.contains { !shape.keyNames.contains($0.key) }
            return keys.allSatisfy { node($0) == nil } && !isOfOthers ? mark : nil
        case .estimate(let key, let other, let numbers):
            guard node(key) == nil, let node = node(other), case .mapping(let entries) = node.content,
                !entries.contains(where: { numbers.contains($0.key) && !$0.value.isAbsent })
            else { return nil }
            return node.mark
        case .share(let flag, let value):
            guard node(flag)?.scalarText == "true", let node = node(value), let share = node.number,
                share < Number(0) || share > Number(1)
            else { return nil }
            return node.mark
        }
    }

    private func isMissing(_ keys: [String]) -> Bool { keys.contains { node($0) == nil } }

    private func place(of keys: [String]) -> Mark? { keys.lazy.compactMap { node($0)?.mark }.first }
}
