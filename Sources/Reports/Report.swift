import Words

/// A value that a command reports, with the formats in which it can be written.
package protocol Report: Sendable {
    /// The name of this kind of report in messages, such as `merge`.
    static var name: String { get }
    /// The name of this report in messages: the name of its kind, or its subject.
    var subject: String { get }
    /// All formats, `text` first.
    static var renderers: [Renderer<Self>] { get }
    /// The formats that are available for this value. A table is available only if it has rows.
    var renderers: [Renderer<Self>] { get }
}

/// One format of a report.
package struct Renderer<Value: Sendable>: Sendable {
    package var name: String
    /// The purpose or content of the format, in a few words.
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

    /// The formats in a phrase for the help: `text (a tree), json (every field) or csv (one row per question)`.
    package static var formatHelp: String { listed(renderers.map { "\($0.name) (\($0.summary))" }, "or") }

    /// Writes the report in a format. Returns nil if the report has no such format.
    package func written(as format: String, style: TextStyle) -> [UInt8]? {
        renderers.first { $0.name == format }?.render(self, style)
    }
}

/// Returns the message for an unknown format: `merge has no format "html"; it has text, json, markdown and csv`.
package func missingFormat(_ format: String, of name: String, among names: [String]) -> String {
    "\(name) has no format \"\(format)\"; it has \(listed(names))"
}
