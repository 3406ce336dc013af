import Words

func resourceText(_ report: ResourceReport, style: TextStyle) -> String {
    guard !report.rows.isEmpty || !report.unnamed.isEmpty else {
        return "No resources: no record describes a checkpoint, data or code.\n"
    }
    var lines: [String] = []
    for row in report.rows {
        let resource = row.resource
        lines.append(style.wrapped("\(style.cyan(resource.slug)): \(resource.title)", indent: 2, first: 0))
        let isDamaged = row.storageWord == "damaged"
        let details =
            [row.properties, isDamaged ? style.red(row.storagePhrase) : row.storagePhrase]
            + [resource.sha256.map { "SHA-256 \($0)" }, resource.originPhrase.map { "made by \($0)" }].compactMap(
                \.self)
            + row.sourcePhrases.map { "from \($0)" } + row.users.map { "needed by \($0)" }
        lines += details.map { style.wrapped($0, indent: 4, first: 2) }
        lines.append("")
    }
    for file in report.unnamed {
        lines.append(
            style.wrapped(
                "no resource names \(escapeHidden(file.path)), \(sizePhrase(file.bytes))", indent: 2, first: 0))
    }
    if !report.unnamed.isEmpty { lines.append("") }
    for task in report.tasks {
        lines.append(style.wrapped("\(style.cyan(task.id)): \(task.phrase)", indent: 2, first: 0))
    }
    if !report.tasks.isEmpty { lines.append("") }
    return (lines + [style.wrapped(report.summary, indent: 0)]).joined(separator: "\n") + "\n"
}
