import Evidence
import Records
import Words

/// Writes each cell's values by seed and in ascending order, their mean, median and range, and a note that the runs are
/// no evidence.
func trialText(_ report: TrialReport, style: TextStyle) -> String {
    var lines: [String] = []
    for cell in report.cells {
        lines.append(style.bold(style.wrapped("\(report.measurement.id)\(cellSuffix(cell.cell))", indent: 2, first: 0)))
        let seconds = cell.runs.reduce(0) { $0 + $1.seconds }
        let pace =
            cell.runs.isEmpty
            ? "no run finished" : "\(counted(cell.runs.count, "run")), \(short(seconds)) s of one core"
        lines.append("  \(pace)")
        for run in cell.runs where run.failure != nil || run.hasDiverged {
            lines.append(
                style.wrapped("seed \(run.index): \(run.failure ?? "its training diverged")", indent: 4, first: 2))
        }
        for summary in cell.summaries { lines += summaryLines(summary, cell.runs, style) }
    }
    lines += report.failures.map { style.wrapped($0.phrase, indent: 2, first: 0) }
    lines += report.notes.map { style.wrapped($0, indent: 0) }
    lines.append(style.wrapped(report.caution, indent: 0))
    return lines.joined(separator: "\n") + "\n"
}

/// The limit on the values that are printed one by one.
private let valueLimit = 12

private func summaryLines(_ summary: TrialReport.Summary, _ runs: [Statement.Run], _ style: TextStyle) -> [String] {
    let shown = runs.prefix(valueLimit).map { $0.values?[summary.quantity]?.double.map(plainNumber) ?? "none" }
    let seeds = shown.count == 1 ? "seed 0" : "seeds 0 to \(shown.count - 1)"
    let rest = runs.count - shown.count
    var lines = ["  \(summary.quantity)"]
    func add(_ text: String) { lines.append(style.wrapped(text, indent: 6, first: 4)) }
    add(
        "\(seeds): \(shown.joined(separator: " "))"
            + (rest > 0 ? "; \(rest) more, which --format csv lists" : ""))
    for (quantity, counts) in summary.labels {
        let shares = counts.filter { $0.runs > 0 }.map { "\($0.label) \($0.runs)" }
        let others = summary.values.count - counts.reduce(0) { $0 + $1.runs }
        let rest = others > 0 ? ["no label \(others)"] : []
        add("\(quantity): \((shares + rest).joined(separator: ", "))")
    }
    guard summary.values.count > 1 else { return lines }
    if summary.isConstant {
        add("all \(summary.values.count) values are \(plainNumber(summary.mean))")
    } else {
        add(
            summary.values.count <= valueLimit
                ? "sorted: \(summary.values.map(plainNumber).joined(separator: " "))" : strip(summary))
        add(
            "mean \(plainNumber(summary.mean)), median \(plainNumber(summary.median)); "
                + "all \(summary.values.count) values lie in \(summary.range.phrase)")
    }
    return lines
}

/// Draws how many values lie in each of 32 equal parts of the range: `0.66 ▁··▂▅█▃▁ 0.75`.
private func strip(_ summary: TrialReport.Summary) -> String {
    guard let least = summary.values.first, let most = summary.values.last else { return "" }
    var counts = [Int](repeating: 0, count: 32)
    for value in summary.values {
        // The quotient is not a number if the width overflows.
        let place = (value / 2 - least / 2) / (most / 2 - least / 2) * 32
        counts[place.isFinite ? min(31, max(0, Int(place))) : 0] += 1
    }
    let bars = Array("▁▂▃▄▅▆▇█")
    let largest = max(1, counts.max() ?? 1)
    let drawn = counts.map { $0 == 0 ? "·" : bars[($0 * bars.count - 1) / largest] }
    return "\(plainNumber(least)) \(String(drawn)) \(plainNumber(most))"
}
