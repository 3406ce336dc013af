import Checking
import Records
import Words

/// What is wrong with a ledger's records.
package struct CheckReport: Report {
    package var summary: CheckSummary
    /// Of the chosen files, sorted.
    package var diagnostics: [Diagnostic]
    /// Whether formats for people hold notes too, and warnings beyond the first.
    package var isComplete: Bool
    /// As `--version` prints it.
    package var toolVersion: String

    package init(_ summary: CheckSummary, _ diagnostics: [Diagnostic], isComplete: Bool, toolVersion: String) {
        (self.summary, self.diagnostics) = (summary, diagnostics)
        (self.isComplete, self.toolVersion) = (isComplete, toolVersion)
    }

    package static let name = "check"
    package static let renderers = [
        Renderer("text", "by file, for the terminal", checkText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", checkMarkdown),
        Renderer("csv", "a row a diagnostic", checkCSV),
        Renderer("github", "workflow commands, which mark lines of a pull request", checkGitHub),
        Renderer("sarif", "SARIF 2.1.0, for code scanning", checkSARIF),
    ]

    /// Every error, and as many warnings as somebody may read.
    var readable: [Diagnostic] {
        guard !isComplete else { return diagnostics }
        var warnings = 0
        return diagnostics.filter { diagnostic in
            if diagnostic.severity == .warning { warnings += 1 }
            return diagnostic.severity == .error || diagnostic.severity == .warning && warnings <= readableWarnings
        }
    }

    /// Errors and warnings, or everything.
    var problems: [Diagnostic] { isComplete ? diagnostics : diagnostics.filter { $0.severity != .note } }
}

private let readableWarnings = 200
