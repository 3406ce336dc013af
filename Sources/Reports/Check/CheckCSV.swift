import Records
import Words

func checkCSV(_ report: CheckReport) -> [UInt8] {
    csv(
        ["severity", "code", "path", "line", "column", "message", "fix"],
        report.diagnostics.map { diagnostic in
            [
                .text(diagnostic.severity.rawValue), .text(diagnostic.code.name), .text(diagnostic.path),
                .number(diagnostic.mark.line), .number(diagnostic.mark.column), .text(diagnostic.message),
                .text(diagnostic.fix),
            ]
        })
}
