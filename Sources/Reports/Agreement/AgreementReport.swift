import Annotations
import Records
import Words

/// How well annotators agree on the labels of codebooks.
package struct AgreementReport: Report {
    package struct OfCodebook: Sendable {
        package var codebook: Codebook
        package var table: AgreementTable
        /// The number of traces with annotations that count.
        package var traceCount: Int
        package var annotators: [Annotator]
        /// The number of annotations that do not count.
        package var severalCount: Int
        package var textlessCount: Int

        package init(_ codebook: Codebook, in state: LedgerState) {
            let annotated = state.annotatedTraces(codebook)
            self.codebook = codebook
            table = AgreementTable(
                labels: codebook.labels.map(\.name.value), scale: codebook.scale, unit: codebook.unit,
                traces: annotated.traces)
            traceCount = annotated.traces.count
            annotators = Set(annotated.traces.flatMap(\.readings).map(\.annotator)).sorted()
            severalCount = annotated.severalCount
            textlessCount = annotated.textlessCount
        }
    }

    package var codebooks: [OfCodebook]

    /// Reports on one codebook, or on all of them, sorted by name.
    package init(_ state: LedgerState, codebook: String? = nil) {
        let chosen = state.codebooks.values.filter { codebook == nil || $0.slug == codebook }
        codebooks = chosen.sorted { $0.slug < $1.slug }.map { OfCodebook($0, in: state) }
    }

    package static let name = "agreement"
    package static let renderers = [
        Renderer("text", "by label, for the terminal", agreementText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", agreementMarkdown),
        Renderer("csv", "one row per label, kind and pair", agreementCSV),
    ]
}

extension AgreementReport.OfCodebook {
    /// The scale, the unit and the counts in words.
    var summary: String {
        let unit = codebook.unit == .trace ? "whole texts" : "\(codebook.unit.rawValue)s"
        return "\(codebook.scale.rawValue) labels of \(unit); \(counted(traceCount, "trace")), "
            + counted(annotators.count, "annotator")
    }

    /// Says which annotations do not count, and why.
    var leftOut: String? {
        let parts = [
            (severalCount, "of annotators who have several of the same trace"),
            (textlessCount, "whose text is not at hand"),
        ].filter { $0.0 > 0 }.map { "\(counted($0.0, "annotation")) \($0.1)" }
        return parts.isEmpty ? nil : "Not counted: \(listed(parts))"
    }

    /// A number of rated units with its noun.
    func units(_ count: Int) -> String {
        switch codebook.unit {
        case .segment: counted(count, "segment")
        case .trace: counted(count, "text")
        case .span: counted(count, "code point")
        }
    }
}

extension LabelAgreement.Pair {
    var phrase: String { "\(first.phrase) and \(second.phrase)" }
}

extension Annotator {
    /// The handle, and the maker if it is no human.
    var phrase: String { maker == .human ? handle : "\(handle) (\(maker.rawValue))" }
}

extension Result<Double, NoNumber> {
    /// The number with three digits, or the reason why there is none.
    var phrase: String {
        switch self {
        case .success(let number): fixed(number, digits: 3)
        case .failure(let reason): reason.rawValue
        }
    }
}

extension Result<ClosedRange<Double>, NoNumber> {
    var phrase: String {
        switch self {
        case .success(let range): "\(fixed(range.lowerBound, digits: 3)) to \(fixed(range.upperBound, digits: 3))"
        case .failure(let reason): reason.rawValue
        }
    }
}
