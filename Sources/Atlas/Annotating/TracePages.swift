import Records
import Words

extension Atlas {
    /// The list of traces and codebooks, and their pages.
    var tracePages: [AtlasFile] {
        pagedList(traces, limit: 400, at: Place.traces) { frame, traces in
            page(frame) { [self] html in
                addTraces(&html, traces)
                addCodebooks(&html)
            }
        } title: {
            "Traces"
        } + traces.flatMap(readingPages) + codebooks.map(codebookPage)
    }

    private func addTraces(_ html: inout Markup, _ traces: [TraceSheet]) {
        html.section("Texts", "Written by models while they solved tasks.") { html in
            guard !traces.isEmpty else {
                return html.tag("p", text: "No trace is recorded. `arbor-ledger new trace` writes the first.")
            }
            html.table(["Trace", "Model", "Segments", "Annotators"], numbers: ["Segments"]) { html in
                for trace in traces {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row")) {
                            $0.link(Place.trace(trace.slug), trace.record.title)
                        }
                        html.tag("td", .text(.dataLabel, "Model:")) { addModel(&$0, of: trace) }
                        html.tag("td", .text(.dataLabel, "Segments:"), .class("num")) { html in
                            html.text(trace.text == nil ? "–" : "\(trace.segments.count)")
                        }
                        html.tag("td", .text(.dataLabel, "Annotators:"), .class("full")) { html in
                            let names = Set(trace.heads.map(\.content.annotator)).sorted()
                            html.recordText(names.isEmpty ? "none" : names.joined(separator: ", "))
                        }
                    }
                }
            }
        }
    }

    private func addModel(_ html: inout Markup, of trace: TraceSheet) {
        let model = trace.record.model.value
        html.link(modelLink(model), ledger.vocabulary.title(ofModel: model))
    }

    private func addCodebooks(_ html: inout Markup) {
        html.section("Codebooks", "Labels and what they mean.") { html in
            guard !codebooks.isEmpty else {
                return html.tag("p", text: "No codebook is recorded. `arbor-ledger new codebook` writes the first.")
            }
            html.list(codebooks) { html, codebook in
                html.link(Place.codebook(codebook.slug), codebook.title)
                html.tag(
                    "span", .class("note"),
                    text: "\(counted(codebook.labels.count, "label")): \(codebook.unitPhrase)")
            }
        }
    }

    /// The text by segments, with the labels of each annotator in a column.
    private func readingPages(_ trace: TraceSheet) -> [AtlasFile] {
        let columns = codebooks.flatMap { codebook in
            trace.headsByAnnotator(codebook).flatMap(\.heads).map {
                ReadingColumn($0, codebook, trace)
            }
        }
        let parts = trace.parts(columns)
        let links = parts.indices.map { Place.trace(trace.slug, page: $0) }
        return parts.enumerated().map { number, shown in
            var frame = PageFrame(
                links[number], trace.record.title, in: .traces, trail: [("Traces", Place.traces)],
                subtitle: trace.text.map {
                    "\(counted(trace.segments.count, "segment")), \(counted($0.count, "code point"))"
                } ?? "The text is not in the ledger.")
            if links.count > 1 { frame.pages = (links, number) }
            frame.style = Place.annotatingStyle
            return page(frame) { [self] html in
                if number == 0 {
                    addRecord(&html, trace)
                    addAnnotators(&html, trace)
                    addAgreement(&html, trace)
                }
                if let text = trace.text { add(ReadingTable(trace, text, columns, shown), to: &html) }
            }
        }
    }

    private func addRecord(_ html: inout Markup, _ trace: TraceSheet) {
        let record = trace.record
        html.section("Record", "") { html in
            html.facts { html in
                html.fact("Model") { addModel(&$0, of: trace) }
                html.fact("Task", record.task?.value)
                html.fact("Prompt", record.prompt)
                html.fact(
                    "Sampling",
                    record.sampling.isEmpty
                        ? nil : record.sampling.map { "\($0.name.value) \($0.value.value)" }.joined(separator: ", "))
                html.fact("Revision", record.revision)
                html.fact("Tokenizer", record.tokenizer)
                html.fact("Licence", record.licence)
                html.fact("Contributors", record.contributors.joined(separator: ", "))
                html.fact("Where", record.places.isEmpty ? nil : record.places.map(\.value).joined(separator: ", "))
                html.fact("SHA-256 of the text") { $0.tag("code", text: record.text.sha256.value) }
            }
        }
    }

    private func addAnnotators(_ html: inout Markup, _ trace: TraceSheet) {
        guard trace.text != nil, !trace.segments.isEmpty else { return }
        html.section("Annotate", "In the browser, for each codebook. A page from disk saves by download.") { html in
            guard !codebooks.isEmpty else {
                return html.tag("p", text: "This ledger has no codebook. `arbor-ledger new codebook` writes one.")
            }
            html.list(codebooks) { html, codebook in
                if canAnnotate(trace, codebook) {
                    html.link(Place.annotating(trace.slug, codebook.slug), codebook.title)
                } else {
                    html.link(Place.codebook(codebook.slug), codebook.title)
                    html.text(": ")
                    html.tag("code", text: "arbor-ledger annotate \(trace.slug) --codebook \(codebook.slug)")
                }
                let names = trace.headsByAnnotator(codebook).map(\.annotator)
                html.tag("span", .class("note")) { html in
                    html.recordText(names.isEmpty ? "No annotator yet." : "Annotated by \(listed(names)).")
                }
            }
        }
    }

    private func addAgreement(_ html: inout Markup, _ trace: TraceSheet) {
        for codebook in codebooks where trace.headsByAnnotator(codebook).count > 1 {
            html.section(
                "Agreement: \(codebook.title)", "Krippendorff's alpha on this text; 1 is perfect, 0 is chance."
            ) {
                addAgreement(&$0, on: [trace], codebook)
            }
        }
    }

    private func codebookPage(_ codebook: Codebook) -> AtlasFile {
        let frame = PageFrame(
            Place.codebook(codebook.slug), codebook.title, in: .traces, trail: [("Traces", Place.traces)],
            subtitle: "Codebook: \(codebook.unitPhrase).")
        return page(frame) { [self] html in
            html.section("Labels", "") { $0.labelList(codebook) }
            html.section("Agreement", "Krippendorff's alpha over all texts; 1 is perfect, 0 is chance.") {
                addAgreement(&$0, on: traces, codebook)
            }
            html.section("Texts", "Annotated with this codebook.") { html in
                let annotated = traces.map { ($0, $0.headsByAnnotator(codebook).map(\.annotator)) }
                    .filter { !$0.1.isEmpty }
                guard !annotated.isEmpty else { return html.tag("p", text: "None yet.") }
                html.list(Array(annotated.prefix(200))) { html, item in
                    html.link(Place.trace(item.0.slug), item.0.record.title)
                    html.tag("span", .class("note")) { $0.recordText("by \(listed(item.1))") }
                }
                if annotated.count > 200 { html.addRest(annotated.count - 200) }
            }
        }
    }
}
