import Annotations
import Foundation
import Records

extension TestLedger {
    /// A codebook of segments and one of spans, each with four traces that two people and a model labelled.
    ///
    /// Each text has one letter per sentence of four code points: the label of that sentence, "-" for none, or " " if the
    /// annotator did not look at it.
    static func annotated() -> TestLedger {
        var ledger = TestLedger("")
        ledger.addCodebook("checks", unit: "segment")
        ledger.addCodebook("parts", unit: "span")
        let labels = [
            ["a-ab-", "a-aa-", "--ab-"], ["-bb-a", "-b -a", "abb-a"], ["a----", "a---b", "a----"],
            ["ba-b-", "-a-b-", ""],
        ]
        let annotators: [(String, Annotation.Maker)] = [("ada", .human), ("bob", .human), ("r1", .model)]
        let codebooks = ledger.check().state.codebooks
        for (number, texts) in labels.enumerated() {
            let slug = "sums-\(number + 1)"
            let text = ledger.addTrace(slug, sentences: 5)
            for codebook in ["checks", "parts"] {
                for (annotator, labels) in zip(annotators, texts) where !labels.isEmpty {
                    ledger.add(
                        slug, text, codebook, codebooks[codebook]!.digest, annotator.0, annotator.1, Array(labels))
                }
            }
            if number == 0 {
                ledger.add(slug, text, "checks", String(repeating: "0", count: 64), "cleo", .human, Array("aaaaa"))
            }
            if number == 1 {
                for labels in ["aaaaa", "bbbbb"] {
                    ledger.add(
                        slug, text, "checks", codebooks["checks"]!.digest, "dan", .human, Array(labels))
                }
            }
        }
        return ledger
    }

    private mutating func add(_ path: String, _ text: String) {
        files.append(SourceFile(path: path, bytes: Array(text.utf8)))
    }

    private mutating func addCodebook(_ slug: String, unit: String) {
        let labels = ["a", "b", "c"].map { "  \($0): {definition: It is \($0)., examples: [x, y]}\n" }.joined()
        add(
            "Codebooks/\(slug).yaml",
            """
            title: Checks
            contributors: [A. Handle <a@example.org>]
            scale: nominal
            unit: \(unit)
            labels:
            \(labels)
            """)
    }

    /// Adds a trace and returns its text.
    private mutating func addTrace(_ slug: String, sentences: Int) -> TraceText {
        let content = String(repeating: "Go. ", count: sentences - 1) + "Go.\n"
        let text = TraceText(content)
        let segments = Segmentation.sentence.segments(of: text)
        add("Traces/\(slug)/text.txt", content)
        add(
            "Traces/\(slug)/trace.yaml",
            """
            title: A chain
            contributors: [A. Handle <a@example.org>]
            model: toy
            text: {sha256: \(sha256(content)), bytes: \(content.utf8.count), codepoints: \(text.count)}
            segments: {rule: sentence-1, sha256: \(segmentsDigest(segments))}
            licence: CC0-1.0

            """)
        return text
    }

    private mutating func add(
        _ trace: String, _ text: TraceText, _ codebook: String, _ version: String, _ annotator: String,
        _ maker: Annotation.Maker, _ labels: [Character]
    ) {
        let segments = zip(Segmentation.sentence.segments(of: text), labels).filter { $0.1 != " " }
        var annotation = Annotation(
            trace: trace, text: sha256(text[0..<text.count]), codebook: codebook, version: version,
            annotator: annotator, maker: maker, isBlind: true,
            coverage: segments.count == labels.count ? .all : .ranges(segments.map(\.0)),
            marks: segments.filter { $0.1 != "-" }.map { range, label in
                // The model sets the borders of spans later.
                let range = codebook == "parts" && maker == .model ? range.lowerBound + 1..<range.upperBound : range
                return Annotation.Mark(range, String(label), quote: text[range])
            }, tool: "hand")
        annotation.sort()
        let bytes = annotation.encoded
        files.append(
            SourceFile(path: AnnotationFile.place(of: annotation, sha256: sha256(bytes)).path, bytes: bytes))
    }
}
