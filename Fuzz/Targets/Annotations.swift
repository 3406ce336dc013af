import Annotations
import Words

private let fuzzedText = TraceText(
    "We add 2 and 3.\nLet me check: 😀 5.\nשלום. Is it \u{65}\u{301}? Yes.\nSo it is 5.\n")

/// Checks texts, annotation files and files of other annotation tools.
func annotationsViolation(_ bytes: [UInt8]) -> String? {
    if let text = TraceText(utf8: bytes), let violation = segmentsViolation(text) { return violation }
    if var annotation = try? Annotation(encoded: bytes) {
        annotation.isBlind.toggle()
        annotation.tool += "\u{1}\"\\\u{2028}e\u{301}"
        guard let read = try? Annotation(encoded: annotation.encoded), read == annotation else {
            return "a changed annotation cannot be written and read again"
        }
    }
    let segments = Segmentation.sentence.segments(of: fuzzedText)
    for unit in LabelUnit.allCases {
        let reader = AnnotationImport(
            text: fuzzedText, segments: segments, unit: unit, labels: ["check", "deduction"],
            meanings: [AnnotationImport.Meaning("Check it", label: "check")])
        for format in AnnotationFormat.allCases {
            for document in (try? format.documents(in: bytes)) ?? [] {
                guard let placed = try? reader.place(document) else { continue }
                if let violation = placingViolation(placed, unit, segments) { return "\(format): \(violation)" }
            }
        }
    }
    return nil
}

private func segmentsViolation(_ text: TraceText) -> String? {
    let segments = Segmentation.sentence.segments(of: text)
    guard zip(segments, segments.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) else {
        return "segments overlap"
    }
    for segment in segments {
        guard !segment.isEmpty, segment.upperBound <= text.count else {
            return "a segment is empty or outside the text"
        }
        if text.scalars[segment.lowerBound].properties.isWhitespace
            || text.scalars[segment.upperBound - 1].properties.isWhitespace
        {
            return "a segment begins or ends with white space"
        }
    }
    let covered = segments.reduce(0) { $0 + $1.count { !text.scalars[$0].properties.isWhitespace } }
    return covered == text.scalars.count { !$0.properties.isWhitespace } ? nil : "the segments leave out text"
}

private func placingViolation(_ placed: ImportedLabels, _ unit: LabelUnit, _ segments: [Range<Int>]) -> String? {
    for mark in placed.marks {
        guard mark.range.upperBound <= fuzzedText.count, fuzzedText[mark.range].hasSameBytes(as: mark.quote) else {
            return "a label is not on its quote"
        }
        switch unit {
        case .segment where !segments.contains(mark.range): return "a label is not on a segment"
        case .trace where mark.range != 0..<fuzzedText.count: return "a label is not on the whole text"
        case .segment, .span, .trace: break
        }
    }
    let annotation = Annotation(
        trace: "t", text: "", codebook: "c", version: "", annotator: "a", maker: .human, isBlind: false,
        coverage: placed.coverage, marks: placed.marks, links: placed.links, tool: "")
    var sorted = annotation
    sorted.sort()
    guard sorted == annotation, let read = try? Annotation(encoded: annotation.encoded), read == annotation else {
        return "the labels cannot be written and read again"
    }
    return nil
}
