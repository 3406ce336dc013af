import Words

/// The records whose names, titles or texts contain every word of a query.
package struct FindReport: Report {
    package struct Hit: Sendable, Equatable {
        package var id: String
        /// The kind of the record in words, such as `toy model`.
        package var kind: String
        package var title: String
        package var score: Int
    }

    package var query: String
    /// All hits, the best first.
    package var hits: [Hit]
    /// The number of hits that the readable formats show.
    package var shownCount: Int
    /// A word that some record has and that resembles a word of the query; only if there are no hits.
    package var suggestion: String?

    package static let name = "find"
    package static let renderers = [
        Renderer("text", "one entry per record, for the terminal", findText), Renderer("json", "every field", json),
        Renderer("csv", "one row per record", findCSV),
    ]

    /// Searches a table. Throws if the table is damaged.
    package init(_ query: String, in table: SearchTable, shownCount: Int) throws(UnpackingError) {
        (self.query, self.shownCount) = (query, shownCount)
        hits = try table.hits(for: query)
        guard hits.isEmpty else { return }
        let known = table.nameWords
        suggestion =
            searchWords(query).filter { !known.contains($0) }.lazy.compactMap { nearestName(to: $0, among: known) }
            .first
    }
}

func findText(_ report: FindReport, style: TextStyle) -> String {
    guard !report.hits.isEmpty else {
        let hint = report.suggestion.map { "; did you mean \"\($0)\"?" } ?? "."
        return style.wrapped("No record has all words of \"\(escapeHidden(report.query))\"\(hint)", indent: 0) + "\n"
    }
    let shown = report.hits.prefix(report.shownCount)
    let more = report.hits.count - shown.count
    let end = more > 0 ? ["", "and \(counted(more, "more record")): --all lists them"] : []
    return (entryLines(shown.map { ($0.id, "\($0.title) (\($0.kind))") }, style) + end).joined(separator: "\n") + "\n"
}

func findCSV(_ report: FindReport) -> [UInt8] {
    csv(
        ["id", "kind", "title", "score"],
        report.hits.map { [.text($0.id), .text($0.kind), .text($0.title), .number($0.score)] })
}

extension FindReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.objects("hits", hits) { hit, json in
            json.add("id", hit.id)
            json.add("kind", hit.kind)
            json.add("score", hit.score)
            json.add("title", hit.title)
        }
        json.add("query", query)
    }
}
