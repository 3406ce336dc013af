import Words

/// Writes the path, the counts, the reasons of refusals, and what the file has besides labels.
func importText(_ report: ImportReport, style: TextStyle) -> String {
    let labels = report.labels
    let verb = report.isUnchanged ? "unchanged" : report.isWritten ? "wrote" : "not written"
    var lines = ["\(verb)  \(escapeHidden(report.path))"]
    var movements: [String] = []
    if labels.shifted > 0 {
        movements.append("\(labels.shifted) by up to \(counted(labels.largestShift, "code point"))")
    }
    if labels.fitted > 0 { movements.append("\(labels.fitted) to whole segments") }
    let how = movements.isEmpty ? "" : " (\(listed(movements)))"
    lines.append(
        "\(counted(labels.placed, "label")) placed, \(labels.moved) moved\(how), \(labels.refused.count) refused")
    lines.append("\(counted(labels.marks.count, "label")) and \(counted(labels.links.count, "link")) in the annotation")
    if report.coveredShare < 1 {
        lines.append(
            "The annotation covers \(Int(report.coveredShare * 100)) % of the text; in the rest, labels are missing, not absent."
        )
    }
    for group in report.refused.prefix(20) {
        let name = group.name.isEmpty ? "" : "\(style.bold(escapeHidden(group.name)))  "
        let quote = group.quotes.first { !$0.isEmpty }.map { ": \"\(escapeHidden($0))\"" } ?? ""
        lines.append(
            "  \(style.yellow("refused"))  \(name)\(group.quotes.count)  \(escapeHidden(group.reason))\(quote)")
    }
    if report.refused.count > 20 {
        lines.append("  \(counted(report.refused.count - 20, "more reason")); --format json lists all")
    }
    let omitted = labels.omitted.sorted { $0.key < $1.key }.map { counted($0.value, $0.key) }
    if !omitted.isEmpty { lines.append("Not imported: \(escapeHidden(listed(omitted)))") }
    if report.replacedCount > 0 { lines.append("It replaces \(counted(report.replacedCount, "file")).") }
    return lines.map { $0 + "\n" }.joined()
}
