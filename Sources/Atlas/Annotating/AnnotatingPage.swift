import Annotations
import Records
import Words

extension Atlas {
    /// The pages on which readers annotate, and a file for each annotator with the labels.
    var annotatingPages: [AtlasFile] {
        traces.flatMap { trace in
            guard let text = trace.text, !trace.segments.isEmpty else { return [AtlasFile]() }
            return codebooks.filter { canAnnotate(trace, $0) }.flatMap { codebook in
                [annotatingPage(trace, text, codebook)] + labelFiles(trace, codebook)
            }
        }
    }

    /// Whether the atlas has a page for annotating a text in a codebook. A ledger may have thousands of texts that only
    /// rules label.
    func canAnnotate(_ trace: TraceSheet, _ codebook: Codebook) -> Bool {
        guard trace.text != nil, !trace.segments.isEmpty else { return false }
        return state.annotatedCodebooks?.contains(codebook.slug) ?? true
            || trace.heads.contains { $0.content.codebook == codebook.slug && $0.content.maker != .rule }
    }

    private func annotatingPage(_ trace: TraceSheet, _ text: TraceText, _ codebook: Codebook) -> AtlasFile {
        var frame = PageFrame(
            Place.annotating(trace.slug, codebook.slug), "Annotate: \(trace.record.title)", in: .traces,
            trail: [("Traces", Place.traces), (trace.record.title, Place.trace(trace.slug))],
            subtitle: "With the codebook “\(codebook.title)”: \(codebook.unitPhrase).")
        frame.style = Place.annotatingStyle
        return page(frame) { [self] html in
            html.tag("noscript") { html in
                html.tag("p", .class("note-box")) { html in
                    html.text("Annotating needs script. ")
                    html.link(Place.trace(trace.slug), "The text and its labels")
                    html.text(" can be read without.")
                }
            }
            html.tag("div", .class("an")) { html in
                html.tag("aside", .text(.ariaLabel, "Tools")) { addTools(&$0, trace, codebook) }
                addText(&html, trace, text, codebook)
            }
            if codebook.unit == .span { html.script("spans.js") }
            html.script("annotate.js")
        }
    }

    private func addTools(_ html: inout Markup, _ trace: TraceSheet, _ codebook: Codebook) {
        html.tag("div", .id("_tools"), .hidden) { _ in }
        html.tag("h2", text: "Labels")
        html.labelList(codebook, id: "_labels")
        html.tag("details", .id("_keys"), .hidden) { html in
            html.tag("summary", text: "Keys")
            html.facts { html in
                for (keys, meaning) in codebook.keys { html.fact(keys, meaning) }
            }
        }
        html.tag("p", .class("soft")) { html in
            html.text("You do not see the labels of others here before your work is complete. ")
            html.text("The ledger does not hide them: they are in its files and on the page of the trace.")
        }
        html.tag("ul", .id("_heads"), .hidden) { html in
            for (annotator, heads) in trace.headsByAnnotator(codebook) {
                html.tag(
                    "li", .text(.dataAnnotator, annotator),
                    .text(.dataFiles, heads.map(\.sha256).joined(separator: " ")), text: annotator)
            }
        }
    }

    private func addText(
        _ html: inout Markup, _ trace: TraceSheet, _ text: TraceText, _ codebook: Codebook
    ) {
        html.tag(
            "div", .id("_text"), .text(.dataLabels, Place.labels(trace.slug, codebook.slug)),
            .text(.dataTrace, trace.slug), .text(.dataText, trace.record.text.sha256.value),
            .text(.dataCodebook, codebook.slug), .text(.dataVersion, codebook.digest),
            .text(.dataUnit, codebook.unit.rawValue), .text(.dataScale, codebook.scale.rawValue),
            .text(.dataValues, codebook.values.map(numberText).joined(separator: " "))
        ) { html in
            var end = 0
            for segment in trace.segments {
                html.traceText(text, end..<segment.lowerBound, isBetweenSegments: true)
                html.segment(text, segment)
                end = segment.upperBound
            }
            html.traceText(text, end..<text.count, isBetweenSegments: true)
        }
    }

