import Words

/// Writes a table of differences, and a collapsible section with all repeated runs.
func repeatMarkdown(_ report: RepeatReport) -> String {
    let failures = report.failures.map { markdown($0.phrase) }
    return markdownPage([
        "## Repeated runs", "**\(markdown(report.summary))**",
        (report.foreignRuns + report.closing).map(markdown).joined(separator: " "),
        table(report.repeats.filter { !$0.isIdentical }),
        markdownDetails(counted(report.repeats.count, "repeated value"), table(report.repeats)),
        markdownDetails("Failed runs (\(failures.count))", markdownList(failures, noun: "failed run")),
    ])
}

private func table(_ lines: [RepeatReport.Line]) -> String {
    let rows = lines.lazy.map { line in
        [
            markdownCode(line.claim), markdown(settingsPhrase(line.cell)) + (line.control ? " (control)" : ""),
            "\(line.index)", valueText(line.recorded), valueText(line.repeated), line.outcome,
        ]
    }
    return markdownTable(["claim", "setting", "seed", "recorded", "here", "outcome"], rows, noun: "value")
}
