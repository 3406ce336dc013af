import Merging
import Records
import Reports
import Words

/// The conditions that can order a quantity's claims in columns; the first one that some claim records is used.
private let trackConditions = ["layer", "position", "task", Condition.model]

/// The maximum numbers of columns, rows and cells.
private let (columnLimit, rowLimit, cellLimit) = (48, 120, 1_200)

/// The column of claims on the embedding of a toy model.
private let embedding = "embedding"

/// Claims on one quantity by the settings at which they were tested. There is a column for each value of a condition
/// and a row for each claim; the rows of one work, by authors and year, are together. A scope that reaches beyond what
/// was tested is outlined.
struct TrackFigure: Sendable {
    struct Row: Sendable {
        var member: Member
        /// The recorded value, by column. Layers of toy models are in the columns of their blocks.
        var tested: [Int: String]
        /// The columns that the claim covers without a test.
        var extended: Set<Int>
    }

    struct Track: Sendable {
        /// The authors and the year.
        var work: String
        var rows: [Row]
    }

    let condition: String
    let columns: [String]
    let tracks: [Track]
    /// The numbers of claims that name no value of the condition, and that do not fit.
    let unplaced: Int
    let cut: Int

    /// Returns nil if all claims have the same value of every condition.
    init?(_ members: [Member], _ vocabulary: Vocabulary) {
        let found = trackConditions.lazy.map { condition in
            (condition, Set(members.flatMap { columnNames($0, condition).keys }))
        }.first { $1.count > 1 && $1.count <= columnLimit }
        guard let (condition, named) = found else { return nil }
        self.condition = condition
        let columns =
            condition == Condition.model
            ? named.sorted { (vocabulary.title(ofModel: $0), $0) < (vocabulary.title(ofModel: $1), $1) }
            : named.filter { $0 == embedding }
                + named.filter { $0 != embedding }.sorted {
                    vocabulary.comesBefore($0, $1, of: condition)
                }
        self.columns = columns
        let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        let rows = members.compactMap { member -> Row? in
            let tested = columnNames(member, condition).compactMap { name, value in places[name].map { ($0, value) } }
            guard !tested.isEmpty else { return nil }
            // A condition that the scope does not restrict is claimed everywhere.
            let covered = member.scope.values(of: condition).map { values in
                Set(values.compactMap { places[columnName($0, member, condition)] })
            }
            return Row(
                member: member, tested: Dictionary(tested) { first, _ in first },
                extended: (covered ?? Set(columns.indices)).subtracting(tested.map(\.0)))
        }
        unplaced = members.count - rows.count
        let limit = min(rowLimit, cellLimit / columns.count)
        cut = max(0, rows.count - limit)
        tracks = Dictionary(grouping: rows.prefix(limit)) { $0.member.finding.workPhrase }
            .map { Track(work: $0, rows: $1) }.sorted { $0.work < $1.work }
    }
}

/// Returns the columns of the values at which a claim was tested, with the values.
private func columnNames(_ member: Member, _ condition: String) -> [String: String] {
    Dictionary(
        member.testedValues(of: condition).filter { $0 != Condition.notApplicable }
            .map { (columnName($0, member, condition), $0) }
    ) { first, _ in first }
}

private func columnName(_ value: String, _ member: Member, _ condition: String) -> String {
    guard condition == "layer", member.kind == .toy, let layer = Int(value) else { return value }
    return layer > 0 ? "\(layer - 1)" : embedding
}

extension Finding {
    /// The authors, without addresses, and the year.
    fileprivate var workPhrase: String {
        let names = (authors.isEmpty ? contributors : authors).map { name in
            let bare = name.prefix { $0 != "<" }.trimmedOfSpaces
            return bare.isEmpty ? "unnamed" : bare
        }
        return "\(listed(shortList(names))), \(date.prefix(4))"
    }
}

extension Substring {
    fileprivate var trimmedOfSpaces: String {
        var rest = self
        while rest.utf8.first == UInt8(ascii: " ") { rest.removeFirst() }
        while rest.utf8.last == UInt8(ascii: " ") { rest.removeLast() }
        return String(rest)
    }
}

extension Atlas {
    func add(_ figure: TrackFigure, to html: inout Markup, title: String) {
        var notes = ["Filled: tested. Outlined: claimed beyond what was tested."]
        if figure.condition == "layer", figure.tracks.contains(where: { $0.rows.contains { $0.member.kind == .toy } }) {
            notes.append(toyLayerNote)
        }
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
                            ) { $0.recordText(track.work) }
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
        let classes = [evidence.isInConflict ? "dis" : nil, evidence.hasRuns ? "ran" : nil]
        html.tag("tr", .class(classes.compactMap(\.self).joined(separator: " "))) { html in
            html.tag("th", .text(.scope, "row")) { $0.link(Place.claim(row.member.id), row.member.id.description) }
            for (index, column) in figure.columns.enumerated() {
                html.tag("td", .class("ge")) { html in
                    let value = row.tested[index]
                    guard value != nil || row.extended.contains(index) else { return }
                    // Only the settings that the other claim covers too are hatched.
                    let isInConflict = conflictIndex.contains(row.member, at: value, of: figure.condition)
                    let style = isInConflict ? "x" : evidence.level.cssClass
                    let text = isInConflict ? "\(evidence.text), in a conflict" : evidence.text
                    html.tag("span", .class("cell \(value == nil ? "beyond" : style)")) { html in
                        html.tag(
                            "span", .class("vh"),
                            text: "\(figure.condition) \(column): \(value == nil ? "claimed, not tested" : text)")
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
