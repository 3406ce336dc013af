import YAML

extension ValueSet {
    /// Parses a range or a set of labels in the syntax of a finding's key `value`; returns nil if the text is invalid.
    package init?(_ text: String) {
        let log = FileLog(path: "")
        guard let node = readYAML(Array("value: \(text)\n".utf8)).node,
            let fields = Fields(node, .oneValue, log: log), let value = fields.valueSet("value"),
            log.diagnostics.isEmpty
        else { return nil }
        self = value.value
    }
}

extension Shape {
    fileprivate static let oneValue = Shape(subject: "a value", keys: [.required("value", .values, "The value.")])
}

extension Fields {
    /// Reads a range of numbers (`[low, high]` or named bounds) or a set of labels.
    func valueSet(_ key: String) -> Located<ValueSet>? {
        guard let node = value(key) else { return nil }
        let set: ValueSet?
        switch node.content {
        case .sequence(let elements): set = pair(elements, key, at: node.mark)
        case .mapping: set = bounds(node, key)
        case .scalar:
            set = nil
            log.report(.wrongType, node.mark, "\"\(key)\" must be a range, not \(node.kindName)", fix: rangeSpellings)
        }
        guard let set else { return nil }
        guard !set.isEmpty else {
            log.report(.outOfRange, node.mark, "\"\(key)\" is an empty range", fix: "write the lower end first")
            return nil
        }
        return Located(set, node.mark)
    }

    /// Reads a range of numbers.
    func interval(_ key: String) -> Interval? {
        guard let ends = valueSet(key) else { return nil }
        if case .interval(let range) = ends.value { return range }
        log.report(.wrongType, ends.mark, "\"\(key)\" must be a range of numbers", fix: "write [low, high]")
        return nil
    }

    private var rangeSpellings: String {
        "write [low, high], {at_least: x}, {at_most: x}, {above: x}, {below: x} or {any_of: [label]}"
    }

    private func pair(_ elements: [Node], _ key: String, at mark: Mark) -> ValueSet? {
        let numbers = elements.compactMap(\.number)
        guard elements.count == 2, numbers.count == 2 else {
            log.report(.wrongType, mark, "\"\(key)\" must be two numbers, [low, high]", fix: rangeSpellings)
            return nil
        }
        return .interval(Interval(lower: numbers[0], upper: numbers[1]))
    }

    private func bounds(_ node: Node, _ key: String) -> ValueSet? {
        guard let fields = Fields(node, Shape.bounds, as: "the range \"\(key)\"", log: log), !fields.breaksRules
        else { return nil }
        if fields.node("any_of") != nil { return fields.labels("any_of") }
        let lower = fields.number("at_least") ?? fields.number("above")
        let upper = fields.number("at_most") ?? fields.number("below")
        // If a bound cannot be read, the range must not become unbounded.
        let bounds = [lower, upper].compactMap(\.self)
        guard !bounds.isEmpty, Shape.bounds.keyNames.count(where: { fields.node($0) != nil }) == bounds.count else {
            return nil
        }
        return .interval(
            Interval(
                lower: lower?.value, upper: upper?.value, includesLower: fields.node("above") == nil,
                includesUpper: fields.node("below") == nil))
    }
}
