import KernelInterface
import Words

/// Draws a picture in characters within a width, without colours.
package func drawn(_ content: Picture.Content, width: Int) -> [String] {
    switch content {
    case .curve(let values): curve(values)
    case .bars(let bars, let lower, let upper): barRows(bars, from: lower, to: upper, width: width)
    case .points(let points): plane(points)
    case .grids(let grids):
        flowed(
            grids.map { ($0.caption, $0.rows.map { $0.map { escapeHidden(String($0)) }.joined(separator: " ") }) },
            width: width)
    case .table(let columns, let rows): tableRows([columns] + rows, width: width)
    }
}

/// Draws a picture below its title, or writes one line if all bars are equal.
func titled(_ picture: Picture, width: Int) -> [String] {
    if case .bars(let bars, _, _) = picture.content, bars.count > 1, let first = bars.first,
        bars.allSatisfy({ $0.value == first.value && $0.note == first.note })
    {
        let note = first.note.map { "; \(escapeHidden($0))" } ?? ""
        return ["\(escapeHidden(picture.title)): \(short(first.value)) throughout\(note)"]
    }
    return [escapeHidden(picture.title)] + drawn(picture.content, width: width - 2).map { "  \($0)" }
}

/// Places blocks side by side within a width, each with its caption.
func flowed(_ blocks: [(caption: String, rows: [String])], width: Int) -> [String] {
    let gap = 3
    var lines: [String] = []
    var line: [(rows: [String], width: Int)] = []
    var filled = 0
    func flush() {
        let height = line.map(\.rows.count).max() ?? 0
        if !lines.isEmpty && height > 0 { lines.append("") }
        for row in 0..<height {
            var text = ""
            for (index, block) in line.enumerated() {
                let part = row < block.rows.count ? block.rows[row] : ""
                text += index + 1 < line.count ? padded(part, block.width + gap) : part
            }
            lines.append(trimmed(text))
        }
        line = []
        filled = 0
    }
    for block in blocks {
        let rows = (block.caption.isEmpty ? [] : [escapeHidden(block.caption)]) + block.rows
        let own = rows.map(\.count).max() ?? 0
        if filled > 0 && filled + gap + own > width { flush() }
        filled += (line.isEmpty ? 0 : gap) + own
        line.append((rows, own))
    }
    flush()
    return lines
}

private let curveHeight = 6
private let barWidths = 8...24

/// Draws values as columns whose heights are multiples of an eighth of a row. The columns start at 0 if no value is
/// negative and the least value is below half of the greatest. If not, they start at the least value.
private func curve(_ values: [Double]) -> [String] {
    guard let least = values.min(), let most = values.max(), least.isFinite, most.isFinite else { return [] }
    let base = least >= 0 && least < most / 2 ? 0 : least
    let levels = values.map { value in
        most > base ? max(1, Int(((value - base) / (most - base) * Double(8 * curveHeight)).rounded())) : 1
    }
    let labels = [short(most), short(base)]
    let width = labels.map(\.count).max() ?? 0
    return (0..<curveHeight).map { row in
        let floor = 8 * (curveHeight - 1 - row)
        let label = row == 0 ? labels[0] : row == curveHeight - 1 ? labels[1] : ""
        let marks = levels.map { eighths[min(8, max(0, $0 - floor))] }
        return trimmed(leftPadded(label, width) + " │" + marks.joined())
    }
}

private let eighths = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

private func barRows(_ bars: [Picture.Bar], from lower: Double, to upper: Double, width: Int) -> [String] {
    guard !bars.isEmpty else { return ["none"] }
    let labels = bars.map { escapeHidden($0.label) }
    let labelWidth = labels.map(\.count).max() ?? 0
    let values = bars.map { short($0.value) }
    let valueWidth = values.map(\.count).max() ?? 0
    let notes = bars.map { $0.note.map { "  \(escapeHidden($0))" } ?? "" }
    let rest = width - labelWidth - valueWidth - (notes.map(\.count).max() ?? 0) - 4
    let barWidth = min(barWidths.upperBound, max(barWidths.lowerBound, rest))
    return bars.indices.map { index in
        let label = labelWidth == 0 ? "" : padded(labels[index], labelWidth) + "  "
        let bar = filled(bars[index].value, from: lower, to: upper, width: barWidth)
        return "\(label)\(bar)  \(leftPadded(values[index], valueWidth))\(notes[index])"
    }
}

/// Fills the bar from 0 (or the end of the scale nearest to 0) to the value. A value other than 0 fills at least one
/// cell.
private func filled(_ value: Double, from lower: Double, to upper: Double, width: Int) -> String {
    func place(_ value: Double) -> Double {
        upper > lower ? (min(upper, max(lower, value)) - lower) / (upper - lower) * Double(width) : 0
    }
    guard value.isFinite else { return String(repeating: "·", count: width) }
    let (start, end) = (min(place(0), place(value)), max(place(0), place(value)))
    var cells = Int(start.rounded())..<Int(end.rounded())
    if cells.isEmpty && end > start {
        let first = min(width - 1, Int(start))
        cells = first..<(first + 1)
    }
    return String((0..<width).map { cells.contains($0) ? "█" : "·" })
}

/// Draws points in a square window around the origin, with a dotted line to each point. One row is as high as two
/// columns are wide.
private func plane(_ points: [Picture.Point]) -> [String] {
    let half = 5
    let reach = points.flatMap { [abs($0.x), abs($0.y)] }.filter(\.isFinite).reduce(1, max)
    var rows = [[Character]](repeating: [Character](repeating: " ", count: 4 * half + 1), count: 2 * half + 1)
    func place(_ x: Double, _ y: Double) -> (row: Int, column: Int) {
        (half - Int((y / reach * Double(half)).rounded()), 2 * half + Int((x / reach * Double(2 * half)).rounded()))
    }
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    for point in finite {
        let tip = place(point.x, point.y)
        let steps = max(abs(tip.row - half), abs(tip.column - 2 * half), 1)
        for step in 1..<max(2, steps) {
            let share = Double(step) / Double(steps)
            let (row, column) = place(share * point.x, share * point.y)
            rows[row][column] = "·"
        }
    }
    rows[half][2 * half] = "+"
    for point in finite {
        let (row, column) = place(point.x, point.y)
        let isFree = rows[row][column] == " " || rows[row][column] == "·"
        rows[row][column] = isFree ? escapeHidden(point.label).first ?? "?" : "*"
    }
    return rows.map { String($0) }
}

/// Draws a table whose columns are as wide as their longest cell; the last column wraps.
func tableRows(_ rows: [[String]], width: Int) -> [String] {
    let shown = rows.map { $0.map(escapeHidden) }
    let count = shown.map(\.count).max() ?? 0
    let widths = (0..<max(0, count - 1)).map { column in
        shown.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let start = widths.reduce(0) { $0 + $1 + 2 }
    let style = TextStyle(width: width, hasColour: false)
    return shown.flatMap { row in
        let cells = zip(row, widths).map { padded($0, $1) + "  " }.joined()
        let last = row.count == count ? style.wrapped(row[count - 1], indent: start) : ""
        return (cells + last.dropFirst(start)).split(separator: "\n").map { trimmed(String($0)) }
    }
}

private func leftPadded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

private func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
}
