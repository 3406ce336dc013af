/// A place in a file. Lines and columns are counted from 1, and each Unicode scalar takes one column.
///
/// The line and the column take four bytes each, because a ledger in memory has millions of marks.
package struct Mark: Hashable, Sendable, Comparable {
    private var storedLine: UInt32
    private var storedColumn: UInt32

    package init(line: Int, column: Int) {
        storedLine = UInt32(clamping: line)
        storedColumn = UInt32(clamping: column)
    }

    package var line: Int { Int(storedLine) }

    package var column: Int {
        get { Int(storedColumn) }
        set { storedColumn = UInt32(clamping: newValue) }
    }

    package static func < (a: Mark, b: Mark) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
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
}

/// Limits on the cost of reading hostile files.
package struct Limits: Sendable {
    package var bytes = 1 << 20
    package var depth = 32
    package var nodes = 10_000

    package init() {}
}
