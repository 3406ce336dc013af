/// A place in a file. Lines and columns are counted from 1, and each Unicode scalar takes one column.
///
/// The place takes eight bytes, because a ledger in memory has millions of marks. Larger numbers than those of a file
/// within the limits are clamped.
package struct Mark: Sendable {
    private var storage: UInt64

    private static let bits: UInt64 = 21
    private static let most = (1 << 21) - 1

    package init(line: Int, column: Int, length: Int = 0) {
        func clamped(_ number: Int) -> UInt64 { UInt64(min(max(number, 0), Self.most)) }
        storage = clamped(line) << (2 * Self.bits) | clamped(column) << Self.bits | clamped(length)
    }

    package var line: Int { Int(storage >> (2 * Self.bits)) }

    package var column: Int {
        get { Int(storage >> Self.bits) & Self.most }
        set { self = Mark(line: line, column: newValue, length: length) }
    }

    /// The number of scalars of what is written at this place; 0 if that is unknown or takes several lines.
    package var length: Int { Int(storage) & Self.most }

    /// The place after the text that is written here.
    package var end: Mark { Mark(line: line, column: column + length) }

    /// The place that is `count` columns after the start.
    package func after(_ count: Int) -> Mark { Mark(line: line, column: column + count) }

    package func withLength(_ length: Int) -> Mark { Mark(line: line, column: column, length: length) }
}

/// Marks are equal if they have the same line and column, even if their lengths differ.
extension Mark: Hashable, Comparable {
    private var place: UInt64 { storage >> Self.bits }

    package static func == (a: Mark, b: Mark) -> Bool { a.place == b.place }

    package static func < (a: Mark, b: Mark) -> Bool { a.place < b.place }

    package func hash(into hasher: inout Hasher) { hasher.combine(place) }
}

/// One YAML node with its place.
package struct Node: Sendable {
    package enum Content: Sendable {
        /// The text without its quotes and line folds; `isPlain` distinguishes `5` from `"5"`.
        case scalar(String, isPlain: Bool)
        case sequence([Node])
        case mapping([Entry])
    }

    package struct Entry: Sendable {
        package var key: String
        package var keyMark: Mark
        package var value: Node
    }

    package var mark: Mark
    package var content: Content

    package init(mark: Mark, content: Content) {
        self.mark = mark
        self.content = content
    }
}

/// A mistake in a file's bytes or YAML syntax. It does not depend on the kind of record.
package struct Problem: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case syntax, encoding, controlCharacter, bidirectionalOverride, notComposed, alias, tag, duplicateKey, tooLarge,
            tooDeep
        case tooManyNodes
    }

    package var kind: Kind
    package var mark: Mark
    package var message: String
    package var fix: String?
    /// The changes that mend the file, if only one mend is right.
    package var edits: [Edit] = []

    package init(kind: Kind, mark: Mark, message: String, fix: String?, edits: [Edit] = []) {
        (self.kind, self.mark, self.message, self.fix, self.edits) = (kind, mark, message, fix, edits)
    }
}

/// Limits on the cost of reading hostile files.
package struct Limits: Sendable {
    package var bytes = 1 << 20
    package var depth = 32
    package var nodes = 10_000

    package init() {}
}
