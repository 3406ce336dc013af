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
        let groups = Dictionary(grouping: heads, by: \.content.annotator).values
        result.severalCount = groups.filter { $0.count > 1 }.joined().count
        let current = groups.filter { $0.count == 1 }.map(\.[0].content)
        guard let trace = traces[slug], let text = traceTexts[slug], text.sha256 == trace.text.sha256.value else {
            result.textlessCount = current.count
            return result
        }
        guard !current.isEmpty else { return result }
        result.traces = [
            AnnotatedTrace(
                name: slug, length: text.text.count, segments: trace.segments.rule.segments(of: text.text),
                heads: current)
        ]
        return result
    }
}
