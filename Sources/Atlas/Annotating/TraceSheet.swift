import Annotations
import Records
import Words

/// A trace as its pages show it.
struct TraceSheet: Sendable {
    let record: Trace
    /// The text; nil if it is not in the ledger.
    let text: TraceText?
    let segments: [Range<Int>]
    /// The annotation files that no other file replaces, sorted by codebook, annotator and digest.
    let heads: [AnnotationFile]

    var slug: String { record.slug }

    /// The traces of a ledger, sorted by slug.
    static func all(_ state: LedgerState) -> [TraceSheet] {
        state.traces.sorted { $0.key < $1.key }.concurrentMap { slug, trace in
            let text = state.text(of: trace)
            func key(_ file: AnnotationFile) -> (String, String, String) {
                (file.content.codebook, file.content.annotator, file.sha256)
            }
            return TraceSheet(
                record: trace, text: text, segments: text.map(trace.segments.rule.segments) ?? [],
                heads: state.annotations[slug, default: []].heads.sorted { key($0) < key($1) })
        }
    }

    /// The head files of each annotator in a codebook, sorted by annotator.
    func headsByAnnotator(_ codebook: Codebook) -> [(annotator: String, heads: [AnnotationFile])] {
        heads.filter { $0.content.codebook == codebook.slug }.chunked { $0.content.annotator }.map {
            ($0[0].content.annotator, $0)
        }
    }
}
