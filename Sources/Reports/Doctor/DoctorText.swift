import Words

func doctorText(_ report: DoctorReport, style: TextStyle) -> String {
    let checks = report.checks
    let width = checks.map(\.name.count).max() ?? 0
    let lines = checks.flatMap { check -> [String] in
        let word = padded(check.state.rawValue, 7)
        let painted =
            switch check.state {
            case .ok: style.green(word)
            case .warning: style.yellow(word)
            case .broken: style.red(word)
            }
        let indent = 7 + 2 + width + 2
        let message = style.wrapped(escapeHidden(check.message), indent: indent).dropFirst(indent)
        let line = "\(painted)  \(padded(check.name, width))  \(message)"
        return [line]
            + (check.remedy.map { [style.wrapped("-> \(escapeHidden($0))", indent: indent + 3, first: indent)] } ?? [])
    }
    return lines.map { $0 + "\n" }.joined()
}
