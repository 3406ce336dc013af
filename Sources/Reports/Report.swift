import Words

/// What a command reports: a value, and the table of the formats that it can be written in.
package protocol Report: Sendable {
    /// What messages call it, such as `merge`.
    static var name: String { get }
    /// What messages call this one: its kind, or what it is about.
    var subject: String { get }
    /// All of them, `text` first.
    static var renderers: [Renderer<Self>] { get }
    /// Those that this value has: rows need something to be rows of.
    var renderers: [Renderer<Self>] { get }
}

/// One format of a report: a function of the value, and of how texts look.
package struct Renderer<Value: Sendable>: Sendable {
    package var name: String
    /// What it is for or holds, in a few words.
    package var summary: String
    package var render: @Sendable (Value, TextStyle) -> [UInt8]

    package init(_ name: String, _ summary: String, _ render: @escaping @Sendable (Value, TextStyle) -> String) {
        self.init(name, summary) { Array(render($0, $1).utf8) }
    }

    package init(_ name: String, _ summary: String, _ render: @escaping @Sendable (Value) -> String) {
        self.init(name, summary) { value, _ in Array(render(value).utf8) }
    }

    package init(_ name: String, _ summary: String, _ render: @escaping @Sendable (Value) -> [UInt8]) {
        self.init(name, summary) { value, _ in render(value) }
    }

    package init(_ name: String, _ summary: String, _ render: @escaping @Sendable (Value, TextStyle) -> [UInt8]) {
        (self.name, self.summary, self.render) = (name, summary, render)
    }
}

extension Report {
    package var subject: String { Self.name }

    package var renderers: [Renderer<Self>] { Self.renderers }

    package static var formatNames: [String] { renderers.map(\.name) }

    /// `text (a tree), json (every field) or csv (a row a question)`.
    package static var formatHelp: String { listed(renderers.map { "\($0.name) (\($0.summary))" }, "or") }

    /// The bytes in a format of its table; nil where it has no such format.
    package func written(as format: String, style: TextStyle) -> [UInt8]? {
        renderers.first { $0.name == format }?.render(self, style)
    }
}

/// `merge has no format "html"; it has text, json, markdown and csv`.
package func missingFormat(_ format: String, of name: String, among names: [String]) -> String {
    "\(name) has no format \"\(format)\"; it has \(listed(names))"
}
