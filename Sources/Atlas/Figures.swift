import Evidence
import Merging
import Records
import Reports
import Words

/// A horizontal axis of numbers.
struct Axis: Sendable {
    let lower: Double
    let upper: Double
    let ticks: [Double]

    /// The number of digits after the decimal point that ticks need.
    private let digits: Int

    /// Chooses an axis that holds all values, with three to seven round ticks. Returns nil if there is no finite value.
    init?(holding values: [Double]) {
        let finite = values.filter(\.isFinite)
        guard let least = finite.min(), let most = finite.max() else { return nil }
        let span = most > least ? most - least : max(most.magnitude, 1)
        var (power, digits) = (1.0, 0)
        while power * 40 <= span { power *= 10 }
        while power * 4 > span { (power, digits) = (power / 10, digits + 1) }
        // The span is now 4 to 40 times the power of ten.
        let step = power * (span < power * 7 ? 1 : span < power * 14 ? 2 : span < power * 35 ? 5 : 10)
        let first = (least / step).rounded(.down)
        let last = max((most / step).rounded(.up), first + 1)
        guard first.magnitude < 1e12, last.magnitude < 1e12 else { return nil }
        (lower, upper, self.digits) = (first * step, last * step, digits)
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    }

    func text(_ tick: Double) -> String { fixed(tick, digits: digits) }

    /// The place of a value in percent of the width. Values outside the axis are placed at its end.
    func place(_ value: Double) -> Double { min(100, max(0, (value - lower) / (upper - lower) * 100)) }
}

/// A mark on the axis of a row.
enum FigureMark: Sendable {
    /// A range; `nil` ends reach to the end of the axis.
    case bar(Double?, Double?)
    /// The part of the scope that was claimed but not tested.
    case dashed(Double?, Double?)
    case point(Double)
    /// An interval around a point.
    case whisker(Double, Double)
    /// Values of single runs, from top to bottom.
    case dots([Double])
    /// The range of values that count as yes.
    case band(Double?, Double?)
}

/// The evidence of a row, which decides its fill.
struct RowEvidence: Sendable {
    var level: EvidenceLevel
    var isInConflict = false
    /// Whether runs count for the claim, even if they decide nothing.
    var hasRuns = false
    var text: String

    var cssClass: String { isInConflict ? "x" : level.cssClass }
}

extension EvidenceLevel {
    /// The style of this level; a level with more evidence has more contrast with the background.
    var cssClass: String {
        switch self {
        case .reported: "e1"
        case .ownRun: "e2"
        case .reRun: "e3"
        case .controlled: "e4"
        case .replicated: "e5"
        }
    }
}

/// A figure whose rows share an axis. It is a table: each row has a label, a picture, the same values as text and the
/// evidence, so that nothing is known only from the picture.
struct StripFigure: Sendable {
    struct Row: Sendable {
        var label: String
        var link: Link?
        /// The settings, in a second line.
        var note: String
        var marks: [FigureMark]
        var value: String
        var evidence: RowEvidence?
        var isSummary = false

        /// The classes by which the controls of a page choose rows.
        fileprivate var cssClass: String? {
            let classes = [
                isSummary ? "sum" : nil, evidence?.isInConflict ?? false ? "dis" : nil,
                evidence?.hasRuns ?? false ? "ran" : nil,
            ]
            let names = classes.compactMap(\.self)
            return names.isEmpty ? nil : names.joined(separator: " ")
        }

        init(
            _ label: String, _ link: Link?, note: String, _ marks: [FigureMark], value: String,
            _ evidence: RowEvidence?, isSummary: Bool = false
        ) {
            (self.label, self.link, self.note, self.marks) = (label, link, note, marks)
            (self.value, self.evidence, self.isSummary) = (value, evidence, isSummary)
        }
    }

    /// What the figure shows.
    var title: String
    /// The units, and how to read the marks.
    var note: String
    /// The heads of the columns of labels and of values.
    var heads: (label: String, value: String)
    var axis: Axis?
    var rows: [Row]
    /// Whether the axis has labels. A small figure whose values are written beside the marks needs none.
    var hasTicks = true

    init(_ title: String, note: String, heads: (String, String), rows: [Row], including values: [Double] = []) {
        (self.title, self.note, self.heads, self.rows) = (title, note, heads, rows)
        axis = Axis(holding: values + rows.flatMap { $0.marks.flatMap(\.values) })
    }
}

extension FigureMark {
    var values: [Double] {
        switch self {
        case .bar(let lower, let upper), .dashed(let lower, let upper), .band(let lower, let upper):
            [lower, upper].compactMap(\.self)
        case .point(let value): [value]
        case .whisker(let lower, let upper): [lower, upper]
        case .dots(let values): values
        }
    }
}

/// The height of a row, and the distances of the circles of its runs.
private let (rowHeight, runDistance, runLines) = (24.0, 5.0, 16)

extension StripFigure.Row {
    /// A row with several runs is higher, because each run has its own line.
    fileprivate var height: Double {
        let runs = marks.map { if case .dots(let values) = $0 { values.count } else { 0 } }.max() ?? 0
        return max(rowHeight, Double(min(runs, runLines) - 1) * runDistance + 12)
    }
}

