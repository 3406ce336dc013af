import Foundation

/// Parses a table in CSV by RFC 4180.
func parsedCSV(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    func finishCell() {
        row.append(String(cell))
        cell = String.UnicodeScalarView()
    }
    while let scalar = next {
        next = scalars.next()
        switch (scalar, isQuoted) {
        case ("\"", true) where next == "\"":
            cell.append("\"")
            next = scalars.next()
        case ("\"", _): isQuoted.toggle()
        case (",", false): finishCell()
        case ("\n", false):
            finishCell()
            rows.append(row)
            row = []
        default: cell.append(scalar)
        }
    }
    return rows
}

/// Returns all Markdown that a report must not contain: live markup outside code, HTML other than folds and line
/// breaks, tables with rows of unequal length, and unclosed folds.
func markdownMistakes(_ text: String) -> [String] {
    var mistakes: [String] = []
    var depth = 0
    var columns: Int?
    var isDrawing = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("```") {
            isDrawing.toggle()
            continue
        }
        guard !isDrawing else { continue }
        var rest = String(line)
        depth += rest.hasPrefix("<details>") ? 1 : 0
        depth -= rest.hasPrefix("</details>") ? 1 : 0
        for tag in ["<details>", "</details>", "<summary>", "</summary>", "<br>", "**", "<!-- -->"] {
            rest = rest.replacingOccurrences(of: tag, with: " ")
        }
        rest = rest.replacing(/\\[!-\/:-@\[-`{-~]/, with: " ").replacing(/&(amp|lt|gt);/, with: " ")
        rest = rest.replacing(/`[^`]*`/, with: " ")
        let cells = rest.hasPrefix("|") ? rest.count { $0 == "|" } : nil
        if let cells, let columns, cells != columns { mistakes.append("\(cells - 1) cells: \(line)") }
        columns = cells
        if rest.hasPrefix("## ") { rest.removeFirst(3) }
        if cells != nil { rest = rest.replacingOccurrences(of: "|", with: " ") }
        if rest.contains(/[<>`*_\[\]|~$^{}\\]|&\w+;|@\w|(^|\W)[#!]\d|:\/\/|www\./) { mistakes.append("live: \(line)") }
        if line.contains(/\\@\w/) { mistakes.append("mention: \(line)") }
    }
    if depth != 0 { mistakes.append("\(depth) folds are open") }
    return mistakes
}
