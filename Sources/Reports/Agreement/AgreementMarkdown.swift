import Annotations
import Words

/// Writes a table of the labels of each codebook, and one of the kinds and pairs of annotators in a collapsible section.
func agreementMarkdown(_ report: AgreementReport) -> String {
    markdownPage(
        ["## Agreement of annotators", report.codebooks.isEmpty ? "No codebooks" : nil]
            + report.codebooks.flatMap { codebook in
                [
                    "### \(markdown(codebook.codebook.slug))", markdown(codebook.summary),
                    codebook.leftOut.map(markdown), labelTable(codebook),
                    markdownDetails("Kinds and pairs of annotators", pairTable(codebook)),
                ]
            })
}

private func labelTable(_ codebook: AgreementReport.OfCodebook) -> String {
    let hasBorders = codebook.codebook.unit == .span
    let header =
        ["label", "alpha", "95 % interval", "raw agreement", "AC1", "prevalence"]
        + (hasBorders ? ["borders"] : []) + ["rated twice"]
    let rows = codebook.table.labels.map { label in
        [
            markdownCode(label.label), label.alpha.phrase, label.interval.phrase, label.rawAgreement.phrase,
            label.ac1.phrase,
            label.prevalence.phrase,
        ] + (label.borders.map { [$0.phrase] } ?? [])
            + ["\(codebook.units(label.units)) in \(counted(label.traces, "trace"))"]
    }
    return markdownTable(header, rows, noun: "label")
}

private func pairTable(_ codebook: AgreementReport.OfCodebook) -> String {
    let rows = codebook.table.labels.flatMap { label in
        label.kinds.map { kind in
            [
                markdownCode(label.label), kind.kind.rawValue, kind.alpha.phrase, kind.interval.phrase,
                counted(kind.traces, "trace"),
            ]
        }
            + label.pairs.map { pair in
                [markdownCode(label.label), markdown(pair.phrase), pair.alpha.phrase, "", codebook.units(pair.units)]
            }
    }
    return markdownTable(["label", "annotators", "alpha", "95 % interval", "of"], rows, noun: "row")
}
