import Words

extension Annotation {
    /// Returns the labels and links as a collection of the Web Annotation Data Model (W3C, 2017) in JSON-LD.
    ///
    /// Positions count code points, as section 4.2.4 requires. `file` and `textFile` are the paths of the annotation file
    /// and of the trace's text.
    package func webAnnotation(of text: TraceText, _ segmentation: Segmentation, file: String, textFile: String)
        -> [UInt8]
    {
        let segments = links.isEmpty ? [] : segmentation.segments(of: text)
        let links = links.filter { max($0.from, $0.to) < segments.count }
        var items: [WebAnnotation] = []
        for (number, mark) in marks.enumerated() {
            items.append(
                WebAnnotation(
                    id: "\(file)#label-\(number + 1)", annotation: self,
                    body: [.label(mark.label)] + (mark.value.map { [.value($0)] } ?? []),
                    target: WebSelection(text: text, range: mark.range, source: textFile)))
        }
        for (number, link) in links.enumerated() {
            let end = WebSelection(text: text, range: segments[link.to], source: textFile, isBody: true)
            items.append(
                WebAnnotation(
                    id: "\(file)#link-\(number + 1)", annotation: self, body: [.label(link.relation), .end(end)],
                    target: WebSelection(text: text, range: segments[link.from], source: textFile)))
        }
        var json = JSONWriter()
        json.object { json in
            json.add("@context", "http://www.w3.org/ns/anno.jsonld")
            json.object("first") { json in
                json.add("id", "\(file)#page")
                json.add("items", items)
                json.add("startIndex", 0)
                json.add("type", "AnnotationPage")
            }
            json.add("id", file)
            json.add("label", "\(codebook) labels of \(trace) by \(annotator)")
            json.add("total", items.count)
            json.add("type", "AnnotationCollection")
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

private struct WebAnnotation: JSONObject {
    enum Body: JSONObject {
        case label(String)
        case value(Double)
        case end(WebSelection)

        func addMembers(to json: inout JSONWriter) {
            switch self {
            case .label(let name): addText(name, "classifying", to: &json)
            case .value(let value): addText(numberText(value), "assessing", to: &json)
            case .end(let selection): selection.addMembers(to: &json)
            }
        }

        private func addText(_ value: String, _ purpose: String, to json: inout JSONWriter) {
            json.add("purpose", purpose)
            json.add("type", "TextualBody")
            json.add("value", value)
        }
    }

    var id: String
    var annotation: Annotation
    var body: [Body]
    var target: WebSelection

    func addMembers(to json: inout JSONWriter) {
        json.add("body", body)
        json.object("creator") { json in
            json.add("nickname", annotation.annotator)
            json.add("type", annotation.maker == .human ? "Person" : "Software")
        }
        json.object("generator") { json in
            json.add("name", annotation.tool)
            json.add("type", "Software")
        }
        json.add("id", id)
        if case .end = body.last { json.add("motivation", "linking") } else { json.add("motivation", "classifying") }
        json.add("target", target)
        json.add("type", "Annotation")
    }
}

/// A range of a text, given by its position and by its quote.
private struct WebSelection: JSONObject {
    /// How many code points before and after a quote are quoted, too.
    static let context = 32

    var text: TraceText
    var range: Range<Int>
    var source: String
    var isBody = false

    func addMembers(to json: inout JSONWriter) {
        if isBody { json.add("purpose", "linking") }
        json.list("selector", [addPosition, addQuote]) { add, json in json.object { add(&$0) } }
        json.add("source", source)
        if isBody { json.add("type", "SpecificResource") }
    }

    private func addPosition(to json: inout JSONWriter) {
        json.add("end", range.upperBound)
        json.add("start", range.lowerBound)
        json.add("type", "TextPositionSelector")
    }

    private func addQuote(to json: inout JSONWriter) {
        json.add("exact", text[range])
        json.add("prefix", text[max(range.lowerBound - Self.context, 0)..<range.lowerBound])
        json.add("suffix", text[range.upperBound..<min(range.upperBound + Self.context, text.count)])
        json.add("type", "TextQuoteSelector")
    }
}
