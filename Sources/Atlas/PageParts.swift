import Evidence
import Merging
import Records
import Reports
import Words

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
            "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"vh\"><defs><pattern id=\"_hx\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line class=\"hx\" x1=\"1\" x2=\"1\" y1=\"0\" y2=\"5\"/></pattern></defs></svg>"
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

    mutating func add(_ status: QuestionStatus) {
        tag("span", .class("st \(status.rawValue)"), text: "\(status.sign) \(status.word)")
    }
}
