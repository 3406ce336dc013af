import Annotations
import Foundation
import Records

/// Writes traces and annotations into a temporary ledger, as annotators and tools would.
extension TemporaryLedger {
    static let codebook = """
        title: Checks
        contributors: [Ann <ann@example.org>]
        scale: nominal
        unit: segment
        labels:
          check:
            definition: Tests a result.
            examples: ["Let me check.", "Is it 7?"]

        """

    /// The digest of the codebook.
    static let version = sha256(
        "arbor-codebook/1\nscale nominal\nunit segment\nlabel check Tests a result.")

    /// Writes a trace with one sentence per line. Returns the text.
    @discardableResult
    func writeTrace(_ slug: String, model: String = "r1", _ sentences: [String]) throws -> TraceText {
        let text = sentences.map { $0 + "\n" }.joined()
        let trace = TraceText(text)
        let segments = Segmentation.sentence.segments(of: trace)
        try write("Traces/\(slug)/text.txt", text)
        try write(
            "Traces/\(slug)/trace.yaml",
            """
            title: Trace \(slug)
            contributors: [Ann <ann@example.org>]
            model: \(model)
            text:
              sha256: \(sha256(text))
              bytes: \(text.utf8.count)
              codepoints: \(trace.count)
            segments:
              rule: sentence-1
              sha256: \(segmentsDigest(segments))
            licence: CC0-1.0

            """)
        return trace
    }

    /// Writes an annotation that puts the label `check` on some segments. Returns its path.
    @discardableResult
    func annotate(
        _ slug: String, _ text: TraceText, by annotator: String, _ maker: Annotation.Maker = .rule, checks: [Int],
        replaces: [String] = []
    ) throws -> String {
        let segments = Segmentation.sentence.segments(of: text)
        let annotation = Annotation(
            trace: slug, text: sha256(text[0..<text.count]), codebook: "checks", version: Self.version,
            annotator: annotator, maker: maker, isBlind: true, replaces: replaces,
            marks: checks.map { Annotation.Mark(segments[$0], "check", quote: text[segments[$0]]) }, tool: "test")
        let bytes = annotation.encoded
        let path = AnnotationFile.place(of: annotation, sha256: sha256(bytes)).path
        try write(path, String(decoding: bytes, as: UTF8.self))
        return path
    }

    /// Writes traces of which each has ten sentences. Two rules find checks; they differ in one sentence of every
    /// `differing`-th trace.
    func writeAnnotatedTraces(_ numbers: Range<Int>, differing: Int = 4) throws {
        for number in numbers {
            let slug = "sums-\(number)"
            let checks = (0..<10).filter { ($0 * 7 + number) % 3 == 0 }
            let text = try writeTrace(
                slug, (0..<10).map { checks.contains($0) ? "Let me check \(number)." : "We add \($0) and \(number)." })
            try annotate(slug, text, by: "first", checks: checks)
            let isOther = number % differing == 0
            try annotate(slug, text, by: "second", checks: isOther ? Array(checks.dropFirst()) : checks)
        }
    }

    /// Writes the codebook, the vocabulary, a verifier and a claim that rules agree.
    func writeAgreementClaim(value: String = "{at_least: 0.7}") throws {
        try write("Codebooks/checks.yaml", Self.codebook)
        try write(
            "Claims/vocabulary/quantities/agreement.yaml",
            "title: Agreement\ndefinition: Krippendorff's alpha.\nrange: [-1, 1]\n"
                + "conditions: [codebook, label, annotators, model]\n")
        for (condition, values) in [
            ("codebook", "[checks]"), ("label", "[check]"), ("annotators", "[human-human, rule-rule]"),
        ] {
            try write("Claims/vocabulary/conditions/\(condition).yaml", "title: \(condition)\nvalues: \(values)\n")
        }
        try write(
            "Claims/labels/question.yaml",
            "question: Do annotators agree?\nwhy: Labels must be reliable.\nquantity: agreement\n"
                + "yes: {at_least: 0.67}\ncovers: {codebook: checks, label: check}\n")
        try write(
            "Verifiers/annotated/model.yaml",
            "title: Annotated traces\ncontributors: [Ann <ann@example.org>]\nabstracts: labels\nkernel: agreement\n"
                + "budget: {minutes: 1, memory_gib: 1}\n")
        try write(
            "Verifiers/annotated/agreement.yaml",
            "measurement: agreement\nmeasures: [agreement]\nconditions: [codebook, label, annotators, model]\n"
                + "control: {labels: moved}\n")
        try write(
            "Findings/agree.yaml",
            """
            title: Rules agree on checks
            authors: [Ann]
            contributors: [Ann <ann@example.org>]
            date: 2026
            source: here
            north_star: Labels are reliable.
            claims:
              - quantity: agreement
                value: \(value)
                tested: {codebook: checks, label: check, annotators: rule-rule, model: r1}
                verify: annotated/agreement

            """)
    }
}
