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
                style.wrapped("\(style.cyan(label.label)): \(label.alphaPhrase)", indent: 4, first: 2),
            ]
            guard label.units > 0 else { continue }
            lines.append(style.dim(style.wrapped(details(label, codebook), indent: 4)))
            if label.kinds.count > 1 {
                lines += label.kinds.map { kind in
                    let phrase = "\(kind.kind.rawValue): \(kind.alpha.alphaPhrase(kind.interval))"
                    return style.wrapped("\(phrase); \(counted(kind.traces, "trace"))", indent: 6, first: 4)
                }
            }
            if label.pairs.count > 1 {
                lines += label.pairs.map { pair in
                    style.wrapped(
                        "\(pair.phrase): \(pair.alpha.alphaPhrase); \(codebook.units(pair.units))", indent: 6, first: 4)
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
}

extension Result<Double, NoNumber> {
    /// Alpha, or why there is none.
    var alphaPhrase: String {
        guard case .success = self else { return "no alpha: \(phrase)" }
        return "alpha \(phrase)"
    }

    /// Alpha with its interval, or why there is none.
    func alphaPhrase(_ interval: Measured<ClosedRange<Double>>) -> String {
        guard case .success = self else { return alphaPhrase }
        switch interval {
        case .success: return "\(alphaPhrase), 95 % interval \(interval.phrase)"
        case .failure(let reason): return "\(alphaPhrase), no interval: \(reason.rawValue)"
        }
    }
}

extension LabelAgreement {
    var alphaPhrase: String { alpha.alphaPhrase(interval) }
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
