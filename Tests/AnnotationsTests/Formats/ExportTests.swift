import FoundationEssentials
import Testing

@testable import Annotations

@Suite struct ExportTests {
    /// The annotation of the recorded exports.
    private static func annotation(_ text: TraceText) -> Annotation {
        let segments = Segmentation.sentence.segments(of: text)
        return Annotation(
            trace: "greeting", text: "", codebook: "steps", version: "", annotator: "ada", maker: .human, isBlind: true,
            marks: [
                Annotation.Mark(segments[0], "initializing", value: -1, quote: text[segments[0]]),
                Annotation.Mark(segments[1], "deduction", value: 0.5, quote: text[segments[1]]),
                Annotation.Mark(60..<109, "deduction", value: 1, quote: text[60..<109]),
            ], links: [Annotation.Link(from: 3, to: 1, relation: Annotation.Link.dependsOn)], tool: "test")
    }

    /// Tests/annotation-formats/read_exports.py reads these files with other libraries.
    @Test(arguments: ["export.jsonld", "export.ann", "export-labels.csv", "export-links.csv"])
    func exportsAreRecorded(name: String) throws {
        let text = try #require(TraceText(utf8: try fixture("text.txt")))
        let annotation = Self.annotation(text)
        let bytes =
            switch name {
            case "export.jsonld":
                annotation.webAnnotation(
                    of: text, .sentence, file: "Traces/greeting/annotations/steps/ada/0123456789ab.json",
                    textFile: "Traces/greeting/text.txt")
            case "export.ann": Array(annotation.brat(of: text, .sentence).file.utf8)
            case "export-labels.csv": labelTable([annotation])
            default: linkTable([annotation])
            }
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try Data(bytes).write(to: fixturePlace(name))
        }
        #expect(try fixture(name) == bytes)
    }

    @Test func aCellThatASpreadsheetWouldComputeIsQuoted() throws {
        var annotation = Self.annotation(try #require(TraceText(utf8: try fixture("text.txt"))))
        annotation.marks = [Annotation.Mark(0..<4, "deduction", quote: "=1+1")]
        #expect(
            String(decoding: labelTable([annotation]), as: UTF8.self) == """
                trace,codebook,annotator,by,blind,start,end,label,value,text
                greeting,steps,ada,human,true,0,4,deduction,,'=1+1

                """)
    }
}
