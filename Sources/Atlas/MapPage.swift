import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum numbers of rows and columns of the map. The other questions are part of the row above them; the other
/// models share one column for each group.
private let (rowLimit, columnLimit) = (64, 34)

/// The number of disagreements and tasks on the front page.
private let (listedConflictLimit, listedTaskLimit) = (6, 6)

extension Atlas {
    /// The front page: the answer to the north star, the coverage map, who disagrees, what nobody has looked at, and
    /// what to do next.
    var mapPage: AtlasFile {
        let map = MapFigure(self)
        return page(PageFrame(Place.map, "", in: .map)) { html in
            html.hatching()
            addLede(&html)
            addMap(&html, map)
            addConflictList(&html)
            addUnseen(&html)
            addFirstTasks(&html)
        }
    }

    private func addLede(_ html: inout Markup) {
        let answer = answers[RecordPlace.rootQuestion]
        html.tag("div", .class("lede")) { html in
            html.tag("div") { html in
                html.tag("p", .class("s soft"), text: "The north star")
                html.tag("h1") { $0.link(Place.question(RecordPlace.rootQuestion), northStarText) }
                if let answer { html.tag("p", .class("l")) { $0.recordText(statusSentence(answer)) } }
            }
            html.add(evidenceFigure)
        }
    }

    /// The answer in one sentence: how many parts are answered, and how much of it rests on runs.
    private func statusSentence(_ answer: Answer) -> String {
        let status = answer.status.rawValue.prefix(1).uppercased() + answer.status.rawValue.dropFirst()
        let parts = "\(answer.answeredParts) of \(counted(answer.parts.count, "part")) answered"
        let weight = answer.weight
        let decided = weight.rerun + weight.ownRun
        let runs =
            "\(decided) of \(counted(weight.claims, "claim")) decided by runs, \(weight.rerun) of them by independent runners"
        return
            "\(status): \(parts). \(runs). \(counted(weight.general, "claim")) \(weight.general == 1 ? "is" : "are") about general models."
    }

    /// The claims by evidence, for general models and for all others.
    private var evidenceFigure: StripFigure {
        let groups = [
            ("General models", members.values.filter { $0.kind == .general }),
            ("Toys and other models", members.values.filter { $0.kind != .general }),
        ]
        let rows = groups.flatMap { name, members in
            EvidenceLevel.allCases.compactMap { level -> StripFigure.Row? in
                let count = members.count { $0.shownLevel == level }
                guard count > 0 else { return nil }
                return StripFigure.Row(
                    name, nil, note: "", [.bar(0, Double(count))], value: "\(count)",
                    RowEvidence(level: level, text: level.phrase))
            }
        }
        var figure = StripFigure(
            "How much of it was re-run", note: "Number of claims.", heads: ("Models", "Claims"), rows: rows,
            including: [0])
        figure.hasTicks = false
        return figure
    }

    private func addMap(_ html: inout Markup, _ map: MapFigure) {
        html.tag("section", .class("wide"), .id("map")) { html in
            html.tag("figure") { html in
                html.tag("h2", text: "What has been looked at, and how hard")
                html.tag("div", .class("ctl")) { html in
                    html.choices(
                        "rows", "Rows", [("all", "all"), ("disputed", "in dispute"), ("unseen", "no general model")])
                    html.choices(
                        "cols", "Columns",
                        [("all", "all models"), ("general", "general"), ("special", "special-purpose")])
                    html.choices("colour", "Colour", [("evidence", "evidence"), ("conflict", "conflicts only")])
                }
                html.ramp()
                html.add(map)
                html.tag("p", .id("detail"), .class("s soft"), .text(.ariaLive, "off")) { _ in }
            }
        }
    }

    private func addConflictList(_ html: inout Markup) {
        let found = conflicts.subjects.filter { $0.found.hasConflict }
        html.section("Who disagrees", "Claims that cannot both be true. Different parts are not counted.") { html in
            if found.isEmpty {
                html.tag("p", text: "No two claims contradict each other at a shared setting.")
            } else {
                html.tag("ul", .class("list")) { html in
                    for subject in found.prefix(listedConflictLimit) {
                        html.tag("li") { html in
                            html.tag("i", .class("g x")) { _ in }
                            html.link(conflictLink(subject), subject.title)
                            html.tag("span", .class("note")) { $0.recordText(subject.separationSentence) }
                        }
                    }
                }
            }
            html.tag("p", .class("s")) { html in
                html.link(Place.conflicts, "All \(counted(conflicts.subjects.count, "disagreement"))")
            }
        }
    }

    func conflictLink(_ subject: ConflictReport.Subject) -> Link {
        .page(Place.conflicts.path ?? "", subject.found.quantity)
    }

