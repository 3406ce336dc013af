import YAML

/// The values that a record names for one condition.
package enum Selection: Hashable, Sendable {
    /// The source does not tell; overlaps everything, explains nothing.
    case unknown
    /// Sorted, without repeats; numbers in canonical spelling.
    case values([String])

    func overlaps(_ other: Selection) -> Bool {
        guard case .values(let mine) = self, case .values(let theirs) = other else { return true }
        return mine.contains(where: theirs.contains)
    }
}

/// Named conditions with the values selected for each, sorted by condition: the sides of a box in the space of settings.
package struct Box: Hashable, Sendable {
    package struct Side: Hashable, Sendable {
        package var condition: Located<String>
        package var selection: Selection
        /// KeyMarks of the single values as written, for messages; none where they could not be read.
        package var marks: [Mark]

        package init(condition: Located<String>, selection: Selection, marks: [Mark]) {
            self.condition = condition
            self.selection = selection
            self.marks = marks
        }

        package var isUnreadable: Bool { marks.isEmpty }

        package static func == (a: Side, b: Side) -> Bool {
            a.condition.value == b.condition.value && a.selection == b.selection
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(condition.value)
            hasher.combine(selection)
        }
    }

    package var sides: [Side]
    /// It could not be read: whatever it does not name stands as unknown.
    private var isUnreadable = false

    package init(sides: [Side] = []) {
        self.sides = sides.sorted { $0.condition.value < $1.condition.value }
    }

    static let unreadable: Box = {
        var box = Box()
        box.isUnreadable = true
        return box
    }()

    /// One value a condition, written nowhere.
    package init(cell: [String: String]) {
        self.init(
            sides: cell.map { condition, value in
                Side(condition: Located(condition, .fileStart), selection: .values([value]), marks: [.fileStart])
            })
    }

    package subscript(condition: String) -> Selection? {
        for index in sides.indices where sides[index].condition.value == condition { return sides[index].selection }
        return isUnreadable ? .unknown : nil
    }

    /// Whether it says anything of a condition, or could not be read.
    package func mentions(_ condition: String) -> Bool {
        for index in sides.indices where sides[index].condition.value == condition { return true }
        return isUnreadable
    }

    package var isComplete: Bool { !isUnreadable && !sides.contains(where: \.isUnreadable) }

    /// Whether what it says of a condition could not be read.
    package func isUnreadable(at condition: String) -> Bool {
        sides.first { $0.condition.value == condition }?.isUnreadable ?? isUnreadable
    }
}

/// The most values that `{from: …, to: …}` may stand for.
private let longestIntegerRange = 4096

extension Fields {
    func box(_ key: String) -> Box? {
        let pairs = pairs(key)
        guard let node = node(key) else { return nil }
        return node.isMapping ? Box(sides: pairs.map(side)) : .unreadable
    }

    private func side(_ entry: Node.Entry) -> Box.Side {
        let condition = Located(entry.key, entry.keyMark)
        // It stands as unknown, so that one mistake is not told twice.
        let unreadable = Box.Side(condition: condition, selection: .unknown, marks: [])
        switch entry.value.content {
        case .scalar(let text, _):
            guard !text.isEmpty else {
                log.report(
                    .wrongType, entry.keyMark, "\"\(entry.key)\" has no value",
                    fix: "write `unknown` if the source does not tell")
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
            return integers(entry.value, of: condition) ?? unreadable
        }
    }

    private func list(_ elements: [Node], of condition: Located<String>, at mark: Mark) -> Box.Side? {
        guard !elements.isEmpty else {
            log.report(
                .wrongType, mark, "\"\(condition.value)\" has an empty list of values",
                fix: "leave the condition out where it is unrestricted")
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
                    .outOfRange, element.mark, "\"unknown\" cannot stand beside other values of \"\(condition.value)\"",
                    fix: "write `\(condition.value): unknown`")
            } else if marks.updateValue(element.mark, forKey: value) != nil {
                log.report(
                    .duplicateKey, element.mark, "\"\(value)\" stands twice under \"\(condition.value)\"",
                    fix: "keep one of them")
            }
        }
        let values = marks.keys.sorted()
        guard !values.isEmpty else { return nil }
        return Box.Side(condition: condition, selection: .values(values), marks: values.compactMap { marks[$0] })
    }

    private func integers(_ node: Node, of condition: Located<String>) -> Box.Side? {
        guard let range = integerRange(node, "the values of \"\(condition.value)\"") else { return nil }
        let values = range.map(String.init).sorted()
        return Box.Side(condition: condition, selection: .values(values), marks: values.map { _ in node.mark })
    }

    /// `{from: 0, to: 127}`.
    func integerRange(_ node: Node, _ subject: String) -> ClosedRange<Int>? {
        guard let ends = Fields(node, Shape.integers, as: subject, log: log), let from = ends.integer("from"),
            let to = ends.integer("to")
        else { return nil }
        guard from <= to, to - from < longestIntegerRange else {
            log.report(
                .outOfRange, node.mark, "\(subject) run from \(from) to \(to)",
                fix: "at most \(longestIntegerRange) values, in ascending order")
            return nil
        }
        return from...to
    }
}

/// A value as it is compared: numbers in their one spelling, words as written.
func canonicalValue(_ node: Node) -> String {
    node.number?.text ?? node.scalarText ?? ""
}
