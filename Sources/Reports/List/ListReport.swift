import Merging
import Records
import Words

/// The records of one kind, one row each.
package struct ListReport: Report {
    /// The kinds of records that can be listed.
    package enum Kind: String, Sendable, CaseIterable {
        case questions, findings, claims, quantities, models, kernels, measurements, assumptions, conditions, tasks
        case traces, codebooks, resources

        /// Whether settings and people can select records of this kind: the kind has them, or is named by claims.
        package var canBeSelected: Bool {
            switch self {
            case .questions, .findings, .claims, .quantities, .models, .assumptions, .tasks, .traces: true
            case .kernels, .measurements, .conditions, .codebooks, .resources: false
            }
        }
    }

    /// The content of one column of a row.
    package enum Cell: Sendable, Equatable {
        case text(String?)
        case count(Int?)
        case seconds(Double?)
        case flag(Bool)
        case names([String])
    }

    package struct Row: Sendable {
        package var id: String
        /// The phrase that is shown beside the id.
        package var phrase: String
        /// The other columns, in the order of `ListReport.columns`.
        package var cells: [Cell]
    }

    package var kind: Kind
    /// The names of the columns after `id`.
    package var columns: [String]
    package var rows: [Row]
    /// The selection in words, such as `with model r1`; nil if everything is listed.
    package var selection: String?

    package static let name = "list"
    package static let renderers = [
        Renderer("text", "one entry per record, for the terminal", listText), Renderer("json", "every field", json),
        Renderer("markdown", "a table", listMarkdown), Renderer("csv", "one row per record", listCSV),
    ]

    /// The number of records and how they were selected, such as `3 findings with model r1`.
    var summary: String {
        let noun = kind == .quantities ? (rows.count == 1 ? "quantity" : "quantities") : nil
        let count = noun.map { "\(rows.count) \($0)" } ?? counted(rows.count, String(kind.rawValue.dropLast()))
        return ([count] + [selection].compactMap(\.self)).joined(separator: " ")
    }
}

func listText(_ report: ListReport, style: TextStyle) -> String {
    let end = style.wrapped("\(report.summary).", indent: 0)
    let entries = entryLines(report.rows.map { ($0.id, $0.phrase) }, style)
    return (entries + (entries.isEmpty ? [] : [""]) + [end]).joined(separator: "\n") + "\n"
}

/// Writes each record as its id and a phrase beside it. The phrase of a long id begins on the next line.
func entryLines(_ entries: [(id: String, phrase: String)], _ style: TextStyle) -> [String] {
    let limit = style.width / 3
    let column = entries.map(\.id.count).filter { $0 <= limit }.max() ?? 4
    return entries.map { id, phrase in
        let text = style.wrapped(phrase, indent: column + 4, first: column + 2)
        return style.cyan(id) + (id.count <= column ? String(text.dropFirst(id.count)) : "\n" + text)
    }
}

func listCSV(_ report: ListReport) -> [UInt8] {
    csv(
        ["id"] + report.columns,
        report.rows.map { row in
            [.text(row.id)]
                + row.cells.map { cell in
                    switch cell {
                    case .text(let text): .text(text)
                    case .count(let count): .number(count)
                    case .seconds(let seconds): .number(seconds)
                    case .flag(let flag): .flag(flag)
                    case .names(let names): .list(names)
                    }
                }
        })
}

func listMarkdown(_ report: ListReport) -> String {
    let noun = report.kind == .quantities ? "quantity" : String(report.kind.rawValue.dropLast())
    return markdownPage([
        "## \(capitalised(report.kind.rawValue))", "\(markdown(report.summary)).",
        markdownTable(
            ["id", "what it is"], report.rows.lazy.map { [markdownCode($0.id), markdown($0.phrase)] }, noun: noun),
    ])
}

extension ListReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("kind", kind.rawValue)
        let keys = (["id"] + columns).enumerated().sorted { $0.element < $1.element }
        json.objects("records", rows) { row, json in
            for (place, key) in keys {
                if place == 0 { json.add(key, row.id) } else { row.cells[place - 1].add(key, to: &json) }
            }
        }
        json.add("selection", selection)
    }
}

extension ListReport.Cell {
    fileprivate func add(_ key: String, to json: inout JSONWriter) {
        switch self {
        case .text(let text): json.add(key, text)
        case .count(let count): json.add(key, count)
        case .seconds(let seconds): json.add(key, seconds)
        case .flag(let flag): json.add(key, flag)
        case .names(let names): json.add(key, names)
        }
    }
}
