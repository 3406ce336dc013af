import Merging
import Records
import Reports
import Words

/// The number of columns that the label of a date needs.
private let labelDistance = 3

/// The maximum numbers of questions on the page, and of changes in its list.
private let (rowLimit, changeLimit) = (80, 300)

extension Atlas {
    /// The answers over the history of the shown commit.
    var timePage: AtlasFile {
        let all = places.filter { !$0.isListed }
        let shown = all.prefix(rowLimit).map { orderedAnswers[$0.index].question.id }
        return page(PageFrame(Place.time, "How the answers changed", in: .time)) { [self] html in
            guard state.history.count > 1 else {
                html.tag("p", text: "The history has one state so far. Each later commit would add a column.")
                if merge.evidence.isSaltUnchecked {
                    html.tag("p", text: "This atlas was built from a shallow clone; a full clone shows the history.")
                }
                return
            }
            let part = all.count > rowLimit ? " The first \(rowLimit) of \(all.count) questions are shown." : ""
            html.section("Belief over time", historyNote + part) { html in
                addHistory(of: shown, to: &html, title: "The answer to each question at \(state.history.count) commits")
            }
            addChanges(shown, part, to: &html)
        }
    }

    /// Pages for questions that the history has but the ledger no longer has, so that old links still work.
    var movedQuestionPages: [AtlasFile] {
        var gone: [String: (text: String, point: BeliefPoint)] = [:]
        for point in state.history {
            for (id, belief) in point.beliefs where ledger.questions[id] == nil { gone[id] = (belief.text, point) }
        }
        let byText = Dictionary(ledger.questions.values.map { ($0.text, $0.id) }) { min($0, $1) }
        return gone.sorted { $0.key < $1.key }.map { id, last in
            page(
                PageFrame(
                    Place.question(id), last.text, in: .map, subtitle: "This question is not in the ledger any more.")
            ) { html in
                html.tag("p") { html in
                    html.text("It was last asked at \(last.point.date), commit ")
                    html.tag("code", text: String(last.point.commit.prefix(12)))
                    html.text(".")
                }
                html.tag("p") { html in
                    if let now = byText[last.text] {
                        html.text("It moved to ")
                        html.link(Place.question(now), now)
                    } else {
                        html.link(Place.map, "The questions of today")
                    }
                }
            }
        }
    }

    private var historyNote: String {
        "At most 64 commits, spread evenly over the line of first parents of the shown commit, from \(state.history.first?.date ?? "") to \(state.history.last?.date ?? "")."
    }

    /// Adds the row of one question, for its page.
    func addHistory(of question: String, to html: inout Markup) {
        guard state.history.count > 1 else { return }
        html.section("Over time", historyNote) { html in
            addHistory(of: [question], to: &html, title: "The answer since \(state.history[0].date)")
        }
    }

    private func addHistory(of questions: [String], to html: inout Markup, title: String) {
        html.tag("figure") { html in
            html.figureHead(
                title,
                "One field for each period without a change: + supported, − refuted, ± depends on settings, ≠ contested, ○ open, ✓ answered. Shaded: answered."
            )
            html.tag("table", .class("map time")) { html in
                html.literal("<colgroup><col class=\"q\">")
                for _ in state.history { html.literal("<col>") }
                html.literal("</colgroup>")
                html.tag("thead") { html in
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "col"), text: "Question")
                        var labelled = -labelDistance
                        for (index, point) in state.history.enumerated() {
                            html.tag("th", .class("v"), .text(.scope, "col")) { html in
                                let isNew = index == 0 || state.history[index - 1].date != point.date
                                let isShown = isNew && index - labelled >= labelDistance
                                if isShown { labelled = index }
                                html.tag(
                                    "span", .text(.title, "\(point.date), \(point.commit.prefix(12))"),
                                    isShown ? nil : .class("vh"), text: point.date)
                            }
                        }
                    }
                }
                html.tag("tbody") { html in
                    for id in questions { addRow(of: id, to: &html) }
                }
            }
        }
    }

    private func addRow(of question: String, to html: inout Markup) {
        html.tag("tr") { html in
            html.tag("th", .text(.scope, "row")) {
                $0.link(Place.question(question), ledger.questions[question]?.text ?? question)
            }
            // One cell for each period in which the answer stays the same, so that a screen reader can read it.
            for (status, count) in runs(of: question) {
                html.tag(
                    "td", .class(status.map { "b \($0.rawValue)" } ?? "b"),
                    count > 1 ? .text(.colspan, "\(count)") : nil
                ) { html in
                    if let status { html.text(status.sign + " ") }
                    html.tag("span", .class("vh"), text: status?.word ?? "not asked")
                }
            }
        }
    }

    /// Returns the answers to a question in the order of time, with the number of commits that each of them lasted.
    private func runs(of question: String) -> [(status: QuestionStatus?, count: Int)] {
        var runs: [(status: QuestionStatus?, count: Int)] = []
        for point in state.history {
            let status = point.beliefs[question]?.status
            if let last = runs.last, last.status == status {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((status, 1))
            }
        }
        return runs
    }

    /// Lists the changes between the commits, the latest first. `part` says which questions are meant.
    private func addChanges(_ questions: [String], _ part: String, to html: inout Markup) {
        let steps = zip(state.history, state.history.dropFirst()).reversed().map { before, after in
            (before, after, questions.filter { before.beliefs[$0]?.status != after.beliefs[$0]?.status })
        }.filter { !$0.2.isEmpty }
        html.section("Changes", "Between two columns, the latest first." + part) { html in
            var rest = steps.reduce(0) { $0 + $1.2.count }
            if rest == 0 { return html.tag("p", text: "No answer has changed.") }
            var room = changeLimit
            html.tag("ul", .class("list")) { html in
                for (before, after, changed) in steps where room > 0 {
                    addChanges(Array(changed.prefix(room)), before, after, to: &html)
                    rest -= min(room, changed.count)
                    room -= min(room, changed.count)
                }
            }
            if rest > 0 { html.tag("p", .class("s"), text: "and \(counted(rest, "earlier change"))") }
        }
    }

    private func addChanges(
        _ questions: [String], _ before: BeliefPoint, _ after: BeliefPoint, to html: inout Markup
    ) {
        html.tag("li") { html in
            html.text("\(after.date), ")
            html.tag("code", text: String(after.commit.prefix(12)))
            for id in questions {
                html.tag("span", .class("note")) { html in
                    html.link(Place.question(id), ledger.questions[id]?.text ?? id)
                    html.text(
                        ": \(before.beliefs[id]?.status.word ?? "not asked") to \(after.beliefs[id]?.status.word ?? "not asked")"
                    )
                }
            }
        }
    }
}
