import Testing

@testable import Annotations

@Suite struct PlacingTests {
    private let text = TraceText("One is odd. Two is even.\nOne is odd. Three is odd.\n")

    private func place(
        _ labels: ForeignLabel..., links: [ForeignLink] = [], unit: LabelUnit = .span,
        change: (inout AnnotationImport) -> Void = { _ in }
    ) throws -> ImportedLabels {
        var rules = rules(text, unit)
        change(&rules)
        return try rules.place(ForeignDocument(labels: labels, links: links))
    }

    private func span(
        _ range: Range<Int>, _ quote: String?, _ name: String = "deduction", value: Double? = nil, id: String? = nil
    ) -> ForeignLabel {
        ForeignLabel(.ranges([range]), name, quote: quote, value: value, id: id)
    }

    private func reasons(_ labels: ImportedLabels) -> [String] { labels.refused.map(\.reason) }

    @Test func aQuoteAtItsOffsetIsPlaced() throws {
        let labels = try place(span(12..<24, "Two is even."), span(16..<30, "is even. One i", "initializing"))
        #expect((labels.placed, labels.moved, labels.refused) == (2, 0, []))
        // The second quote has a blank where the text has a line feed.
        #expect(labels.marks.map(\.quote) == ["Two is even.", "is even.\nOne i"])
    }

    @Test func aUniqueQuoteElsewhereIsMoved() throws {
        let labels = try place(span(2..<5, "Three  is\nodd."))
        #expect(labels.marks == [Annotation.Mark(37..<50, "deduction", quote: "Three is odd.")])
        #expect((labels.placed, labels.shifted, labels.largestShift) == (0, 1, 35))
    }

    @Test func aRepeatedQuoteIsMovedOnlyIfItIsUniqueNearItsOffset() throws {
        #expect(reasons(try place(span(3..<6, "One is odd."))) == ["the trace has this text 2 times"])
        let far = TraceText("One is odd." + String(repeating: " and", count: 300) + " One is odd.")
        let labels = try rules(far, .span).place(ForeignDocument(labels: [span(1210..<1221, "One is odd.")]))
        #expect(labels.marks.map(\.range) == [1212..<1223])
        #expect(reasons(try place(span(0..<3, "Four"))) == ["the trace does not have this text"])
    }

    @Test func namesAreFoldedOrGiven() throws {
        let labels = try place(
            span(0..<3, "One", "Uncertainty_estimation"), span(12..<15, "Two", "guess"), span(25..<28, "One", "x\ty")
        ) {
            $0.meanings = [AnnotationImport.Meaning("guess", label: "deduction")]
        }
        #expect(labels.marks.map(\.label) == ["uncertainty-estimation", "deduction"])
        #expect(labels.refused == [RefusedLabel("x\ty", quote: "One", "the codebook has no such label")])
    }

    @Test func repeatedAndOverlappingLabelsAreRefused() throws {
        let labels = try place(
            span(0..<3, "One"), span(0..<3, "One"), span(2..<6, "e is"), span(0..<3, "One", "initializing"))
        #expect(labels.marks.map(\.label) == ["deduction", "initializing"])
        #expect(reasons(labels) == ["it repeats another label", "it overlaps another span of the same label"])
    }

