/// `check` for eyes: diagnostics by file, then the counts.
public func checkText(_ summary: CheckSummary, showing shown: [Diagnostic], style: TextStyle) -> String {
    var lines: [String] = []
    var path: String?
    for diagnostic in shown {
        if diagnostic.path != path {
            if path != nil { lines.append("") }
            lines.append(style.bold(visible(diagnostic.path)))
            path = diagnostic.path
        }
        let place = padded("\(diagnostic.mark.line):\(diagnostic.mark.column)", 7)
        let code = style.dim("[\(diagnostic.code.rawValue)]")
        lines.append("  \(place) \(style.paint(diagnostic.severity)) \(code)")
        lines.append(style.wrapped(visible(diagnostic.message), indent: 10))
        if let fix = diagnostic.fix { lines.append(style.wrapped("-> \(visible(fix))", indent: 13, first: 10)) }
    }
    if !lines.isEmpty { lines.append("") }
    lines.append(summaryLine(summary, hidden: summary.diagnosticCount - shown.count, style: style))
    return lines.joined(separator: "\n") + "\n"
}

func summaryLine(_ summary: CheckSummary, hidden: Int = 0, style: TextStyle) -> String {
    let counts = summary.counts
    let records = [
        counted(counts.findings, "finding"), counted(counts.claims, "claim"), counted(counts.questions, "question"),
        counted(counts.verifiers, "verifier"),
    ].joined(separator: ", ")
    let errors = counted(counts.errors, "error")
    let verdict = counts.errors > 0 ? style.red(errors) : style.green(errors)
    let warnings = counted(counts.warnings, "warning")
    let rest = hidden > 0 ? "; \(counted(hidden, "more remark")) not shown, see `check --all`" : ""
    return style.wrapped("\(records): \(verdict), \(warnings)\(rest)", indent: 0)
}