extension Markup {
    mutating func add(_ figure: StripFigure, heading: StaticString = "h3") {
        let hasEvidence = figure.rows.contains { $0.evidence != nil }
        tag("figure") { html in
            html.figureHead(figure.title, figure.note, heading)
            html.tag("table", .class(hasEvidence ? "strip claims" : "strip")) { html in
                html.tag("thead") { html in
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "col"), text: figure.heads.label)
                        if let axis = figure.axis {
                            html.tag("td", .class("pl")) { if figure.hasTicks { $0.addTicks(of: axis) } }
                        }
                        html.tag("th", .text(.scope, "col"), .class("num"), text: figure.heads.value)
                        if hasEvidence { html.tag("th", .text(.scope, "col"), text: "Evidence") }
                    }
                }
                html.tag("tbody") { html in
                    for row in figure.rows {
                        html.add(row, on: figure.axis, hasTicks: figure.hasTicks, hasEvidence: hasEvidence)
                    }
                }
            }
        }
    }

    mutating func figureHead(_ title: String, _ note: String, _ heading: StaticString = "h3") {
        tag(heading) { $0.recordText(title) }
        if !note.isEmpty { tag("p", .class("s soft")) { $0.recordText(note) } }
    }

    private mutating func add(
        _ row: StripFigure.Row, on axis: Axis?, hasTicks: Bool, hasEvidence: Bool
    ) {
        tag("tr", row.cssClass.map(Attribute.class)) { html in
            html.tag("th", .text(.scope, "row")) { html in
                html.link(row.link, row.label)
                if !row.note.isEmpty { html.tag("span", .class("note")) { $0.recordText(row.note) } }
            }
            if let axis {
                html.tag("td", .class("pl")) { html in
                    let height = row.height
                    html.tag("svg", .number(.height, height), .text(.ariaHidden, "true")) { html in
                        for tick in hasTicks ? axis.ticks : [] { html.gridline(at: axis.place(tick), height) }
                        for mark in row.marks { html.add(mark, on: axis, height, row.evidence?.cssClass ?? "mk") }
                    }
                }
            }
            html.tag("td", .class("num")) { $0.recordText(row.value) }
            if hasEvidence {
                html.tag("td", .class("ev")) { html in
                    if let evidence = row.evidence { html.add(evidence) }
                }
            }
        }
    }

    /// Adds the mark and the words of an evidence.
    mutating func add(_ evidence: RowEvidence) {
        tag("i", .class("g \(evidence.cssClass)")) { _ in }
        tag("span", evidence.isInConflict ? .class("con") : nil, text: evidence.text)
    }

    private mutating func gridline(at place: Double, _ height: Double) {
        shape(
            "line", .class("ax"), .percent(.x1, place), .percent(.x2, place), .number(.y1, 0), .number(.y2, height))
    }

    private mutating func addTicks(of axis: Axis) {
        tag("svg", .number(.height, 20), .text(.ariaHidden, "true")) { html in
            for (index, tick) in axis.ticks.enumerated() {
                let place = axis.place(tick)
                let anchor = place <= 2 ? "soft" : place >= 98 ? "soft r" : "soft c"
                // On a narrow screen, a crowded axis has room only for every second number.
                let isSpare = axis.ticks.count > 5 && index % 2 == 1
                html.tag(
                    "text", .class(isSpare ? anchor + " alt" : anchor), .percent(.x, place), .number(.y, 14),
                    text: axis.text(tick))
            }
        }
    }

    private mutating func add(_ mark: FigureMark, on axis: Axis, _ height: Double, _ fill: String) {
        let middle = height / 2
        func span(_ lower: Double?, _ upper: Double?) -> (Double, Double) {
            let start = lower.map(axis.place) ?? 0
            let end = upper.map(axis.place) ?? 100
            // A range of one value stays visible.
            return end - start < 0.4 ? (max(0, (start + end) / 2 - 0.2), 0.4) : (start, end - start)
        }
        func box(_ class: String, _ lower: Double?, _ upper: Double?, height: Double) {
            let (start, width) = span(lower, upper)
            shape(
                "rect", .class(`class`), .percent(.x, start), .percent(.width, width),
                .number(.y, middle - height / 2), .number(.height, height))
        }
        switch mark {
        case .bar(let lower, let upper): box(fill, lower, upper, height: 10)
        case .dashed(let lower, let upper): box("dash", lower, upper, height: 14)
        case .band(let lower, let upper): box("yes", lower, upper, height: height)
        case .whisker(let lower, let upper):
            shape(
                "line", .class("wh"), .percent(.x1, axis.place(lower)), .percent(.x2, axis.place(upper)),
                .number(.y1, middle), .number(.y2, middle))
        case .point(let value):
            shape("circle", .class(fill), .percent(.cx, axis.place(value)), .number(.cy, middle), .number(.r, 4.5))
        case .dots(let values):
            let top = middle - Double(min(values.count, runLines) - 1) * runDistance / 2
            for (index, value) in values.enumerated() {
                shape(
                    "circle", .class("run"), .percent(.cx, axis.place(value)),
                    .number(.cy, top + Double(index % runLines) * runDistance), .number(.r, 3))
            }
        }
    }
}
