/// A place in a file: line and column from 1, the column in Unicode scalars.
public struct Mark: Hashable, Sendable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (a: Mark, b: Mark) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// One YAML node with its place.
public struct Node: Sendable {
    public enum Content: Sendable {
        /// The text as written, quotes and folds undone; `isPlain` tells `5` from `"5"`.
        case scalar(String, isPlain: Bool)
        case sequence([Node])
        case mapping([Entry])
    }

    public struct Entry: Sendable {
        public var key: String
        public var keyMark: Mark
        public var value: Node
    }

    public var mark: Mark
    public var content: Content

    public init(mark: Mark, content: Content) {
        self.mark = mark
        self.content = content
    }
}

/// What is wrong with a file as YAML, before anyone asks what it means.
public struct Problem: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case syntax, encoding, controlCharacter, bidirectionalOverride, notComposed, alias, tag, duplicateKey, tooLarge,
            tooDeep
        case tooManyNodes
    }

    public var kind: Kind
    public var mark: Mark
    public var message: String
    public var fix: String?
}

/// Bounds that keep hostile files cheap.
public struct Limits: Sendable {
    public var bytes = 1 << 20
    public var depth = 32
    public var nodes = 10_000

    public init() {}
}
