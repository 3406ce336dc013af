import Annotations
import Merging
import Records
import Words

/// Traces and codebooks, with the labels of their annotators.
extension RecordView {
    init(_ trace: Trace, _ state: LedgerState) {
        self.init(trace.slug, .trace, trace.title, .trace(slug: trace.slug))
        add("model", ([trace.model.value] + [trace.task.map { "task \($0.value)" }].compactMap(\.self)))
        let text = state.text(of: trace)
        let size = "\(counted(trace.text.codePoints, "code point")), \(counted(trace.text.bytes, "byte"))"
        add(
            "text",
            [size, "SHA-256 \(trace.text.sha256.value)"]
                + (text != nil
                    ? []
                    : [
                        "not in the ledger"
                            + (trace.places.isEmpty ? "" : "; fetch \(listed(trace.places.map(\.value)))")
                    ]))
        if let text {
            let segments = trace.segments.rule.segments(of: text)
            add("beginning", segments.prefix(5).map { shortened(text[$0], to: 200) })
            add("segments", ["\(segments.count) by the rule \(trace.segments.rule.rawValue)"])
        }
        add("prompt", [trace.prompt].compactMap(\.self))
        add("sampling", trace.sampling.map { "\($0.name.value): \($0.value.value)" })
        add("revision", [trace.revision].compactMap(\.self))
        add("tokenizer", [trace.tokenizer].compactMap(\.self))
        add("licence", [trace.licence])
        add("recorded by", [listed(trace.contributors)])
        let files = state.annotations[trace.slug, default: []]
        let heads = Set(files.heads.map(\.sha256))
        add(
            "annotations",
            files.map { file in
                let content = file.content
                let coverage = content.coverage == .all ? "" : ", of parts of the text"
                let blind = content.isBlind ? ", blind" : ""
                let replaced = heads.contains(file.sha256) ? "" : ", replaced"
                return
                    "\(content.codebook) by \(content.annotator) (\(content.maker.rawValue)\(blind)): "
                    + "\(counted(content.marks.count, "label"))\(coverage)\(replaced)"
            })
        addCounts(of: files.heads)
    }

    /// Adds how often each annotator found each label.
    private mutating func addCounts(of heads: [AnnotationFile]) {
        var lines: [String] = []
        for file in heads {
            let counts = Dictionary(grouping: file.content.marks, by: \.label).mapValues(\.count)
            guard !counts.isEmpty else { continue }
            let phrases = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            lines.append("\(file.content.codebook), \(file.content.annotator): \(phrases.joined(separator: ", "))")
        }
        add("labels", lines)
    }

    init(_ codebook: Codebook, _ state: LedgerState) {
        self.init(codebook.slug, .codebook, codebook.title, .codebook(slug: codebook.slug))
        let agreement = AgreementReport.OfCodebook(codebook, in: state)
        add("source", [codebook.source].compactMap(\.self))
        add("what is labelled", [agreement.summary])
        add("values", codebook.values.isEmpty ? [] : [codebook.values.map { "\($0)" }.joined(separator: ", ")])
        add("labels", codebook.labels.map { "\($0.name.value): \($0.definition)" })
        add(
            "examples",
            codebook.labels.map { "\($0.name.value): \($0.examples.map { "\"\($0)\"" }.joined(separator: "; "))" })
        add(
            "maps to",
            codebook.labels.flatMap { label in
                label.mapsTo.map { "\(label.name.value) to \($0.value), if \(label.assumes?.value ?? "") holds" }
            })
        add("agreement", agreement.table.labels.map { "\($0.label): \($0.alphaPhrase)" })
        add(
            "agreement of pairs",
            agreement.table.labels.flatMap { label in
                label.pairs.map {
                    "\(label.label): \($0.phrase): \($0.alpha.alphaPhrase); \(agreement.units($0.units))"
                }
            })
        add("version", [codebook.digest])
        add("recorded by", [listed(codebook.contributors)])
        let names = codebook.labels.map { Codebook.reliability(of: $0.name.value, in: codebook.slug) }
        add("assumed by", names.filter { state.assumptions[$0] != nil })
    }
}

/// Shortens a text to a number of code points.
private func shortened(_ text: String, to count: Int) -> String {
    let scalars = text.unicodeScalars
    return scalars.count <= count ? text : String(String.UnicodeScalarView(scalars.prefix(count))) + "…"
}
