import Annotations
import Records
import Words

extension Atlas {
    /// Adds how well annotators agree on the labels of a codebook, or why there is nothing to compare.
    func addAgreement(_ html: inout Markup, on traces: [TraceSheet], _ codebook: Codebook) {
        let table = AgreementTable(
            labels: codebook.labels.map(\.name.value), scale: codebook.scale, unit: codebook.unit,
            traces: traces.compactMap { trace in
                trace.text.map { text in
                    AnnotatedTrace(
                        name: trace.slug, length: text.count, segments: trace.segments,
                        heads: trace.heads.filter { $0.content.codebook == codebook.slug }
                            .map(\.content))
                }
            })
        guard table.labels.contains(where: { $0.annotators > 1 }) else {
            return html.tag("p", text: "Two annotators or more must label the same text before there is agreement.")
        }
        let units =
            switch codebook.unit {
            case .segment: "Segments"
            case .span: "Code points"
            case .trace: "Texts"
            }
        html.table(
            ["Label", "Alpha", "95 % interval", "Raw", "Used", units], numbers: ["Alpha", "Raw", "Used", units]
        ) {
            html in
            for label in table.labels {
                html.tag("tr") { html in
                    html.tag("th", .text(.scope, "row")) { $0.recordText(label.label) }
                    let interval = label.interval.map {
                        "\(fixed($0.lowerBound, digits: 2)) to \(fixed($0.upperBound, digits: 2))"
                    }
                    for (name, text, isNumber) in [
                        ("Alpha:", label.alpha.map { fixed($0, digits: 2) }.words, true),
                        ("Interval:", interval.words, false),
                        ("Raw:", label.rawAgreement.map(percent).words, true),
                        ("Used:", label.prevalence.map(percent).words, true),
                        ("\(units):", "\(label.units)", true),
                    ] {
                        html.tag("td", .text(.dataLabel, name), isNumber ? .class("num") : nil, text: text)
                    }
                }
            }
        }
    }
}

private func percent(_ share: Double) -> String { "\(fixed(100 * share, digits: 0)) %" }

extension Result where Success == String, Failure == NoNumber {
    /// The number, or the words that replace a missing number.
    fileprivate var words: String {
        switch self {
        case .success(let text): text
        case .failure(let reason): reason.rawValue
        }
    }
}
