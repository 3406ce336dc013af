import YAML

/// The values that a record names for one condition.
package enum Selection: Hashable, Sendable {
    /// The source does not state the values. An unknown selection overlaps every selection but cannot explain a
    /// conflict.
    case unknown
    /// The values, sorted and without repeats. Numbers have their canonical spelling.
    case values([String])

    package func overlaps(_ other: Selection) -> Bool {
        guard case .values(let mine) = self, case .values(let theirs) = other else { return true }
        return mine.contains(where: theirs.contains)
    }
}

/// A box in the space of settings: the selected values of each condition, sorted by condition.
package struct Box: Hashable, Sendable {
    package struct Side: Hashable, Sendable {
        package var condition: Located<String>
        package var selection: Selection
        /// The places of the individual values, for messages; empty if the values could not be read.
        package var marks: [Mark]
        /// Whether the values were written as a range, `{from: …, to: …}`. A range of integers selects each of them; any
        /// other range selects its ends, and `Scope` adds the known numbers between them.
        package var isRange: Bool

        package init(condition: Located<String>, selection: Selection, marks: [Mark], isRange: Bool = false) {
            self.condition = condition
            self.selection = selection
            self.marks = marks
            self.isRange = isRange
        }

        /// The range that was written; nil if the values were listed.
        package var range: ClosedRange<Number>? {
            guard isRange, case .values(let values) = selection else { return nil }
            let numbers = values.compactMap(Number.init)
            guard let low = numbers.min(), let high = numbers.max() else { return nil }
            return low...high
        }

        package var isUnreadable: Bool { marks.isEmpty }

        package static func == (a: Side, b: Side) -> Bool {
            a.condition.value == b.condition.value && a.selection == b.selection && a.isRange == b.isRange
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(condition.value)
            hasher.combine(selection)
        }
    }

    package var sides: [Side]
    /// Whether the box could not be read. If so, all other conditions count as unknown.
    private var isUnreadable = false
    /// The quantity of the claim that is said to hold in the box; nil for other boxes. If such a box leaves out a
    /// condition of the quantity, it covers each value except `not-applicable`. It does not restrict other conditions
    /// that it leaves out.
    private(set) var quantity: String?

    package init(sides: [Side] = []) {
        self.sides = sides.sorted { $0.condition.value < $1.condition.value }
    }

    static let unreadable: Box = {
        var box = Box()
        box.isUnreadable = true
        return box
    }()

    /// Creates a box from a cell that was not read from a file. The cell has one value for each condition.
    package init(cell: [String: String]) {
        self.init(
            sides: cell.map { condition, value in
                Side(condition: Located(condition, .fileStart), selection: .values([value]), marks: [.fileStart])
            })
    }

    /// Returns the box as a scope for which a claim on a quantity is said to hold.
    func scope(ofClaimOn quantity: String) -> Box {
        var box = self
        box.quantity = quantity
        return box
    }

    /// Whether a side selects the value `not-applicable`.
    var namesNotApplicable: Bool {
        sides.contains { side in
            guard case .values(let values) = side.selection else { return false }
            return values.contains(Condition.notApplicable)
        }
    }

    package subscript(condition: String) -> Selection? {
        for index in sides.indices where sides[index].condition.value == condition { return sides[index].selection }
        return isUnreadable ? .unknown : nil
    }

    /// Whether the box names a condition or could not be read.
    package func mentions(_ condition: String) -> Bool {
        for index in sides.indices where sides[index].condition.value == condition { return true }
        return isUnreadable
    }

    package var isComplete: Bool { !isUnreadable && !sides.contains(where: \.isUnreadable) }

    /// Whether the values that the box selects for a condition could not be read.
    package func isUnreadable(at condition: String) -> Bool {
        sides.first { $0.condition.value == condition }?.isUnreadable ?? isUnreadable
    }
}

/// The maximum number of values in a range of integers, `{from: …, to: …}`.
package let longestIntegerRange = 4096

/// Returns the integers of a range; nil if an end is no integer, or if there are too many integers.
private func integers(_ from: Number, _ to: Number) -> [Int]? {
    guard let from = Int(from.text), let to = Int(to.text),
        !to.subtractingReportingOverflow(from).overflow, to - from < longestIntegerRange
    else { return nil }
    return Array(from...to)
}

