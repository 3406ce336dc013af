/// One cell of a table.
package enum CSVCell: Sendable {
    case text(String)
    case number(String)

    package static func text(_ value: String?) -> CSVCell { .text(value ?? "") }
    package static func list(_ values: [String]) -> CSVCell { .text(values.joined(separator: "; ")) }
    package static func number(_ value: Int?) -> CSVCell { .number(value.map(String.init) ?? "") }
    package static func number(_ value: Double?) -> CSVCell { .number(value.map { "\($0)" } ?? "") }
    package static func flag(_ value: Bool) -> CSVCell { .number("\(value)") }
}

/// Returns a table as CSV (RFC 4180, but with LF line ends). All rows must be as long as the header, which comes first.
///
/// A text that a spreadsheet would read as a formula is prefixed with an apostrophe.
package func csv(_ header: [String], _ rows: [[CSVCell]]) -> [UInt8] {
    let runs = rows.chunks(of: 256).concurrentMap { rows in
        rows.reduce(into: [UInt8]()) { bytes, row in bytes += line(row.map(encoded)).utf8 }
    }
    return Array(line(header).utf8) + runs.flatMap(\.self)
}

private func line(_ cells: [String]) -> String { cells.joined(separator: ",") + "\n" }

private func encoded(_ cell: CSVCell) -> String {
    switch cell {
    case .number(let text): return text
    case .text(let text):
        let shown = escapeHidden(text)
        let safe = beginsFormula(shown) ? "'" + shown : shown
        // Some spreadsheets also separate cells at semicolons.
        let isPlain = safe.utf8.allSatisfy { byte in !",\";".utf8.contains(byte) }
        return isPlain ? safe : "\"\(doubledQuotes(safe))\""
    }
}

private func beginsFormula(_ text: String) -> Bool {
    switch text.unicodeScalars.first(where: { $0 != " " }) {
    // The last four are full-width signs, which some spreadsheets treat like the ASCII signs.
    case "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
    default: false
    }
}

/// Doubles the quotes in a text. Compares scalars, because a quote with a combining accent is a different `Character`.
private func doubledQuotes(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
        if scalar == "\"" { result.unicodeScalars.append("\"") }
        result.unicodeScalars.append(scalar)
    }
}
