import YAML

package enum Severity: String, Sendable, Codable, Comparable, CaseIterable {
    case error, warning, note

    package static func < (a: Severity, b: Severity) -> Bool {
        a.rank < b.rank
    }

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }
}

/// A mistake at a place in a file, with a remedy.
package struct Diagnostic: Hashable, Sendable {
    package var code: Code
    package var path: String
    package var mark: Mark
    package var message: String
    package var fix: String?
    /// The changes that mend the file, if only one mend is right.
    package var edits: [Edit]
    /// The numbers that were written with a percent sign. Only a check of all records can tell whether `93%` means 0.93
    /// or 93.
    package var percentages: [Located<Number>]

    package var severity: Severity { code.severity }

    package init(
        _ code: Code, path: String, mark: Mark, message: String, fix: String? = nil, edits: [Edit] = [],
        percentages: [Located<Number>] = []
    ) {
        (self.edits, self.percentages) = (edits, percentages)
        self.code = code
        self.path = path
        self.mark = mark
        self.message = truncated(message)
        self.fix = fix.map(truncated)
    }

    /// One kind of mistake, declared in the file that reports it.
    package struct Code: Sendable {
        /// The name of the code in reports.
        package let name: String
        package let severity: Severity
        /// A sentence that explains the name.
        package let summary: String

        package init(_ name: String, _ severity: Severity, _ summary: String) {
            self.name = name
            self.severity = severity
            self.summary = summary
        }
    }
}

extension Diagnostic.Code: Hashable {
    package static func == (a: Self, b: Self) -> Bool { a.name == b.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// Truncates a long text, because a key may be a megabyte long and may appear in many diagnostics.
private func truncated(_ text: String) -> String {
    text.utf8.count <= 2_000 ? text : String(text.unicodeScalars.prefix(500)) + "…"
}

extension Diagnostic: Comparable {
    package static func < (a: Diagnostic, b: Diagnostic) -> Bool {
        if a.path != b.path { return a.path < b.path }
        if a.mark != b.mark { return a.mark < b.mark }
        if a.code != b.code { return a.code.name < b.code.name }
        return a.message < b.message
    }
}
