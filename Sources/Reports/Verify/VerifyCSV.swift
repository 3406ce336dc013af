import Records
import Words

func verifyCSV(_ report: VerifyReport) -> [UInt8] {
    let audited = report.verdicts.map { line -> [CSVCell] in
        let (claim, evidence) = (line.claim, line.evidence)
        return [
            .text(claim.id.description), .text(claim.quantity.value), .text(claim.valueText(nil)),
            .text(line.verification.measurement.id), .text(evidence.verdict.rawValue), .text(evidence.level.rawValue),
            .text(evidence.evidence.rawValue), .number(evidence.hits), .number(evidence.runs),
            .number(evidence.evidenceFor),
            .number(evidence.evidenceAgainst), .text(""),
        ]
    }
    let skipped = report.skipped.map { claim, reason -> [CSVCell] in
        [.text(claim.description)] + [CSVCell](repeating: .text(""), count: 10) + [.text(reason)]
    }
    return csv(
        [
            "claim", "quantity", "says", "measurement", "verdict", "level", "evidence", "hits", "runs", "e_for",
            "e_against",
            "not_audited",
        ], audited + skipped)
}
