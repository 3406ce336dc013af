import Checking
import Records
import Words
import YAML

func checkText(_ report: CheckReport, style: TextStyle) -> String {
    checkText(report.summary, showing: report.readable, style: style)
        + (report.isSaltUnchecked ? style.wrapped(uncheckedSalts, indent: 0) + "\n" : "")
}

/// Writes the diagnostics, grouped by file, followed by the counts.
package func checkText(_ summary: CheckSummary, showing shown: [Diagnostic], style: TextStyle) -> String {
    var lines: [String] = []
    var path: String?
    for (diagnostic, text) in zip(shown, shown.concurrentMap { diagnosticText($0, style) }) {
        if diagnostic.path != path {
            if path != nil { lines.append("") }
            lines.append(style.bold(escapeHidden(diagnostic.path)))
            path = diagnostic.path
        }
        lines.append(text)
    }
    if !lines.isEmpty { lines.append("") }
    lines.append(summaryLine(summary, hidden: summary.diagnosticCount - shown.count, style: style))
    let mendable = shown.count { !$0.edits.isEmpty }
    if mendable > 0 { lines.append("`arbor-ledger fix` mends \(mendable) of these.") }
    return lines.joined(separator: "\n") + "\n"
}

private func diagnosticText(_ diagnostic: Diagnostic, _ style: TextStyle) -> String {
    let place = padded("\(diagnostic.mark.line):\(diagnostic.mark.column)", 7)
    let code = style.dim("[\(diagnostic.code.name)]")
    var lines = ["  \(place) \(style.paint(diagnostic.severity)) \(code)"]
    lines.append(style.wrapped(escapeHidden(diagnostic.message), indent: 10))
    if let fix = diagnostic.fix { lines.append(style.wrapped("-> \(escapeHidden(fix))", indent: 13, first: 10)) }
    return lines.joined(separator: "\n")
}

func summaryLine(_ summary: CheckSummary, hidden: Int = 0, style: TextStyle) -> String {
    let counts = summary.counts
    // If no claim of a ledger says what was read, the count is left out.
    let isMixed = (1..<max(counts.claims, 1)).contains(counts.unreadClaims)
    let unread = isMixed ? " (\(counts.unreadClaims) unread)" : ""
    let records = [
        counted(counts.findings, "finding"), counted(counts.claims, "claim") + unread,
        counted(counts.questions, "question"),
        counted(counts.verifiers, "verifier"),
    ].joined(separator: ", ")
    let errors = counted(counts.errors, "error")
    let verdict = counts.errors > 0 ? style.red(errors) : style.green(errors)
    let warnings = counted(counts.warnings, "warning")
    let rest = hidden > 0 ? "; \(counted(hidden, "more remark")) not shown, see `check --all`" : ""
    return style.wrapped("\(records): \(verdict), \(warnings)\(rest)", indent: 0)
}
