import YAML

/// The values that a record names for one condition.
package enum Selection: Hashable, Sendable {
    /// Not stated in the source; overlaps everything, explains nothing.
    case unknown
    /// Sorted, without repeats; numbers in canonical spelling.
    case values([String])

    func overlaps(_ other: Selection) -> Bool {
        guard case .values(let mine) = self, case .values(let theirs) = other else { return true }
        return mine.contains(where: theirs.contains)
    }
}

/// A box in the space of settings: the selected values per condition, sorted by condition.
package struct Box: Hashable, Sendable {
    package struct Side: Hashable, Sendable {
        package var condition: Located<String>
        package var selection: Selection
        /// The places of the single values, for messages; empty if they could not be read.
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
    /// Whether it could not be read; then all other conditions count as unknown.
    private var isUnreadable = false

    package init(sides: [Side] = []) {
        self.sides = sides.sorted { $0.condition.value < $1.condition.value }
    }

    static let unreadable: Box = {
        var box = Box()
        box.isUnreadable = true
        return box
    }()

    /// A cell that was not read from a file, with one value per condition.
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

    /// Whether it names a condition, or could not be read.
    package func mentions(_ condition: String) -> Bool {
        for index in sides.indices where sides[index].condition.value == condition { return true }
        return isUnreadable
    }

    package var isComplete: Bool { !isUnreadable && !sides.contains(where: \.isUnreadable) }

    /// Whether its values for a condition could not be read.
    package func isUnreadable(at condition: String) -> Bool {
        sides.first { $0.condition.value == condition }?.isUnreadable ?? isUnreadable
    }
}

/// The maximum number of values in `{from: …, to: …}`.
private let longestIntegerRange = 4096

extension Fields {
    func box(_ key: String) -> Box? {
        let pairs = pairs(key)
        guard let node = node(key) else { return nil }
        return node.isMapping ? Box(sides: pairs.map(side)) : .unreadable
    }

    private func side(_ entry: Node.Entry) -> Box.Side {
        let condition = Located(entry.key, entry.keyMark)
        // Unreadable values count as unknown, so that a mistake is reported once.
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
            return integers(entry.value, of: condition) ?? unreadable
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
                fix: "give at most \(longestIntegerRange) values, in ascending order")
            return nil
        }
        return from...to
    }
}

/// Returns the spelling used in comparisons: numbers in canonical form, words as written.
func canonicalValue(_ node: Node) -> String {
    node.number?.text ?? node.scalarText ?? ""
}
