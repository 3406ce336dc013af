import Words

func recordText(_ view: RecordView, style: TextStyle) -> String {
    var lines = [style.bold(style.wrapped(view.title, indent: 0))]
    lines.append(
        style.dim(
            style.wrapped(
                "\(view.kind.rawValue) \(view.id)\(view.path.map { ", \(escapeHidden($0))" } ?? "")", indent: 2)))
    for section in view.sections {
        lines.append("")
        lines.append(style.cyan(style.wrapped(section.title, indent: 4, first: 2)))
        lines += section.lines.map { line in
            section.isDrawn ? (line.isEmpty ? "" : "    \(line)") : style.wrapped(line, indent: 6, first: 4)
        }
    }
    return lines.joined(separator: "\n") + "\n"
}
