import FoundationEssentials
import Testing

@testable import Annotations

/// A file of Tests/annotation-formats. Its script make_fixtures.py made them with the libraries of the tools.
func fixture(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: fixturePlace(name))) }

func fixturePlace(_ name: String) -> URL {
    let folder = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    return URL(filePath: "\(folder)/annotation-formats/\(name)")
}

let labels = ["initializing", "deduction", "uncertainty-estimation"]

func rules(_ text: TraceText, _ unit: LabelUnit = .segment) -> AnnotationImport {
    AnnotationImport(text: text, segments: Segmentation.sentence.segments(of: text), unit: unit, labels: labels)
}

func imported(
    _ name: String, text: [UInt8]? = nil, _ unit: LabelUnit = .segment,
    counting offsetUnit: OffsetUnit? = nil
) throws -> ImportedLabels {
    let trace = try #require(TraceText(utf8: try fixture("text.txt")))
    let bytes = try fixture(name)
    let format = try #require(AnnotationFormat(recognising: bytes))
    var rules = rules(trace, unit)
    rules.offsetUnit = offsetUnit
    return try rules.place(rules.document(among: try format.documents(in: bytes, text: text), by: nil))
}

@Suite struct FormatFixtureTests {
    /// The four sentences of the text in code points, as Python counts them.
    private static let marks = [
        Annotation.Mark(0..<30, "initializing", quote: "Let me think: 24 from 3 and 8."),
        Annotation.Mark(31..<59, "deduction", quote: "So 3 × 8 = 24 👩🏽‍🔬, cafe\u{301} 𝟚!"),
        Annotation.Mark(60..<90, "uncertainty-estimation", quote: "Wait, שלום עולם is a greeting."),
        Annotation.Mark(92..<109, "deduction", quote: "The answer is 24."),
    ]

    @Test(
        arguments: [
            ("brat.ann", nil, true, ["note": 1]), ("label-studio.json", nil, true, [:]),
            ("label-studio-utf16.json", nil, true, [:]), ("label-studio-min.json", nil, false, [:]),
            ("doccano.jsonl", .utf16, false, [:]), ("doccano-relations.jsonl", .codePoints, true, ["comment": 1]),
            ("uima.json", nil, true, ["structural annotation": 1]),
        ] as [(String, OffsetUnit?, Bool, [String: Int])])
    func everyFormatGivesTheSameLabels(file: String, unit: OffsetUnit?, hasLink: Bool, omitted: [String: Int]) throws {
        let links = hasLink ? [Annotation.Link(from: 3, to: 1, relation: "depends-on")] : []
        let expected = ImportedLabels(marks: Self.marks, links: links, placed: 4, omitted: omitted)
        #expect(try imported(file, counting: unit) == expected)
        #expect(try imported(file, .span, counting: unit) == expected)
    }

    @Test func offsetsWithoutQuotesMustNotBeAmbiguous() throws {
        #expect(
            throws: ImportMistake(
                "the offsets can count code points, UTF-16 units or grapheme clusters, and no quotes tell which",
                remedy: "name what they count with --offsets")
        ) { try imported("doccano.jsonl") }
        // The second label ends after an emoji that is one grapheme cluster, four code points and seven UTF-16 units.
        // The first one has the same place in all readings.
        let text = TraceText("So 👩🏽‍🔬 is here.")
        for (unit, end) in [(OffsetUnit.graphemes, 4), (.codePoints, 7), (.utf16, 10)] {
            let row = "{\"text\": \"So 👩🏽‍🔬 is here.\", \"label\": [[0, 2, \"deduction\"], [3, \(end), \"initializing\"]]}"
            let documents = try AnnotationFormat.doccano.documents(in: Array(row.utf8))
            var rules = rules(text, .span)
            rules.offsetUnit = unit
            #expect(try rules.place(documents[0]).marks.map(\.quote) == ["So", "👩🏽‍🔬"])
        }
        let row = "{\"text\": \"So 👩🏽‍🔬 is here.\", \"label\": [[0, 2, \"deduction\"]]}"
        #expect(try rules(text, .span).place(AnnotationFormat.doccano.documents(in: Array(row.utf8))[0]).placed == 1)
    }

    @Test func aPartThatIsNotInTheTextIsRefusedAndNotCovered() throws {
        let labels = try imported("inline-tags.txt")
        #expect(labels.marks == [Self.marks[0], Self.marks[1], Self.marks[3]])
        #expect(labels.coverage == .ranges([0..<59, 92..<109]))
        #expect((labels.placed, labels.shifted, labels.largestShift) == (2, 1, 7))
        #expect(
            labels.refused == [
                RefusedLabel(
                    "uncertainty-estimation", quote: "Wait, this is a greeting.",
                    "the rest of the trace does not have this text")
            ])
    }
}
