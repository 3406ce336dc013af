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
    fileprivate static let oneValue = Shape(
        subject: "a value", keys: [.required("value", .values, "The value.", example: "[0, 1]")])
}

extension Fields {
    /// Reads a range of numbers (`[low, high]` or named bounds) or a set of labels.
    func valueSet(_ key: String) -> Located<ValueSet>? {
        guard let node = value(key) else { return nil }
        let set: ValueSet?
        switch node.content {
        case .sequence(let elements): set = pair(elements, key, at: node.mark)
        case .mapping: set = bounds(node, key)
        case .scalar(let text, _):
            set = nil
            let mend = rangeMend(text, key, at: node.mark)
            // A single number is not a range, but it may be a percentage, which only the quantity can decide.
            let number = node.percentage ?? meantNumber(by: text).flatMap(Number.init).map { Located($0, node.mark) }
            log.report(
                .wrongType, node.mark, "\"\(key)\" must be a range, not \(node.kindName)",
                fix: mend?.sentence ?? rangeSpellings, edits: mend?.edits ?? [],
                percentages: number.map { [Located($0.value, $0.mark.withLength(0))] } ?? [])
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

    /// Returns the range or the labels that a text means.
    private func rangeMend(_ text: String, _ key: String, at mark: Mark) -> Mend? {
        if let range = meantRange(by: text) { return Mend(write: range, at: mark) }
        let rough = ["about", "around", "approximately", "circa", "ca.", "~", "≈"].first { text.startsWithBytes($0) }
        if let number = meantNumber(by: rough.map { String(text.dropFirst($0.count)) } ?? text) {
            let measured = key == "value" ? "; a number without a bound belongs in `reported`" : ""
            return Mend("write [\(number), \(number)], {at_most: \(number)} or {at_least: \(number)}\(measured)")
        }
        let word = withoutTypographicQuotes(text) ?? text
        return isName(word) ? Mend(write: "{any_of: [\(word)]}", at: mark) : nil
    }

    private func pair(_ elements: [Node], _ key: String, at mark: Mark) -> ValueSet? {
        let numbers = elements.compactMap(\.number)
        guard elements.count == 2, numbers.count == 2 else {
            reportPair(elements, key, at: mark)
            return nil
        }
        return .interval(Interval(lower: numbers[0], upper: numbers[1]))
    }

    /// Reports a list that is no pair of numbers.
    private func reportPair(_ elements: [Node], _ key: String, at mark: Mark) {
        let message = "\"\(key)\" must be two numbers, [low, high]"
        let percentages = elements.compactMap { element in
            element.percentage ?? element.number.map { Located($0, element.mark) }
        }
        if elements.count == 2, percentages.count == 2 {
            log.report(
                .wrongType, mark, message, fix: percentRemedy(percentages.map(\.value)), percentages: percentages)
        } else {
            log.report(.wrongType, mark, message, pairMend(elements, key, at: mark), otherwise: rangeSpellings)
        }
    }

    private func pairMend(_ elements: [Node], _ key: String, at mark: Mark) -> Mend? {
        let texts = elements.compactMap(\.scalarText)
        guard texts.count == elements.count else { return nil }
        if texts.count == 2, case let numbers = texts.compactMap({ meantNumber(by: $0) }), numbers.count == 2 {
            let edits = zip(elements, numbers).flatMap { Edit.replacing($0.mark, with: $1) }
            return Mend("write [\(numbers[0]), \(numbers[1])]", edits: edits.count == 2 ? edits : [])
        }
        // YAML reads `[0,3, 0,5]` as four numbers.
        if texts.count == 4, let low = meantNumber(by: "\(texts[0]),\(texts[1])"),
            let high = meantNumber(by: "\(texts[2]),\(texts[3])")
        {
            return Mend(
                "write [\(low), \(high)] with points",
                edits: mark.length > 1 ? Edit.replacing(mark, with: "[\(low), \(high)]") : [])
        }
        if texts.count == 1, Number(texts[0]) != nil { return rangeMend(texts[0], key, at: mark.withLength(0)) }
        guard !texts.isEmpty, texts.allSatisfy({ isName($0) && Number($0) == nil }) else { return nil }
        let edits = [Edit.inserting("{any_of: ", at: mark), Edit.inserting("}", at: mark.end)]
        return Mend("write {any_of: [\(texts.joined(separator: ", "))]}", edits: mark.length > 1 ? edits : [])
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
