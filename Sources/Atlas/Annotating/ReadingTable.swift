import Annotations
import Records
import Words

/// A part of a text, with one row per segment and a column for the labels of each annotator.
struct ReadingTable: Sendable {
    let trace: TraceSheet
    let text: TraceText
    let columns: [ReadingColumn]
    /// The indices of the segments.
    let shown: Range<Int>

    init(_ trace: TraceSheet, _ text: TraceText, _ columns: [ReadingColumn], _ shown: Range<Int>) {
        (self.trace, self.text, self.columns, self.shown) = (trace, text, columns, shown)
    }
}

/// The labels of one annotation file beside the segments.
struct ReadingColumn: Sendable {
    let codebook: String
    let title: String
    /// The labels of each segment: empty if there are none, nil if the annotator did not look at the segment.
    let cells: [String?]

    init(_ file: AnnotationFile, _ codebook: Codebook, _ trace: TraceSheet) {
        let annotation = file.content
        self.codebook = codebook.slug
        title = "\(annotation.annotator), \(codebook.slug)"
        var texts: [[String]] = Array(repeating: [], count: trace.segments.count)
        for mark in annotation.marks {
            guard let index = trace.segment(at: mark.range.lowerBound) else { continue }
            let value = mark.value.map { " \(numberText($0))" } ?? ""
            let quote = codebook.unit == .span ? " “\(shortened(mark.quote))”" : ""
            texts[index].append(mark.label + value + quote)
        }
        for link in annotation.links where texts.indices.contains(link.from) {
            texts[link.from].append("\(link.relation) \(link.to + 1)")
        }
        cells = zip(trace.segments, texts).map { segment, texts in
            annotation.looksAt(segment) ? texts.joined(separator: ", ") : nil
        }
    }
}

private func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.count > 30 ? String(String.UnicodeScalarView(scalars.prefix(29))) + "…" : text
}

extension Annotation {
    fileprivate func looksAt(_ segment: Range<Int>) -> Bool {
        switch coverage {
        case .all: true
        case .ranges(let ranges): ranges.contains { $0.contains(segment) }
        }
    }
}

extension TraceSheet {
    /// The index of the segment that contains a code point, or of the last one before it.
    fileprivate func segment(at point: Int) -> Int? {
        guard !segments.isEmpty else { return nil }
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].lowerBound <= point { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// Cuts the segments into the parts of pages that are shorter than 256 KB.
    func parts(_ columns: [ReadingColumn]) -> [Range<Int>] {
        guard let text, !segments.isEmpty else { return [0..<0] }
        var parts: [Range<Int>] = []
        var (first, bytes) = (0, 0)
        for (index, segment) in segments.enumerated() {
            let labels = columns.reduce(0) { sum, column in
                sum + 9 + (column.cells[index].map { $0.utf8.count + (column.title.utf8.count + 24) } ?? 3)
            }
            let size = 72 + text[segment].utf8.count + labels
            if bytes + size > 160_000, first < index {
                parts.append(first..<index)
                (first, bytes) = (index, 0)
            }
            bytes += size
        }
        return parts + [first..<segments.count]
    }
}

extension Atlas {
    func add(_ table: ReadingTable, to html: inout Markup) {
        let note =
            table.columns.isEmpty
            ? "No annotator has labelled it."
            : "≠ marks segments on which annotators of one codebook differ; – means that an annotator did not look."
        html.tag("section", .class("wide")) { html in
            html.tag("h2", text: "The text")
            html.tag("p", .class("s soft"), text: note)
            html.tag("table", .class("rows stack reading")) { html in
                html.tag("thead") { html in
                    html.tag("tr") { html in
                        for title in ["No.", "Text"] + table.columns.map(\.title) {
                            html.tag("th", .text(.scope, "col")) { $0.recordText(title) }
                        }
                    }
                }
                html.tag("tbody") { html in
                    for index in table.shown { add(row: index, of: table, to: &html) }
                }
            }
        }
    }

    private func add(row index: Int, of table: ReadingTable, to html: inout Markup) {
        let differs = table.columns.chunked { $0.codebook }.contains {
            Set($0.compactMap { $0.cells[index] }).count > 1
        }
        html.tag("tr") { html in
            html.tag("td", .class("num"), text: differs ? "≠ \(index + 1)" : "\(index + 1)")
            html.tag("td", .class("full")) { $0.segment(table.text, table.trace.segments[index]) }
            for column in table.columns {
                let cell = column.cells[index] ?? "–"
                html.tag("td", cell.isEmpty ? nil : .text(.dataLabel, "\(column.title):")) { $0.recordText(cell) }
            }
        }
    }
}
