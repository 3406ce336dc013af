import Evidence
import Records
import Words

/// Writes the number of claims per verdict, a table of claims, and a collapsible section with their cells.
func verifyMarkdown(_ report: VerifyReport) -> String {
    let counts = Verdict.allCases.compactMap { verdict -> String? in
        let count = report.verdicts.count { $0.evidence.verdict == verdict }
        return count == 0 ? nil : "\(count) \(verdict == .none ? "without a run" : verdict.rawValue)"
    }
    let summary = report.verdicts.isEmpty ? "No claim here can be re-run." : counts.joined(separator: ", ")
    let claims = report.verdicts.map { line in
        [markdownCode(line.claim.id.description), markdown(line.text), verdictLabel(line.evidence)]
    }
    let cells = report.verdicts.flatMap { line in
        (line.evidence.cells.map(cellText) + line.outlooks(alpha: report.alpha)
            + [narrowerClaim(line.evidence)].compactMap(\.self)).map {
                "\(markdownCode(line.claim.id.description)): \(markdown($0))"
            }
    }
    let skipped = report.skipped.map { "\(markdownCode($0.claim.description)): \(markdown($0.reason))" }
    let failures = report.failures.map { markdown($0.phrase) }
    return markdownPage([
        "## Verify", "**\(summary)**",
        ([report.decidedSentence].compactMap(\.self) + report.closing).map(markdown).joined(separator: " "),
        markdownTable(["claim", "says", "verdict"], claims, noun: "claim"),
        markdownDetails("Runs by setting", markdownList(cells, noun: "setting")),
        markdownDetails("Not audited (\(skipped.count))", markdownList(skipped, noun: "claim")),
        markdownDetails("Failed runs (\(failures.count))", markdownList(failures, noun: "failed run")),
    ])
}