    private func addUnseen(_ html: inout Markup) {
        let leaves = orderedAnswers.filter { $0.question.isLeaf && $0.question.status == .active }
        let empty = leaves.filter { $0.claims.isEmpty }
        let general = leaves.filter { $0.weight.general == 0 && $0.asks != .special && !$0.claims.isEmpty }
        let bridges = ledger.assumptions.values.filter { $0.bridge != nil }
        let tested = Set(orderedAnswers.flatMap(\.bridges).filter { $0.status != .untested }.map(\.assumption))
        html.section("What nobody has looked at", "") { html in
            html.tag("div", .class("two")) { html in
                html.unseen(
                    "\(empty.count) of \(counted(leaves.count, "question")) without a claim",
                    empty.first.map { answer in
                        ("The first:", answer.question.text, Place.question(answer.question.id))
                    })
                html.unseen(
                    "\(general.count) answered only by other models",
                    general.first.map { answer in
                        ("No general model was studied on:", answer.question.text, Place.question(answer.question.id))
                    })
                html.unseen(
                    "\(bridges.count - bridges.count { tested.contains($0.slug) }) of \(counted(bridges.count, "bridge")) untested",
                    ("What toys say reaches general models only by a bridge:", "toys and models compared", Place.pairs))
            }
        }
    }

    private func addFirstTasks(_ html: inout Markup) {
        html.section("Take a task", "The first by rank: those that alone settle the most questions above.") { html in
            html.addTasks(Array(state.tasks.filter { !$0.isMinor }.prefix(listedTaskLimit)), self)
            html.tag("p", .class("s")) { $0.link(Place.tasks, "All \(counted(state.tasks.count, "task"))") }
        }
    }
}

extension Markup {
    fileprivate mutating func unseen(_ heading: String, _ example: (String, String, Link)?) {
        tag("div") { html in
            html.tag("h3", text: heading)
            if let example {
                html.tag("p", .class("s soft")) { html in
                    html.text(example.0 + " ")
                    html.link(example.2, example.1)
                }
            }
        }
    }

    /// Adds a section with a hanging heading. The address of a page of pairs shows only sections with chosen `pair` names.
    mutating func section(
        _ title: String, _ note: String, id: String? = nil, pair: [String]? = nil, _ body: (inout Markup) -> Void
    ) {
        tag("section", id.map(Attribute.id), pair.map { .text(.dataPair, $0.joined(separator: " ")) }) { html in
            html.tag("div", .class("hg")) { html in
                html.tag("h2") { $0.recordText(title) }
                if !note.isEmpty { html.tag("p") { $0.recordText(note) } }
            }
            html.tag("div", body: body)
        }
    }

    mutating func choices(_ group: String, _ title: String, _ values: [(value: String, title: String)]) {
        tag("fieldset", .class("seg")) { html in
            html.tag("legend", text: title)
            for (index, choice) in values.enumerated() {
                html.choice(group, choice.value, choice.title, isChecked: index == 0)
            }
        }
    }

    /// Adds the pattern with which shapes of claims in a conflict are filled.
    mutating func hatching() {
        literal(
            "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"vh\"><defs><pattern id=\"hx\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line class=\"hx\" x1=\"1\" x2=\"1\" y1=\"0\" y2=\"5\"/></pattern></defs></svg>"
        )
    }

    /// Adds the meaning of the fills.
    mutating func ramp() {
        tag("p", .class("ramp")) { html in
            for level in EvidenceLevel.allCases {
                html.tag("span") { $0.add(RowEvidence(level: level, text: level.phrase)) }
            }
            html.tag("span") { $0.add(RowEvidence(level: .reported, isInConflict: true, text: "in a conflict")) }
        }
    }

    /// `namesQuestion` is false on the page of the question for which the tasks are.
    mutating func addTasks(_ tasks: [LedgerTask], _ atlas: Atlas, namesQuestion: Bool = true) {
        tag("table", .class("rows stack tasks")) { html in
            html.tag("thead") { html in
                html.tag("tr") { html in
                    for head in ["Task", namesQuestion ? "For" : nil, "Decides", "Effort", "Command"].compactMap(\.self)
                    {
                        html.tag("th", .text(.scope, "col"), text: head)
                    }
                }
            }
            html.tag("tbody") { html in
                for task in tasks {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row")) { $0.recordText(task.phrase) }
                        if namesQuestion {
                            html.tag("td", .class("full")) { html in
                                if let id = task.question {
                                    html.link(Place.question(id), atlas.ledger.questions[id]?.text ?? id)
                                }
                            }
                        }
                        html.tag("td", .text(.dataLabel, "Decides:")) { $0.text(task.importancePhrase) }
                        html.tag("td", .text(.dataLabel, "Effort:")) { $0.text(task.costPhrase) }
                        html.tag("td", .class("full")) {
                            $0.tag("code", text: task.command ?? "arbor-ledger tasks take \(task.id)")
                        }
                    }
                }
            }
        }
    }
}

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

    init(_ atlas: Atlas) {
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

extension QuestionStatus {
    /// The sign before the word, so that colour never stands alone.
    var sign: String {
        switch self {
        case .supported: "+"
        case .refuted: "−"
        case .depends: "±"
        case .contested: "≠"
        case .open: "○"
        case .answered: "✓"
        }
    }

    var word: String { self == .depends ? "depends" : rawValue }
}

extension Markup {
    mutating func add(_ status: QuestionStatus) {
        tag("span", .class("st \(status.rawValue)"), text: "\(status.sign) \(status.word)")
    }

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
                                html.tag(
                                    "a", .href(Place.model(model)), .text(.title, column.title), text: column.title)
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

    /// `continuesVoid` is true if the row above has no general model either; the words then stand there.
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
                        .text(.ariaLabel, "\(answer.question.text) \(column.title): \(state), \(count)")
                    ) { _ in }
                }
            }
        }
    }
}