    @Test func aSegmentHasALabelThatCoversMoreThanHalfOfIt() throws {
        // The segments are 0..<11, 12..<24, 25..<36 and 37..<50.
        let labels = try place(
            span(0..<11, "One is odd."), span(14..<28, "o is even. One"), span(25..<36, nil, "initializing"),
            span(37..<43, "Three ", "uncertainty-estimation"), unit: .segment)
        #expect(labels.marks.map(\.range) == [0..<11, 12..<24])
        #expect((labels.placed, labels.fitted) == (1, 1))
        #expect(
            reasons(labels) == [
                "the file has neither its text nor the text of the trace", "it covers no more than half of a segment",
            ])
        #expect(labels.coverage == .ranges([0..<24]))
    }

    @Test func twoSpansOfALabelTogetherCoverASegment() throws {
        let labels = try place(span(37..<42, "Three"), span(43..<45, "is"), unit: .segment)
        #expect(labels.marks == [Annotation.Mark(37..<50, "deduction", quote: "Three is odd.")])
        #expect(labels.fitted == 2)
    }

    @Test func valuesMustBeThoseOfTheCodebook() throws {
        let labels = try place(
            span(0..<3, "One", value: -1), span(12..<15, "Two", value: 2), span(25..<28, "One"),
            span(37..<42, "Three", "good")
        ) {
            ($0.hasValues, $0.values) = (true, [-1, 0, 1])
            $0.meanings = [AnnotationImport.Meaning("good", label: "deduction", value: 1)]
        }
        #expect(labels.marks.map(\.value) == [-1, 1])
        #expect(reasons(labels) == ["the codebook has no value 2.0", "it has no value"])
    }

    @Test func labelsOfTheWholeTextNeedACodebookForWholeTexts() throws {
        #expect(try place(ForeignLabel(.whole, "deduction"), unit: .trace).marks.map(\.range) == [0..<51])
        #expect(try place(span(0..<50, "One is odd. Two is even. One is odd. Three is odd."), unit: .trace).placed == 1)
        #expect(
            reasons(try place(ForeignLabel(.whole, "deduction")))
                == ["it labels the whole text; the codebook labels parts"])
        #expect(
            reasons(try place(span(0..<3, "One"), unit: .trace))
                == ["it labels a part; the codebook labels whole texts"])
    }

    @Test func linksThatAnAnnotationCannotHaveAreRefused() throws {
        let labels = try place(
            span(0..<11, "One is odd.", id: "a"), span(12..<24, "Two is even.", id: "b"),
            span(0..<36, "One is odd. Two is even. One is odd.", "initializing", id: "c"),
            links: [
                ("b", "a", "Depends On"), ("b", "a", "depends-on"), ("a", "a", "depends-on"), ("a", "c", "depends-on"),
                ("a", "b", "causes"),
            ]
            .map { ForeignLink(from: $0, to: $1, name: $2) })
        #expect(labels.links == [Annotation.Link(from: 1, to: 0, relation: "depends-on")])
        #expect(
            reasons(labels) == [
                "it repeats another link", "it links a segment with itself", "an end of the link is not one segment",
                "the only relation that an annotation can have is depends-on",
            ])
    }

    @Test(arguments: [
        "\u{FEFF}One is odd. Two is even.\nOne is odd. Three is odd.\n",
        "One is odd. Two is even.\r\nOne is odd. Three is odd.\r\n",
    ])
    func byteOrderMarksAndCarriageReturnsAreMapped(source: String) throws {
        let start = Array(source.unicodeScalars).firstIndex(of: "T")!
        let last = source.unicodeScalars.count - (source.unicodeScalars.contains("\r") ? 2 : 1)
        let document = ForeignDocument(
            texts: [source],
            labels: [span(start..<start + 3, nil), span(last - 13..<last, "Three is odd.", "initializing")])
        let rules = rules(text, .span)
        let labels = try rules.place(rules.document(among: [document], by: nil))
        #expect(labels.marks.map(\.quote) == ["Two", "Three is odd."])
        #expect(labels.placed == 2)
    }

    @Test func anotherTextIsRefusedWithThePlaceOfTheDifference() throws {
        let other = ForeignDocument(texts: ["One is odd. Two is even.\nOne is not odd."])
        #expect(
            throws: ImportMistake(
                "the text is not that of the trace: it differs first in line 2, column 8: \"not odd.\" in the file, "
                    + "\"odd. Three is odd.\n\" in the trace",
                remedy: "give the annotation of the trace's text, or make a trace of the annotated text")
        ) { try rules(text).document(among: [other], by: nil) }
        #expect(throws: ImportMistake("none of the 2 texts is that of the trace")) {
            try rules(text).document(among: [other, other], by: nil)
        }
    }

    @Test func oneOfSeveralAnnotatorsIsChosen() throws {
        let documents = ["1", "2"].map { ForeignDocument(annotator: $0) }
        #expect(try rules(text).document(among: documents, by: "2").annotator == "2")
        #expect(
            throws: ImportMistake("there are 2 annotations of this trace, by 1 and 2", remedy: "choose one with --from")
        ) {
            try rules(text).document(among: documents, by: nil)
        }
        #expect(throws: ImportMistake("no annotation of this trace is by \"3\"", remedy: "choose among 1 and 2")) {
            try rules(text).document(among: documents, by: "3")
        }
    }
}
