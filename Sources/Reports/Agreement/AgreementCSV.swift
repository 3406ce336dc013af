import Annotations
import Words

func agreementCSV(_ report: AgreementReport) -> [UInt8] {
    csv(
        [
            "codebook", "label", "kind", "first", "second", "alpha", "low", "high", "no_alpha", "no_interval",
            "raw_agreement", "ac1", "prevalence", "borders", "units", "traces", "annotators",
        ],
        report.codebooks.flatMap { codebook in codebook.table.labels.flatMap { rows($0, codebook.codebook.slug) } })
}

private func rows(_ label: LabelAgreement, _ codebook: String) -> [[CSVCell]] {
    let rows = [row(label)] + label.kinds.map(row) + label.pairs.map(row)
    return rows.map { [.text(codebook), .text(label.label)] + $0 }
}

private func row(_ label: LabelAgreement) -> [CSVCell] {
    [.text("all"), .text(""), .text("")] + cells(label.alpha, label.interval) + [
        .number(label.rawAgreement.number), .number(label.ac1.number), .number(label.prevalence.number),
        .number(label.borders?.number), .number(label.units), .number(label.traces), .number(label.annotators),
    ]
}

private func row(_ kind: LabelAgreement.Kind) -> [CSVCell] {
    [.text(kind.kind.rawValue), .text(""), .text("")] + cells(kind.alpha, kind.interval)
        + [.text(""), .text(""), .text(""), .text(""), .text(""), .number(kind.traces), .text("")]
}

private func row(_ pair: LabelAgreement.Pair) -> [CSVCell] {
    let kind = AgreementKind(pair.first.maker, pair.second.maker)
    return [.text(kind.rawValue), .text(pair.first.handle), .text(pair.second.handle)] + cells(pair.alpha, nil)
        + [.text(""), .text(""), .text(""), .text(""), .number(pair.units), .text(""), .text("")]
}

/// Returns alpha, the ends of its interval, and the reasons why they are missing.
private func cells(_ alpha: Measured<Double>, _ interval: Measured<ClosedRange<Double>>?) -> [CSVCell] {
    let ends = interval?.number
    return [
        .number(alpha.number), .number(ends?.lowerBound), .number(ends?.upperBound), .text(alpha.reason),
        .text(interval?.reason),
    ]
}

extension Result where Failure == NoNumber {
    fileprivate var number: Success? { try? get() }

    fileprivate var reason: String? {
        guard case .failure(let reason) = self else { return nil }
        return reason.rawValue
    }
}
