import Evidence
import Merging
import Records
import Reports
import Words

/// The number of disagreements and tasks on the front page.
private let (listedConflictLimit, listedTaskLimit) = (6, 6)

extension Atlas {
    /// The front page: the answer to the north star, the coverage map, who disagrees, what nobody has looked at, and
    /// what to do next.
    var mapPage: AtlasFile {
        let map = MapFigure(self)
        return page(PageFrame(Place.map, "", in: .map)) { [self] html in
            html.hatching()
            addLede(&html)
            addMap(&html, map)
            addConflictList(&html)
            addUnseen(&html)
            addFirstTasks(&html)
        }
    }

    private func addLede(_ html: inout Markup) {
        if merge.evidence.isSaltUnchecked { html.tag("p", .class("s con"), text: uncheckedSalts) }
        let answer = answers[RecordPlace.rootQuestion]
        html.tag("div", .class("lede")) { html in
            html.tag("div") { html in
                html.tag("p", .class("s soft"), text: "The north star")
                html.tag("h1") { $0.recordText(northStarText) }
                html.tag("p", .class("l"), text: answerSentence)
                if let answer {
                    html.tag("p", .class("s soft")) { html in
                        html.text("As a whole: ")
                        html.add(answer.status)
                        html.text(", \(answer.answeredParts) of \(counted(answer.parts.count, "part")) answered. ")
                        html.text(evidenceSentence(answer) + " ")
                        html.link(Place.question(RecordPlace.rootQuestion), "The whole question")
                    }
                }
            }
            html.add(evidenceFigure, heading: "h2")
        }
    }

    /// The state of the answers in one sentence.
    private var answerSentence: String {
        let counts = brief.counts
        func are(_ count: Int) -> String { count == 0 ? "none is" : count == 1 ? "1 is" : "\(count) are" }
        return
            "Of \(counted(counts.leaves, "question")), \(are(counts.answeredForGeneralModels)) answered for general models, and "
            + "\(counts.answeredForOtherModels) more for toys and other models alone; \(are(counts.inDispute)) in dispute, "
            + "and \(are(counts.unanswered)) open."
    }

    /// How much of the answer rests on runs.
    private func evidenceSentence(_ answer: Answer) -> String {
        let weight = answer.weight
        return
            "Of its \(counted(weight.claims, "claim")), runs decided \(weight.rerun + weight.ownRun), and independent runners \(weight.rerun); \(weight.general) are on general models."
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
            "Evidence of all \(counted(members.count, "claim")), asked by a question or not", note: "",
            heads: ("Models", "Claims"), rows: rows,
            including: [0])
        figure.hasTicks = false
        return figure
    }

    private func addMap(_ html: inout Markup, _ map: MapFigure) {
        html.tag("section", .class("wide"), .id("_map")) { html in
            html.tag("figure") { html in
                html.tag("h2", text: "What was studied, and with which evidence")
                html.tag("div", .class("ctl")) { html in
                    html.choices(
                        "rows", "Rows", [("all", "all"), ("disputed", "in dispute"), ("unseen", "no general model")])
                    html.choices(
                        "cols", "Columns",
                        [("all", "all models"), ("general", "general"), ("special", "special-purpose")])
                    html.choices("colour", "Colour", [("evidence", "evidence"), ("conflict", "conflicts only")])
                }
                html.ramp()
                html.tag("p", .id("_detail"), .class("s soft"), .text(.ariaLive, "off")) { _ in }
                html.add(map)
            }
        }
    }

    private func addConflictList(_ html: inout Markup) {
        let found = conflictingSubjects
        html.section("Who disagrees", "Claims that cannot both be true. Different parts are not counted.") { html in
            if found.isEmpty {
                html.tag("p", text: "No two claims contradict each other at a shared setting.")
            } else {
                html.list(Array(found.prefix(listedConflictLimit))) { html, subject in
                    html.tag("i", .class("g x")) { _ in }
                    html.link(conflictPlace(subject.found.quantity), subject.title)
                    html.tag("span", .class("note")) { $0.recordText(subject.separationSentence) }
                }
            }
            html.tag("p", .class("s")) { html in
                html.link(Place.conflicts, "All disagreements, also about different parts")
            }
        }
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
                    "\(general.count) studied only on other models",
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
        html.section("Take a task", "In order of rank: first those that alone settle the most questions above them.") {
            html in
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
}
