import Words

func repeatText(_ report: RepeatReport, style: TextStyle) -> String {
    var lines: [String] = []
    var claim: String?
    for line in report.repeats where !line.control {
        if line.claim != claim {
            claim = line.claim
            lines.append(style.bold(line.claim))
        }
        let cell = settingsPhrase(line.cell)
        let values = "\(valueText(line.recorded)) recorded, \(valueText(line.repeated)) here"
        let word =
            line.isIdentical ? style.green(line.outcome) : line.flips ? style.red(line.outcome) : line.outcome
        lines.append("  \(cell.isEmpty ? "" : cell + ", ")seed \(line.index): \(values)  \(word)")
    }
    lines += ["", style.wrapped(report.summary, indent: 0)]
    lines += report.foreignRuns.map { style.wrapped($0, indent: 0) }
    lines += report.failures.map { style.wrapped($0.phrase, indent: 4, first: 0) }
    lines += report.closing.map { style.wrapped($0, indent: 0) }
    return lines.joined(separator: "\n") + "\n"
}
