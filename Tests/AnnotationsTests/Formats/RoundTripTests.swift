import Testing

@testable import Annotations

/// SplitMix64 (Steele, Lea and Flood 2014), so that the random texts are the same on every machine.
struct Draws: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct RoundTripTests {
    private static let pieces = [
        "a", "So 3", "é", "e\u{301}", "👩🏽‍🔬", "𝟚", "שלום", "\u{202E}", ".", "! ", " ", "\t", "\n", "\n\n", "\r",
        "\u{2028}", "\u{85}", "\"", "。", ";", "\u{1F}",
    ]

    private func draw(_ draws: inout Draws) -> (TraceText, Annotation) {
        let text = TraceText(
            (0..<Int.random(in: 1...60, using: &draws)).map { _ in Self.pieces.randomElement(using: &draws)! }.joined())
        let segments = Segmentation.sentence.segments(of: text)
        var marks: [Annotation.Mark] = []
        var ends: [String: Int] = [:]
        for _ in 0..<6 {
            let start = Int.random(in: 0..<text.count, using: &draws)
            let range = start..<Int.random(in: start + 1...text.count, using: &draws)
            // Brat's lines cannot express white space at the ends of a span.
            guard !isGap(text.scalars[range.lowerBound]), !isGap(text.scalars[range.upperBound - 1]) else { continue }
            let label = labels.randomElement(using: &draws)!
            guard range.lowerBound >= ends[label, default: 0] else { continue }
            ends[label] = range.upperBound
            let value = [-1, 0, 0.5].randomElement(using: &draws)!
            marks.append(Annotation.Mark(range, label, value: value, quote: text[range]))
        }
        var annotation = Annotation(
            trace: "t", text: "", codebook: "c", version: "", annotator: "ada", maker: .human, isBlind: true,
            marks: marks, tool: "test")
        for _ in 0..<3 where segments.count > 1 {
            let (from, to) = (
                segments.indices.randomElement(using: &draws)!, segments.indices.randomElement(using: &draws)!
            )
            if from != to {
                annotation.links.append(Annotation.Link(from: from, to: to, relation: Annotation.Link.dependsOn))
            }
        }
        annotation.sort()
        return (text, annotation)
    }

    @Test func labelsSurviveBrat() throws {
        var draws = Draws(state: 21)
        for _ in 0..<500 {
            let (text, annotation) = draw(&draws)
            let (file, changed) = annotation.brat(of: text, .sentence)
            #expect(changed == 0)
            let documents = try AnnotationFormat.brat.documents(
                in: Array(file.utf8), text: Array(text[0..<text.count].utf8))
            var rules = rules(text, .span)
            rules.hasValues = true
            let found = try rules.place(rules.document(among: documents, by: nil))
            #expect(found.marks == annotation.marks && found.links == annotation.links, "\(file.debugDescription)")
            #expect(found.refused.isEmpty && found.moved == 0)
        }
    }

    @Test func labelsOfSegmentsSurviveBrat() throws {
        var draws = Draws(state: 22)
        for _ in 0..<200 {
            var (text, annotation) = draw(&draws)
            let segments = Segmentation.sentence.segments(of: text)
            annotation.marks = segments.map {
                Annotation.Mark($0, labels.randomElement(using: &draws)!, quote: text[$0])
            }
            let (file, _) = annotation.brat(of: text, .sentence)
            let documents = try AnnotationFormat.brat.documents(in: Array(file.utf8))
            let found = try rules(text).place(documents[0])
            #expect(found == ImportedLabels(marks: annotation.marks, links: annotation.links, placed: segments.count))
        }
    }

    @Test func lineEndsAtBordersAreCounted() {
        let text = TraceText("a\n\nb\n")
        let annotation = Annotation(
            trace: "t", text: "", codebook: "c", version: "", annotator: "ada", maker: .human, isBlind: true,
            marks: [
                Annotation.Mark(0..<4, "deduction", quote: "a\n\nb"),
                Annotation.Mark(1..<3, "deduction", quote: "\n\n"),
                Annotation.Mark(3..<5, "deduction", quote: "b\n"),
            ], tool: "test")
        let (file, changed) = annotation.brat(of: text, .sentence)
        #expect(file == "T1\tdeduction 0 1;3 4\ta b\nT2\tdeduction 3 4\tb\n")
        #expect(changed == 2)
    }
}
