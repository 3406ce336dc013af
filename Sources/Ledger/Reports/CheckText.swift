/// `check` for eyes: diagnostics by file, then the counts.
public func checkText(_ ledger: CheckedLedger, showing shown: [Diagnostic], style: TextStyle) -> String {
    var lines: [String] = []
    var path: String?
    for (diagnostic, text) in zip(shown, shown.mapSideBySide { diagnosticText($0, style) }) {
        if diagnostic.path != path {
            if path != nil { lines.append("") }
            lines.append(style.bold(visible(diagnostic.path)))
            path = diagnostic.path
        }
        lines.append(text)
    }
    if !lines.isEmpty { lines.append("") }
    lines.append(summary(ledger, hidden: ledger.diagnostics.count - shown.count, style: style))
    return lines.joined(separator: "\n") + "\n"
}

private func diagnosticText(_ diagnostic: Diagnostic, _ style: TextStyle) -> String {
    let place = padded("\(diagnostic.mark.line):\(diagnostic.mark.column)", 7)
    let code = style.dim("[\(diagnostic.code.rawValue)]")
    var lines = ["  \(place) \(style.paint(diagnostic.severity)) \(code)"]
    lines.append(style.wrapped(visible(diagnostic.message), indent: 10))
    if let fix = diagnostic.fix { lines.append(style.wrapped("-> \(visible(fix))", indent: 13, first: 10)) }
    return lines.joined(separator: "\n")
}

private func summary(_ ledger: CheckedLedger, hidden: Int, style: TextStyle) -> String {
    let counts = ledger.counts
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

/// A text from outside with every control character spelled out, so that it cannot steer a terminal.
public func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
        if isHidden(scalar) {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
}

private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    default: false
    }
}
