import YAML

extension Shape {
    /// What keys of a mapping say of one another; a key without a value counts as absent.
    package struct Rule: Sendable {
        package enum Condition: Sendable {
            case with(String, needs: [String] = [], forbids: [String] = [])
            case without(String, needs: [String] = [], forbids: [String] = [])
            case when(String, is: String, needs: [String])
            /// There must be one key in all.
            case single
            /// Without a key, another one's mapping needs one of these.
            case estimate(without: String, of: String, needsOneOf: [String])
            /// Where a flag is true, a number lies between 0 and 1.
            case share(flag: String, value: String)
        }

        package let condition: Condition
        let code: Diagnostic.Code
        /// What the rule says, as a diagnostic's message.
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
    /// Reports the rules of its shape that the mapping breaks.
    func checkRules() {
        for rule in shape.rules {
            for mark in breaches(of: rule.condition) { log.report(rule.code, mark, rule.sentence, fix: rule.fix) }
        }
    }

    private func breaches(of rule: Shape.Rule.Condition) -> [Mark] {
        switch rule {
        case .with(let key, let needs, let forbids):
            guard let node = node(key) else { return [] }
            return missing(needs, at: node.mark) + present(forbids)
        case .without(let key, let needs, let forbids):
            return node(key) == nil ? missing(needs, at: mark) + present(forbids) : []
        case .when(let key, let word, let needs):
            guard let node = node(key), node.scalarText == word else { return [] }
            return missing(needs, at: node.mark)
        case .single:
            return allEntries.count == 1 && !allEntries[0].value.isAbsent ? [] : [mark]
        case .estimate(let key, let other, let numbers):
            guard node(key) == nil, let node = node(other), case .mapping(let entries) = node.content,
                !entries.contains(where: { numbers.contains($0.key) && !$0.value.isAbsent })
            else { return [] }
            return [node.mark]
        case .share(let flag, let value):
            guard node(flag)?.scalarText == "true", let node = node(value), let share = node.number,
                share < Number(0) || share > Number(1)
            else { return [] }
            return [node.mark]
        }
    }

    private func missing(_ keys: [String], at mark: Mark) -> [Mark] {
        keys.filter { node($0) == nil }.map { _ in mark }
    }

    private func present(_ keys: [String]) -> [Mark] { keys.compactMap { node($0)?.mark } }
}