extension Box.Side {
    /// Whether the values are listed, or are all the integers of a range.
    package var isListed: Bool { range.map { integers($0.lowerBound, $0.upperBound) != nil } ?? true }
}

extension Fields {
    func box(_ key: String) -> Box? {
        let pairs = pairs(key)
        guard let node = node(key) else { return nil }
        return node.isMapping ? Box(sides: pairs.map(side)) : .unreadable
    }

    private func side(_ entry: Node.Entry) -> Box.Side {
        let condition = Located(entry.key, entry.keyMark)
        // Values that cannot be read count as unknown, so that a mistake is reported only once.
        let unreadable = Box.Side(condition: condition, selection: .unknown, marks: [])
        switch entry.value.content {
        case .scalar(let text, _):
            guard !text.isEmpty else {
                log.report(
                    .wrongType, entry.keyMark, "\"\(entry.key)\" has no value",
                    fix: "write `unknown` if the source does not state it")
                return unreadable
            }
            if text == "unknown" {
                return Box.Side(condition: condition, selection: .unknown, marks: [entry.value.mark])
            }
            return Box.Side(
                condition: condition, selection: .values([canonicalValue(entry.value)]), marks: [entry.value.mark])
        case .sequence(let elements):
            return list(elements, of: condition, at: entry.value.mark) ?? unreadable
        case .mapping:
            return range(entry.value, of: condition) ?? unreadable
        }
    }

    private func list(_ elements: [Node], of condition: Located<String>, at mark: Mark) -> Box.Side? {
        guard !elements.isEmpty else {
            log.report(
                .wrongType, mark, "\"\(condition.value)\" has an empty list of values",
                fix: "list its values, or remove the condition if it is unrestricted")
            return nil
        }
        var marks: [String: Mark] = [:]
        for element in elements {
            guard element.scalarText?.isEmpty == false else {
                log.report(
                    .wrongType, element.mark,
                    "a value of \"\(condition.value)\" must be a word or a number, not \(element.kindName)")
                return nil
            }
            let value = canonicalValue(element)
            if value == "unknown" {
                log.report(
                    .outOfRange, element.mark,
                    "\"unknown\" cannot be combined with other values of \"\(condition.value)\"",
                    fix: "write `\(condition.value): unknown`")
            } else if marks.updateValue(element.mark, forKey: value) != nil {
                log.report(
                    .duplicateKey, element.mark, "\"\(value)\" is given twice for \"\(condition.value)\"",
                    fix: "keep one of them")
            }
        }
        let values = marks.keys.sorted()
        guard !values.isEmpty else { return nil }
        return Box.Side(condition: condition, selection: .values(values), marks: values.compactMap { marks[$0] })
    }

    private func range(_ node: Node, of condition: Located<String>) -> Box.Side? {
        let subject = "the values of \"\(condition.value)\""
        guard let fields = Fields(node, Shape.numbers, as: subject, log: log),
            let from = fields.number("from")?.value, let to = fields.number("to")?.value
        else { return nil }
        guard from <= to else {
            log.report(
                .outOfRange, node.mark, "\(subject) run from \(from) to \(to)", fix: "give them in ascending order")
            return nil
        }
        let ends = Set([from.text, to.text]).sorted()
        let values = integers(from, to)?.map { String($0) }.sorted() ?? ends
        return Box.Side(
            condition: condition, selection: .values(values), marks: values.map { _ in node.mark }, isRange: true)
    }

    /// Reads a range of integers, such as `{from: 0, to: 127}`.
    func integerRange(_ node: Node, _ subject: String) -> ClosedRange<Int>? {
        guard let ends = Fields(node, Shape.integers, as: subject, log: log), let from = ends.integer("from"),
            let to = ends.integer("to")
        else { return nil }
        guard from <= to, to - from < longestIntegerRange else {
            log.report(
                .outOfRange, node.mark, "\(subject) run from \(from) to \(to)",
                fix: "give at most \(longestIntegerRange) values, in ascending order")
            return nil
        }
        return from...to
    }
}

/// Returns the spelling that comparisons use: numbers in canonical form, words as written.
func canonicalValue(_ node: Node) -> String {
    node.number?.text ?? node.scalarText ?? ""
}
