import Checking
import Records
import Words

/// Writes the counts, a table of errors, and collapsible sections for warnings and notes.
func checkMarkdown(_ report: CheckReport) -> String {
    let style = TextStyle(width: .max, hasColour: false)
    func list(_ severity: Severity) -> [Diagnostic] { report.diagnostics.filter { $0.severity == severity } }
    let (warnings, notes) = (list(.warning), report.isComplete ? list(.note) : [])
    return markdownPage([
        "## Check", "**\(summaryLine(report.summary, style: style))**", report.isSaltUnchecked ? uncheckedSalts : nil,
        diagnosticTable(list(.error)),
        markdownDetails(counted(warnings.count, "warning"), diagnosticTable(warnings)),
        markdownDetails(counted(notes.count, "note"), diagnosticTable(notes)),
    ])
}

/// Returns a Markdown table of diagnostics, or an empty string if there are none.
func diagnosticTable(_ diagnostics: [Diagnostic]) -> String {
    let rows = diagnostics.lazy.map { diagnostic in
        [
            "\(markdownCode(diagnostic.path)) \(diagnostic.mark.line):\(diagnostic.mark.column)",
            markdown(diagnostic.message) + (diagnostic.fix.map { "<br>→ \(markdown($0))" } ?? ""),
            "`\(diagnostic.code.name)`",
        ]
    }
    return markdownTable(["place", "what is wrong", "code"], rows, noun: "diagnostic")
}
