import Testing

@testable import Annotations

@Suite struct HostileFileTests {
    private static let names = [
        "brat.ann", "label-studio.json", "label-studio-min.json", "doccano.jsonl", "doccano-relations.jsonl",
        "uima.json",
        "inline-tags.txt",
    ]

    /// Changes bytes of real files and imports them: each import gives labels inside the text or reports a mistake.
    @Test(arguments: names) func changedFilesDoNoHarm(name: String) throws {
        let text = try #require(TraceText(utf8: try fixture("text.txt")))
        let bytes = try fixture(name)
        let format = try #require(AnnotationFormat(recognising: bytes))
        var draws = Draws(state: 23)
        let pieces = [
            "\"", "-1", "9223372036854775807", "1e300", "[", "]", "{", "\t", "\n", "\u{FEFF}", "null", "true", "0",
        ]
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0...Int.random(in: 0...2, using: &draws) {
                let place = Int.random(in: 0..<changed.count, using: &draws)
                let end = min(place + Int.random(in: 0...8, using: &draws), changed.count)
                changed.replaceSubrange(place..<end, with: Array(pieces.randomElement(using: &draws)!.utf8))
            }
            _ = AnnotationFormat(recognising: changed)
            guard let documents = try? format.documents(in: changed) else { continue }
            for document in documents {
                for unit in [LabelUnit.segment, .span, .trace] {
                    var rules = rules(text, unit)
                    rules.offsetUnit = OffsetUnit.allCases.randomElement(using: &draws)
                    guard let labels = try? rules.place(document) else { continue }
                    #expect(labels.marks.allSatisfy { text[$0.range] == $0.quote })
                }
            }
        }
    }

    @Test func deepNestingDoesNoHarm() {
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        #expect(throws: ImportMistake.self) { try AnnotationFormat.labelStudio.documents(in: deep) }
        #expect(throws: ImportMistake.self) { try AnnotationFormat.uima.documents(in: deep) }
        #expect(throws: ImportMistake.self) { try AnnotationFormat.doccano.documents(in: deep) }
        // This depth is the most that the reader allows.
        let allowed = Array((String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).utf8)
        #expect(throws: ImportMistake.self) { try AnnotationFormat.uima.documents(in: allowed) }
    }
}