    /// The labels of each annotator, which the page reads only when it may show them. The files are in the form of the
    /// ledger.
    private func labelFiles(_ trace: TraceSheet, _ codebook: Codebook) -> [AtlasFile] {
        trace.headsByAnnotator(codebook).map { annotator, heads in
            let name = Place.labels(trace.slug, codebook.slug) + annotator
            return AtlasFile("\(name).js") {
                let files = heads.map(\.content.encoded)
                return Array("atlasData(\"\(name)\",{\"files\":[".utf8) + files.joined(separator: ",".utf8)
                    + Array("]});\n".utf8)
            }
        }
    }
}

extension Codebook {
    /// A phrase about what is labelled and with which values.
    var unitPhrase: String {
        let unit =
            switch self.unit {
            case .segment: "labels on segments"
            case .span: "labels on selected characters"
            case .trace: "labels on the whole text"
            }
        switch scale {
        case .nominal: return unit
        case .ordinal: return "\(unit), with one of \(counted(values.count, "value")) in order"
        case .interval: return "\(unit), with a number"
        }
    }

    /// The keys of the page for annotating and what they do.
    fileprivate var keys: [(String, String)] {
        let label =
            switch scale {
            case .nominal: ("1 to 9", "add or remove the label with this number")
            case .ordinal: ("1 to 9", "give the value with this place, or remove it")
            case .interval: ("0 to 9, -", "begin a value; Enter gives it and goes on")
            }
        let selection = [
            ("← →", "select the next character; with Ctrl a word"), ("Shift + ← →", "change the end of the selection"),
        ]
        return [("j, ↓, space", "go on; the segment counts as looked at"), ("k, ↑", "go back"), label]
            + (unit == .span ? selection : [])
            + [
                ("l", "link: the segment depends on the one where l is pressed again"),
                ("n", "go to the next segment that was not looked at, or to the next difference"),
                ("x", "count the segment as looked at, or not"), ("u, Ctrl + Z", "undo"),
                ("Shift + U, Ctrl + Y", "redo"), ("Esc", "end a link or a selection"),
            ]
    }
}

extension Markup {
    mutating func labelList(_ codebook: Codebook, id: String? = nil) {
        tag("ol", .class("plain"), id.map(Attribute.id)) { html in
            for label in codebook.labels {
                html.tag("li", .text(.dataLabelName, label.name.value)) { html in
                    html.tag("b") { $0.recordText(label.name.value) }
                    html.text(": ")
                    html.recordText(label.definition)
                    for example in label.examples { html.tag("blockquote") { $0.recordText(example) } }
                }
            }
        }
    }

    /// Adds a segment. Its id is its range in code points.
    mutating func segment(_ text: TraceText, _ range: Range<Int>) {
        tag("p", .id("\(range.lowerBound)-\(range.upperBound)"), .text(.dir, "auto")) { $0.traceText(text, range) }
    }

    /// Adds a part of a text so that a script can read its exact code points: an invisible character is an element with
    /// its code. White space between segments that a browser would not collapse is an element too.
    mutating func traceText(_ text: TraceText, _ range: Range<Int>, isBetweenSegments: Bool = false) {
        let scalars = text.scalars
        var plain = String.UnicodeScalarView()
        func isPlain(_ place: Int) -> Bool {
            let scalar = scalars[place]
            if scalar == "\n" || scalar == "\t" || scalar == " " { return true }
            let before = place > 0 ? scalars[place - 1] : nil
            let after = place + 1 < scalars.count ? scalars[place + 1] : nil
            return !isBetweenSegments && !isControl(scalar) && !isInvisible(scalar, after: before, before: after)
        }
        func flush(_ html: inout Markup) {
            html.literalText(String(plain))
            plain.removeAll()
        }
        for place in range {
            guard !isPlain(place) else {
                plain.append(scalars[place])
                continue
            }
            flush(&self)
            let code = String(scalars[place].value, radix: 16)
            tag("i", .text(.dataCode, code), isBetweenSegments ? .hidden : nil) { $0.text("\\u{\(code)}") }
        }
        flush(&self)
    }
}
