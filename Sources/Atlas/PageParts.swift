import Evidence
import Merging
import Records
import Reports
import Words

extension QuestionStatus {
    /// A sign before the word, so that the meaning does not depend on colour alone.
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

    /// `namesQuestion` is false on the page of the question to which the tasks belong.
    mutating func addTasks(_ tasks: [LedgerTask], _ atlas: Atlas, namesQuestion: Bool = true) {
        tag("table", .class("rows stack tasks")) { html in
            html.tag("thead") { html in
                html.tag("tr") { html in
                    for head in ["Task", namesQuestion ? "For" : nil, "Would settle", "Time", "Command"].compactMap(
                        \.self)
                    {
                        html.tag("th", .text(.scope, "col"), text: head)
                    }
                }
            }
            html.tag("tbody") { html in
                for task in tasks {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row")) { html in
                            html.recordText(atlas.phrase(task, namesQuestion: namesQuestion))
                            if let taken = task.takenPhrase {
                                html.tag("span", .class("note")) { $0.recordText(taken) }
                            }
                        }
                        if namesQuestion {
                            html.tag("td", .class("full")) { html in
                                if let id = task.question {
                                    html.link(Place.question(id), atlas.ledger.questions[id]?.text ?? id)
                                }
                            }
                        }
                        html.tag("td", .text(.dataLabel, "Would settle:")) { $0.text(task.settledPhrase) }
                        html.tag("td", .text(.dataLabel, "Time:")) { $0.text(task.timePhrase) }
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

extension Array {
    /// Splits a list into groups of adjacent elements with equal keys.
    package func chunked(by key: (Element) -> some Equatable) -> [[Element]] {
        var runs: [[Element]] = []
        for element in self {
            if let last = runs.last?.last, key(last) == key(element) {
                runs[runs.count - 1].append(element)
            } else {
                runs.append([element])
            }
        }
        return runs
    }
}

extension Atlas {
    /// The action in the words of a page, which names quantities by their titles and the question in its own column.
    fileprivate func phrase(_ task: LedgerTask, namesQuestion: Bool) -> String {
        switch task.kind {
        case .nobodyHasLooked:
            if let quantity = task.quantity.flatMap({ ledger.quantities[$0] }) { return "Measure: \(quantity.title)" }
        case .needsToy:
            if task.question != nil {
                return namesQuestion ? "Build a toy model" : "Build a toy model that reproduces it"
            }
        case .settleRuns, .moreRuns, .independentRun, .decidingRun, .untestedCell, .needsGeneralRun, .testCaveat,
            .testBridge, .testAssumption, .whyDiffer, .splitQuestion, .resolveContradiction, .askAuthor:
            break
        }
        return capitalised(task.phrase)
    }
}

extension LedgerTask {
    /// The questions that an outcome settles, or the share of cases in which it settles the next question.
    fileprivate var settledPhrase: String {
        guard let importance else { return "–" }
        if isHopeless { return "nothing: \(runLimit) runs are unlikely to decide it" }
        if importance.isNone { return "no open question" }
        let isSure = importance.numerator == importance.denominator
        let percent = 100 * importance.share
        let cases = isSure ? "in all cases" : "in \(percent < 1 ? "under 1" : fixed(percent, digits: 0)) % of the cases"
        guard importance.ancestors > 0 else { return "the next question above \(cases)" }
        let above = "\(counted(importance.ancestors, "question")) above"
        return isSure ? above : "\(above), the next \(cases)"
    }

    /// The time of one core, or the declared effort.
    fileprivate var timePhrase: String {
        guard let costSeconds else { return "–" }
        return isRunnable ? "\(duration(costSeconds)) on one core" : duration(costSeconds)
    }
}
