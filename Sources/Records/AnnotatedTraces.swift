import Annotations
import Words

/// The annotations of a codebook that count, and the number of those that do not.
package struct AnnotatedTraces: Sendable {
    /// The traces with at least one annotation that counts, sorted by name.
    package var traces: [AnnotatedTrace] = []
    /// The number of annotations of annotators who have several of the same trace.
    package var severalCount = 0
    /// The number of annotations whose text the ledger does not contain.
    package var textlessCount = 0
}

extension LedgerState {
    /// Returns the text of a trace, if the ledger contains the one that the trace describes.
    package func text(of trace: Trace) -> TraceText? {
        guard let file = traceTexts[trace.slug], file.sha256 == trace.text.sha256.value else { return nil }
        return file.text
    }

    /// Returns the traces with a codebook's annotations.
    package func annotatedTraces(_ codebook: Codebook) -> AnnotatedTraces {
        let files = annotations.sorted { $0.key < $1.key }
        let parts = files.concurrentMap { slug, files in
            annotatedTrace(slug, files.filter { $0.content.codebook == codebook.slug }.heads)
        }
        return parts.reduce(into: AnnotatedTraces()) { sum, part in
            sum.traces += part.traces
            sum.severalCount += part.severalCount
            sum.textlessCount += part.textlessCount
        }
    }

    /// Returns one trace with those of its heads that count.
    private func annotatedTrace(_ slug: String, _ heads: [AnnotationFile]) -> AnnotatedTraces {
        var result = AnnotatedTraces()
        let current = heads.withoutSeveral.map(\.content)
        result.severalCount = heads.count - current.count
        guard let trace = traces[slug], let text = text(of: trace) else {
            result.textlessCount = current.count
            return result
        }
        guard !current.isEmpty else { return result }
        result.traces = [
            AnnotatedTrace(
                name: slug, length: text.count, segments: trace.segments.rule.segments(of: text),
                heads: current)
        ]
        return result
    }
}

extension [AnnotationFile] {
    /// The heads without those of annotators who have several. The files must be heads of one trace and codebook.
    package var withoutSeveral: [AnnotationFile] {
        let counts = Dictionary(grouping: self, by: \.content.annotator).mapValues(\.count)
        return filter { counts[$0.content.annotator] == 1 }
    }
}
