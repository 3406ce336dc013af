import Words

func recordText(_ view: RecordView, style: TextStyle) -> String {
    var lines = [style.bold(style.wrapped(view.title, indent: 0))]
    lines.append(
        style.dim(
            style.wrapped(
                "\(view.kind.rawValue) \(view.id)\(view.path.map { ", \(escapeHidden($0))" } ?? "")", indent: 2)))
    var sections = view.sections
    if style.isVerbose, !view.scores.isEmpty {
        sections.append(
            RecordView.Section(
                title: "E values",
                lines: view.scores.map { view.kind == .claim ? $0.phrase : "\($0.claim), \($0.phrase)" }))
    }
    for section in sections {
        lines.append("")
        lines.append(style.cyan(style.wrapped(section.title, indent: 4, first: 2)))
        lines += section.lines.map { line in
            section.isDrawn ? (line.isEmpty ? "" : "    \(line)") : style.wrapped(line, indent: 6, first: 4)
        }
    }
    return lines.joined(separator: "\n") + "\n"
}
