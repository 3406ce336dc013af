import Merging
import Records
import Reports
import Words

/// The conditions by which a quantity's claims are placed beside each other, the first that some claim records.
private let trackConditions = ["layer", "position", "task", Condition.model]

/// The maximum numbers of columns and rows.
private let (columnLimit, rowLimit) = (48, 120)

/// Claims on one quantity by where they were tested: a column for each value of a condition, a row for each claim, and
/// the rows of each group of contributors together. A scope that reaches beyond what was tested is outlined.
struct TrackFigure: Sendable {
    struct Row: Sendable {
        var member: Member
        var tested: Set<Int>
        /// The columns that the claim covers without a test.
        var extended: Set<Int>
    }

    struct Track: Sendable {
        var contributors: String
        var rows: [Row]
    }

    let condition: String
    let columns: [String]
    let tracks: [Track]
    /// The numbers of claims that name no value of the condition, and that do not fit.
    let unplaced: Int
    let cut: Int

    /// Returns nil if no condition would tell claims apart.
    init?(_ members: [Member], _ vocabulary: Vocabulary) {
        func values(_ member: Member, _ condition: String) -> [String] {
            member.testedValues(of: condition).filter { $0 != Condition.notApplicable }
        }
        let found = trackConditions.lazy.map { condition in
            (condition, Set(members.flatMap { values($0, condition) }))
        }.first { $1.count > 1 && $1.count <= columnLimit }
        guard let (condition, named) = found else { return nil }
        self.condition = condition
        let columns =
            condition == Condition.model
            ? named.sorted { (vocabulary.title(ofModel: $0), $0) < (vocabulary.title(ofModel: $1), $1) }
            : named.sorted { vocabulary.comesBefore([condition: $0], [condition: $1]) }
        self.columns = columns
        let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        let rows = members.compactMap { member -> Row? in
            let tested = Set(values(member, condition).compactMap { places[$0] })
            guard !tested.isEmpty else { return nil }
            let covered = Set((member.scope.values(of: condition) ?? []).compactMap { places[$0] })
            return Row(member: member, tested: tested, extended: covered.subtracting(tested))
        }
        unplaced = members.count - rows.count
        cut = max(0, rows.count - rowLimit)
        let groups = Dictionary(grouping: rows.prefix(rowLimit)) { listed(shortList($0.member.finding.contributors)) }
        tracks = groups.map { Track(contributors: $0, rows: $1) }.sorted { $0.contributors < $1.contributors }
    }
}

extension Atlas {
    func add(_ figure: TrackFigure, to html: inout Markup, title: String) {
        var notes = ["Filled: tested. Outlined: claimed beyond what was tested."]
        if figure.unplaced > 0 {
            notes.append(
                "\(counted(figure.unplaced, "claim")) \(figure.unplaced == 1 ? "names" : "name") no \(figure.condition)."
            )
        }
        if figure.cut > 0 { notes.append("\(figure.cut) more claims are not drawn.") }
        html.tag("figure") { html in
            html.figureHead(title, notes.joined(separator: " "))
            html.tag("table", .class("map tracks")) { html in
                html.literal("<colgroup><col class=\"q\">")
                for _ in figure.columns { html.literal("<col>") }
                html.literal("<col class=\"says\"></colgroup>")
                html.tag("thead") { html in
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "col"), text: "Claim")
                        for column in figure.columns { addHead(column, of: figure.condition, to: &html) }
                        html.tag("th", .text(.scope, "col"), .class("says"), text: "Says")
                    }
                }
                for track in figure.tracks {
                    html.tag("tbody") { html in
                        html.tag("tr", .class("d1")) { html in
                            html.tag(
                                "th", .text(.scope, "rowgroup"), .text(.colspan, "\(figure.columns.count + 2)")
                            ) { $0.recordText(track.contributors) }
                        }
                        for row in track.rows { add(row, of: figure, to: &html) }
                    }
                }
            }
        }
    }

    private func addHead(_ value: String, of condition: String, to html: inout Markup) {
        let isModel = condition == Condition.model
        let title = isModel ? ledger.vocabulary.title(ofModel: value) : value
        html.tag("th", .class(title.utf8.count > 3 ? "v" : "n"), .text(.scope, "col")) { html in
            if isModel {
                html.tag("a", .href(Place.model(value)), .text(.title, title), text: title)
            } else {
                html.tag("span", .text(.title, "\(condition) \(title)"), text: title)
            }
        }
    }

    private func add(_ row: TrackFigure.Row, of figure: TrackFigure, to html: inout Markup) {
        let evidence = evidence(of: row.member)
        let classes = [evidence.isInConflict ? "dis" : nil, row.member.isDecidedByRuns ? "ran" : nil]
        html.tag("tr", .class(classes.compactMap(\.self).joined(separator: " "))) { html in
            html.tag("th", .text(.scope, "row")) { $0.link(Place.claim(row.member.id), row.member.id.description) }
            for (index, column) in figure.columns.enumerated() {
                html.tag("td", .class("ge")) { html in
                    let isTested = row.tested.contains(index)
                    guard isTested || row.extended.contains(index) else { return }
                    html.tag("span", .class("cell \(isTested ? evidence.cssClass : "beyond")")) { html in
                        html.tag(
                            "span", .class("vh"),
                            text: "\(figure.condition) \(column): \(isTested ? evidence.text : "claimed, not tested")")
                    }
                }
            }
            html.tag("td", .class("says w"), .text(.dataLabel, "says")) { html in
                html.recordText(row.member.valueText)
                html.tag("span", .class("note")) { $0.text(evidence.text) }
            }
        }
    }
}
