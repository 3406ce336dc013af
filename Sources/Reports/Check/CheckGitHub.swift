import Checking
import Records
import Words
import YAML

/// Writes the most severe diagnostics of `check` as GitHub workflow commands, one line per diagnostic. GitHub shows each
/// at its line of the pull request.
///
/// The escapes follow docs.github.com, "Workflow commands for GitHub Actions", and `ActionCommand` in GitHub's runner.
func checkGitHub(_ report: CheckReport) -> String {
    let style = TextStyle(width: 80, hasColour: false)
    let selection = ForgeSelection.annotations(report.problems)
    let rest = selection.leftOut.map { style.wrapped($0, indent: 0) + "\n" } ?? ""
    return selection.shown.map(workflowCommand).joined() + rest + summaryLine(report.summary, style: style) + "\n"
}

private func workflowCommand(_ diagnostic: Diagnostic) -> String {
    let command =
        switch diagnostic.severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
    let properties = [
        ("file", diagnostic.path), ("line", "\(diagnostic.mark.line)"), ("col", "\(diagnostic.mark.column)"),
        ("title", diagnostic.code.name),
    ]
    let named = properties.map { "\($0)=\(escapedProperty($1))" }.joined(separator: ",")
    return "::\(command) \(named)::\(escapedData(diagnostic.textWithFix(after: "\n")))\n"
}

private func escapedData(_ text: String) -> String {
    escaped(text, "%\r\n")
}

private func escapedProperty(_ text: String) -> String {
    escaped(escapeHidden(text), "%\r\n:,")
}

/// Escapes each Unicode scalar separately, because CR LF is a single Character in Swift, and so is `:` with an accent.
private func escaped(_ text: String, _ special: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
        if special.unicodeScalars.contains(scalar) {
            let hex = String(scalar.value, radix: 16, uppercase: true)
            result += "%" + (hex.utf8.count < 2 ? "0" : "") + hex
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
}
