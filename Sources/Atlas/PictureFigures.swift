import KernelInterface
import Words

/// The maximum numbers of bars, points and table rows that a page draws of one picture.
private let itemLimit = 120

/// The height of a curve, and the side of a plane, in pixels.
private let (curveHeight, planeSide) = (120.0, 240.0)

extension Markup {
    /// Adds a picture of a trained network as a figure, with its numbers as text.
    mutating func add(_ picture: Picture) {
        switch picture.content {
        case .bars(let bars, let lower, let upper): add(bars, from: lower, to: upper, picture.title)
        case .curve(let values): addFigure(picture.title) { $0.addCurve(values) }
        case .points(let points): addFigure(picture.title) { $0.addPlane(points) }
        case .grids(let grids): addFigure(picture.title) { $0.addGrids(grids) }
        case .table(let columns, let rows): addFigure(picture.title) { $0.addRows(columns, rows) }
        }
    }

    private mutating func addFigure(_ title: String, _ body: (inout Markup) -> Void) {
        tag("figure") { html in
            html.figureHead(title, "")
            body(&html)
        }
    }

    private mutating func add(_ bars: [Picture.Bar], from lower: Double, to upper: Double, _ title: String) {
        let rows = bars.prefix(itemLimit).map { bar in
            StripFigure.Row(
                bar.label, nil, note: bar.note ?? "",
                bar.value.isFinite ? [.bar(min(0, bar.value), max(0, bar.value))] : [], value: short(bar.value), nil)
        }
        add(StripFigure(title, note: "", heads: ("", "Value"), rows: rows, including: [lower, upper]))
    }

    /// Adds values from left to right, joined by a line.
    private mutating func addCurve(_ values: [Double]) {
        let finite = values.filter(\.isFinite)
        guard let least = finite.min(), let most = finite.max(), values.count > 1 else { return }
        func place(_ index: Int) -> Double { Double(index) / Double(values.count - 1) * 100 }
        func height(_ value: Double) -> Double {
            most > least ? 4 + (most - value) / (most - least) * (curveHeight - 8) : curveHeight / 2
        }
        tag("svg", .class("curve"), .number(.height, curveHeight), .text(.ariaHidden, "true")) { html in
            for value in [most, least] {
                html.shape(
                    "line", .class("ax"), .percent(.x1, 0), .percent(.x2, 100), .number(.y1, height(value)),
                    .number(.y2, height(value)))
            }
            for index in 1..<values.count where values[index - 1].isFinite && values[index].isFinite {
                html.shape(
                    "line", .class("wh"), .percent(.x1, place(index - 1)), .percent(.x2, place(index)),
                    .number(.y1, height(values[index - 1])), .number(.y2, height(values[index])))
            }
        }
        let ends = "first value \(short(values[0])), last \(short(values[values.count - 1]))"
        tag("p", .class("s soft"), text: "Upper line \(short(most)), lower line \(short(least)); \(ends).")
        tag("details") { html in
            html.tag("summary", text: counted(values.count, "value"))
            html.tag("p", .class("s"), text: values.map(short).joined(separator: ", "))
        }
    }

    /// Adds points as lines from the origin.
    private mutating func addPlane(_ points: [Picture.Point]) {
        let shown = points.prefix(itemLimit).filter { $0.x.isFinite && $0.y.isFinite }
        let reach = shown.flatMap { [$0.x.magnitude, $0.y.magnitude] }.reduce(1, max)
        let middle = planeSide / 2
        func place(_ value: Double) -> Double { middle + value / reach * (middle - 8) }
        tag("svg", .number(.height, planeSide), .text(.ariaHidden, "true")) { html in
            for isVertical in [false, true] {
                html.shape(
                    "line", .class("ax"), .number(.x1, isVertical ? middle : 0),
                    .number(.x2, isVertical ? middle : planeSide), .number(.y1, isVertical ? 0 : middle),
                    .number(.y2, isVertical ? planeSide : middle))
            }
            for point in shown {
                html.shape(
                    "line", .class("wh"), .number(.x1, middle), .number(.y1, middle), .number(.x2, place(point.x)),
                    .number(.y2, place(-point.y)))
                html.shape(
                    "circle", .class("e4"), .number(.cx, place(point.x)), .number(.cy, place(-point.y)),
                    .number(.r, 4))
            }
        }
        tag("p", .class("s soft"), text: "From the origin in the middle; the edge is at \(short(reach)).")
        tag("details") { html in
            html.tag("summary", text: counted(shown.count, "point"))
            html.addRows(["Label", "x", "y"], shown.map { [$0.label, short($0.x), short($0.y)] })
        }
    }

    private mutating func addGrids(_ grids: [Picture.Grid]) {
        tag("div", .class("grids")) { html in
            for grid in grids {
                html.tag("div") { html in
                    html.tag("p", .class("s soft")) { $0.recordText(grid.caption) }
                    html.lines(grid.rows.map { $0.map(String.init).joined(separator: " ") }.joined(separator: "\n"))
                }
            }
        }
    }

    private mutating func addRows(_ columns: [String], _ rows: [[String]]) {
        table(columns) { html in
            for row in rows.prefix(itemLimit) {
                html.tag("tr") { html in
                    for (index, cell) in row.enumerated() {
                        if index == 0 {
                            html.tag("th", .text(.scope, "row")) { $0.recordText(cell) }
                        } else {
                            html.tag("td", .text(.dataLabel, index < columns.count ? "\(columns[index]):" : "")) {
                                $0.recordText(cell)
                            }
                        }
                    }
                }
            }
        }
    }
}
