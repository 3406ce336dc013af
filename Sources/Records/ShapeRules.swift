import Words
import YAML

extension Shape {
    /// A relation between keys of a mapping; a key without a value counts as absent.
    package struct Rule: Sendable {
        package enum Condition: Sendable {
            case with(String, needs: [String] = [], forbids: [String] = [])
            case without(String, needs: [String] = [], forbids: [String] = [])
            case when(String, is: String, needs: [String] = [], forbids: [String] = [])
            case atLeastOne([String])
            /// If the key `without` is absent, the mapping at the key `of` must have one of the keys in `needsOneOf`.
            case estimate(without: String, of: String, needsOneOf: [String])
            /// If the key is present, one of the other keys must be.
            case withOneOf(String, needs: [String])
            /// Exactly one of the keys must be present.
            case exactlyOne([String])
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
            guard isMissing([key]) else { return nil }
            return isMissing(needs) ? mark : place(of: forbids)
        case .when(let key, let word, let needs, let forbids):
            guard let node = node(key), node.scalarText == word else { return nil }
            return isMissing(needs) ? node.mark : place(of: forbids)
        case .atLeastOne(let keys):
            let isOfOthers = allEntries.contains { !shape.keyNames.contains($0.key) }
            return keys.allSatisfy { node($0) == nil } && !isOfOthers ? mark : nil
        case .estimate(let key, let other, let numbers):
            guard isMissing([key]), let node = node(other), case .mapping(let entries) = node.content,
                !entries.contains(where: { nearestName(to: $0.key, among: numbers) != nil && !$0.value.isAbsent })
            else { return nil }
            return node.mark
        case .withOneOf(let key, let others):
            guard let node = node(key), others.allSatisfy({ self.node($0) == nil }) else { return nil }
            return node.mark
        case .exactlyOne(let keys):
            return keys.count { node($0) != nil } == 1 ? nil : mark
        }
    }

    /// Returns whether one of the keys is absent. A misspelt key is reported as such, and so does not count as absent.
    private func isMissing(_ keys: [String]) -> Bool { keys.contains { node($0) == nil && !isMisspelt($0) } }

    private func place(of keys: [String]) -> Mark? { keys.lazy.compactMap { node($0)?.mark }.first }
}
