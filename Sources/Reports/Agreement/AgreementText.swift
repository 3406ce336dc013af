import Annotations
import Words

/// Writes a paragraph per label, with a line for each kind and pair of annotators if there are several.
func agreementText(_ report: AgreementReport, style: TextStyle) -> String {
    guard !report.codebooks.isEmpty else { return "No codebooks: `arbor-ledger new codebook` writes one.\n" }
    return report.codebooks.map { codebook in
        var lines = [style.bold(codebook.codebook.slug), style.wrapped(codebook.summary, indent: 2)]
        if let leftOut = codebook.leftOut { lines.append(style.yellow(style.wrapped(leftOut, indent: 2))) }
        for label in codebook.table.labels {
            lines += [
                "",
                style.wrapped("\(style.cyan(label.label)): \(alpha(label.alpha, label.interval))", indent: 4, first: 2),
            ]
            guard label.units > 0 else { continue }
            lines.append(style.dim(style.wrapped(details(label, codebook), indent: 4)))
            if label.kinds.count > 1 {
                lines += label.kinds.map { kind in
                    let phrase = "\(kind.kind.rawValue): \(alpha(kind.alpha, kind.interval))"
                    return style.wrapped("\(phrase); \(counted(kind.traces, "trace"))", indent: 6, first: 4)
                }
            }
            if label.pairs.count > 1 {
                lines += label.pairs.map { pair in
                    style.wrapped(
                        "\(pair.phrase): \(alpha(pair.alpha)); \(codebook.units(pair.units))", indent: 6, first: 4)
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
}

private func alpha(_ alpha: Measured<Double>, _ interval: Measured<ClosedRange<Double>>? = nil) -> String {
    guard case .success = alpha else { return "no alpha: \(alpha.phrase)" }
    switch interval {
    case nil: return "alpha \(alpha.phrase)"
    case .success?: return "alpha \(alpha.phrase), 95 % interval \(interval?.phrase ?? "")"
    case .failure(let reason)?: return "alpha \(alpha.phrase), no interval: \(reason.rawValue)"
    }
}

private func details(_ label: LabelAgreement, _ codebook: AgreementReport.OfCodebook) -> String {
    let numbers = [
        ("raw agreement", label.rawAgreement), ("AC1", label.ac1), ("prevalence", label.prevalence),
        ("boundary similarity", label.borders),
    ].compactMap { name, number in (try? number?.get()).map { "\(name) \(fixed($0, digits: 3))" } }
    let counts =
        "\(codebook.units(label.units)) in \(counted(label.traces, "trace")) by "
        + counted(label.annotators, "annotator")
    return (numbers + [counts]).joined(separator: "; ")
}
