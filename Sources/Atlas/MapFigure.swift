import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of rows of the map. The other questions are part of the row above them.
private let rowLimit = 64

/// The possible maximum numbers of columns; the first one that gives few enough cells is used. The other models share
/// one column for each group.
private let columnLimits = [34, 22, 14, 8]

/// The number of filled cells that the page can hold.
private let cellLimit = 700

/// The number of characters of a column's title that the head of the table shows.
private let columnTitleLimit = 30

/// The map of questions and models, cut to a size that a reader can survey.
struct MapFigure: Sendable {
    fileprivate struct Row: Sendable {
        var answer: Answer
        var depth: Int
        var cells: [Int: CoverageMap.Cell]
        var isUnseenByGeneral: Bool
    }

    fileprivate struct Column: Sendable {
        var model: String?
        var title: String
        var isGeneral: Bool
    }

    fileprivate let columns: [Column]
    fileprivate let rows: [Row]
    fileprivate let generalCount: Int

    /// Chooses as many columns as keep the page small.
    init(_ atlas: Atlas) {
        var figure = MapFigure(atlas, columnLimit: columnLimits[0])
        for limit in columnLimits.dropFirst() where figure.rows.reduce(0, { $0 + $1.cells.count }) > cellLimit {
            figure = MapFigure(atlas, columnLimit: limit)
        }
        self = figure
    }

    private init(_ atlas: Atlas, columnLimit: Int) {
        let all = atlas.coverage.columns
        let shown = Set(all.indices.sorted { (all[$1].claims, $0) < (all[$0].claims, $1) }.prefix(columnLimit))
        var columns: [Column] = []
        var places = [Int](repeating: 0, count: all.count)
        for isGeneral in [true, false] {
            let group = all.indices.filter { (all[$0].group == .general) == isGeneral }
            for index in group where shown.contains(index) {
                places[index] = columns.count
                columns.append(Column(model: all[index].model, title: all[index].title, isGeneral: isGeneral))
            }
            let others = group.filter { !shown.contains($0) }
            guard !others.isEmpty else { continue }
            for index in others { places[index] = columns.count }
            columns.append(Column(model: nil, title: "\(others.count) further models", isGeneral: isGeneral))
        }
        self.columns = columns
        generalCount = columns.count(where: \.isGeneral)
        let active = atlas.places.filter { !$0.isListed && $0.depth > 0 }
            .filter { atlas.orderedAnswers[$0.index].question.status == .active }
        let depth = (1...8).last { depth in active.count { $0.depth <= depth } <= rowLimit } ?? 1
        rows = active.filter { $0.depth <= depth }.prefix(rowLimit).map { place in
            let answer = atlas.orderedAnswers[place.index]
            var cells: [Int: CoverageMap.Cell] = [:]
            for (index, cell) in atlas.coverage.cells[answer.question.id, default: [:]] {
                cells[places[index], default: CoverageMap.Cell()].add(cell)
            }
            return Row(
                answer: answer, depth: place.depth, cells: cells,
                isUnseenByGeneral: !cells.keys.contains { columns[$0].isGeneral })
        }
    }
}

extension Markup {
    mutating func add(_ map: MapFigure) {
        let special = map.columns.count - map.generalCount
        tag("table", .class("map")) { html in
            html.tag("caption", .class("vh"), text: "The best evidence for each question on each model")
            html.literal("<colgroup><col class=\"q\"><col class=\"a\"><col class=\"a\">")
            for index in map.columns.indices {
                if index == map.generalCount { html.literal("<col class=\"gap\">") }
                html.literal("<col>")
            }
            html.literal("</colgroup>")
            html.tag("thead") { html in
                html.tag("tr", .class("grp")) { html in
                    html.tag("td") { _ in }
                    html.tag("th", .text(.colspan, "2"), .text(.scope, "colgroup"), text: "Answer")
                    if map.generalCount > 0 {
                        html.tag(
                            "th", .class("ge"), .text(.colspan, "\(map.generalCount)"), .text(.scope, "colgroup"),
                            text: "General models")
                    }
                    if special > 0 {
                        html.tag("td", .class("gap")) { _ in }
                        html.tag(
                            "th", .class("sp"), .text(.colspan, "\(special)"), .text(.scope, "colgroup"),
                            text: "Toys and other special-purpose models")
                    }
                }
                html.tag("tr") { html in
                    html.tag("th", .text(.scope, "col"), text: "Question")
                    html.tag("th", .text(.scope, "col"), text: "as asked")
                    html.tag("th", .text(.scope, "col"), text: "general models")
                    for (index, column) in map.columns.enumerated() {
                        if index == map.generalCount { html.tag("td", .class("gap")) { _ in } }
                        html.tag("th", .class(column.isGeneral ? "v ge" : "v sp"), .text(.scope, "col")) { html in
                            if let model = column.model {
                                // A title that would be cut is replaced by the name of the record.
                                let name = column.title.count <= columnTitleLimit ? column.title : model
                                html.tag("a", .href(Place.model(model)), .text(.title, column.title), text: name)
                            } else {
                                html.tag("span", text: column.title)
                            }
                        }
                    }
                }
            }
            html.tag("tbody") { html in
                var isVoid = false
                for row in map.rows {
                    html.add(row, of: map, continuesVoid: isVoid)
                    isVoid = row.isUnseenByGeneral
                }
            }
        }
    }

    /// `continuesVoid` is true if the row above has no general model either; the text is then in that row.
    private mutating func add(_ row: MapFigure.Row, of map: MapFigure, continuesVoid: Bool) {
        let answer = row.answer
        let isDisputed = answer.status == .contested || row.cells.values.contains(where: \.hasConflict)
        let classes = ["d\(row.depth)", isDisputed ? "dis" : nil, row.isUnseenByGeneral ? "nog" : nil]
        let question = Place.question(answer.question.id)
        tag("tr", .class(classes.compactMap(\.self).joined(separator: " "))) { html in
            html.tag("th", .text(.scope, "row")) { $0.link(question, answer.question.text) }
            html.tag("td", .class("w"), .text(.dataLabel, "as asked")) { $0.add(answer.status) }
            html.tag("td", .class("w"), .text(.dataLabel, "general")) { $0.add(answer.general) }
            let isVoid = row.isUnseenByGeneral && map.generalCount > 0
            if isVoid {
                html.tag("td", .class("void"), .text(.colspan, "\(map.generalCount)")) { html in
                    html.tag("span", continuesVoid ? .class("vh") : nil, text: "no general model")
                }
            }
            for (index, column) in map.columns.enumerated() {
                if index == map.generalCount { html.tag("td", .class("gap")) { _ in } }
                if isVoid && column.isGeneral { continue }
                html.tag("td", .class(column.isGeneral ? "ge" : "sp")) { html in
                    guard let cell = row.cells[index] else { return }
                    let count = counted(cell.claims.count, "claim")
                    let state = cell.hasConflict ? "\(cell.level.phrase), in a conflict" : cell.level.phrase
                    html.tag(
                        "a", .class("cell \(cell.hasConflict ? "x" : cell.level.cssClass)"),
                        .href(column.model.map { Link.page(question.path ?? "", "m-\($0)") } ?? question),
                        .text(.title, "\(column.title): \(state), \(count)")
                    ) { _ in }
                }
            }
        }
    }
}
