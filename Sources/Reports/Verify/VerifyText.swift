import Evidence
import Records
import Words

func verifyText(_ report: VerifyReport, style: TextStyle) -> String {
    var lines: [String] = []
    for line in report.verdicts {
        lines.append(style.bold(style.wrapped("\(line.claim.id)", indent: 0)))
        lines.append(style.wrapped(line.text, indent: 4, first: 2))
        for cell in line.evidence.cells {
            lines.append(style.wrapped(cellText(cell), indent: 4, first: 2))
        }
        if style.isVerbose {
            lines += CellScore.all(of: line.claim, line.evidence).map { style.wrapped($0.phrase, indent: 4, first: 2) }
        }
        lines.append("  \(style.paint(line.evidence.verdict, verdictLabel(line.evidence)))")
        for outlook in line.outlooks(alpha: report.alpha) {
            lines.append(style.wrapped(outlook, indent: 4, first: 2))
        }
        if let narrower = narrowerClaim(line.evidence) { lines.append(style.wrapped(narrower, indent: 4, first: 2)) }
    }
    for failure in report.failures { lines.append(style.wrapped(failure.phrase, indent: 4)) }
    for (title, claims) in [("Not audited:", report.skipped), ("Remarks:", report.remarks)] where !claims.isEmpty {
        lines.append(title)
        for (claim, reason) in claims {
            lines.append(style.wrapped("\(claim): \(reason)", indent: 4, first: 2))
        }
    }
    if report.verdicts.isEmpty && report.skipped.isEmpty { lines.append("No claim here can be re-run.") }
    if let decided = report.decidedSentence { lines += ["", style.wrapped(decided, indent: 0)] }
    lines += report.closing.map { style.wrapped($0, indent: 0) }
    return lines.joined(separator: "\n") + "\n"
}

extension TextStyle {
    fileprivate func paint(_ verdict: Verdict, _ text: String) -> String {
        switch verdict {
        case .verified: green(text)
        case .refuted: red(text)
        case .open, .split: yellow(text)
        case .none: dim(text)
        }
    }
}
