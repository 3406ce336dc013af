import Checking
import Records
import Words

/// The diagnostics of a ledger.
package struct CheckReport: Report {
    package var summary: CheckSummary
    /// The diagnostics of the chosen files, in sorted order.
    package var diagnostics: [Diagnostic]
    /// Whether readable formats include notes and all warnings.
    package var isComplete: Bool
    /// The version of the tool, as `--version` prints it.
    package var toolVersion: String
    /// Whether a part of the history is missing, so that the salts of receipts could not be checked.
    package var isSaltUnchecked: Bool

    package init(
        _ summary: CheckSummary, _ diagnostics: [Diagnostic], isComplete: Bool, toolVersion: String,
        isSaltUnchecked: Bool = false
    ) {
        (self.summary, self.diagnostics, self.isSaltUnchecked) = (summary, diagnostics, isSaltUnchecked)
        (self.isComplete, self.toolVersion) = (isComplete, toolVersion)
    }

    package static let name = "check"
    package static let renderers = [
        Renderer("text", "by file, for the terminal", checkText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", checkMarkdown),
        Renderer("csv", "one row per diagnostic", checkCSV),
        Renderer("github", "workflow commands, which mark lines of a pull request", checkGitHub),
        Renderer("gitlab", "a Code Quality report, for merge requests", checkGitLab),
        Renderer("sarif", "SARIF 2.1.0, for code scanning", checkSARIF),
    ]

    /// All errors and the first warnings, or all diagnostics if the report is complete.
    var readable: [Diagnostic] {
        guard !isComplete else { return diagnostics }
        var warnings = 0
        return diagnostics.filter { diagnostic in
            if diagnostic.severity == .warning { warnings += 1 }
            return diagnostic.severity == .error || diagnostic.severity == .warning && warnings <= readableWarnings
        }
    }

    /// All errors and warnings, or all diagnostics if the report is complete.
    var problems: [Diagnostic] { isComplete ? diagnostics : diagnostics.filter { $0.severity != .note } }
}

private let readableWarnings = 200
