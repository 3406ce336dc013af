import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of claims of one side in the figure of a question page.
private let claimLimit = 60

/// The maximum number of claims that are named for one model.
private let namedClaimLimit = 12

extension Atlas {
    var questionPages: [AtlasFile] { orderedAnswers.map(questionPage) }

    private func questionPage(_ answer: Answer) -> AtlasFile {
        let question = answer.question
        let frame = PageFrame(
            Place.question(question.id), question.text, in: .map, trail: trail(above: question),
            subtitle: "Why it is asked: \(question.why)")
        return page(frame) { [self] html in
            html.hatching()
            addAnswer(answer, to: &html)
            if question.isLeaf {
                addLeaf(answer, to: &html)
            } else {
                addConflicts(below: question.id, to: &html)
                addParts(answer, to: &html)
            }
            addSeeAlso(question, to: &html)
            addModels(answer, to: &html)
            addAssumptions(answer, to: &html)
            addHistory(of: question.id, to: &html)
            addTasks(answer, to: &html)
        }
    }

    func trail(above question: Question) -> [(String, Link)] {
        var steps: [(String, Link)] = []
        var above = question.parent
        while let id = above, let parent = ledger.questions[id] {
            steps.insert((parent.text, Place.question(id)), at: 0)
            above = parent.parent
        }
        return steps
    }

    private func addAnswer(_ answer: Answer, to html: inout Markup) {
        let asked =
            switch answer.asks {
            case .general: "It asks about general models."
            case .special: "It asks about special-purpose models."
            case .either: "It asks about models of any kind."
            }
        html.section("The answer", asked) { html in
            html.tag("p", .class("ans")) { $0.add(answer.status) }
            html.tag("p", .class("s"), text: capitalised(answer.details.joined(separator: "; ")) + ".")
            for line in answerDetails(answer) { html.tag("p", .class("s")) { $0.recordText(capitalised(line)) } }
            addContradictions(of: answer, to: &html)
            let kinds = [
                ("General models", answer.general), ("Toys and other special-purpose models", answer.special),
                ("From claims with runs alone", answer.verified),
            ]
            guard kinds.contains(where: { $0.1 != answer.status }) else {
                return html.tag(
                    "p", .class("s soft"),
                    text: "The same for general models, for other models, and from claims with runs alone.")
            }
            html.tag("div", .class("two answers")) { html in
                for (title, status) in kinds {
                    html.tag("div") { html in
                        html.tag("p", .class("s soft"), text: title)
                        html.tag("p") { $0.add(status) }
                    }
                }
            }
        }
    }

    /// Names the claims that cannot be true together with another, since an answer may not count them.
    private func addContradictions(of answer: Answer, to html: inout Markup) {
        let found = answer.claims.map(\.member).filter(conflictIndex.contains).map(\.id)
        guard !found.isEmpty, let quantity = answer.question.quantity?.value else { return }
        html.tag("p", .class("s con")) { html in
            html.tag("i", .class("g x")) { _ in }
            html.text(found.count == 1 ? "In a conflict: " : "In conflicts: ")
            html.links(found.prefix(namedClaimLimit).map { ($0.description, Place.claim($0)) })
            html.text(found.count > namedClaimLimit ? " and \(found.count - namedClaimLimit) more. " : ". ")
            html.link(conflictPlace(quantity), "What separates them")
        }
    }

    /// Adds the conflicts of the questions below.
    private func addConflicts(below question: String, to html: inout Markup) {
        let found = conflictsBelow[question, default: []]
        guard !found.isEmpty else { return }
        html.section("Who disagrees", "Claims below this question that cannot both be true.", id: "_conflicts") {
            html in
            for subject in found.prefix(6).compactMap({ subjects[$0] }) {
                html.tag("h3") { html in
                    html.tag("i", .class("g x")) { _ in }
                    html.link(conflictPlace(subject.found.quantity), subject.title)
                }
                html.tag("p", .class("l")) { $0.recordText(subject.separationSentence) }
                addDecidingRun(of: subject, to: &html)
            }
            if found.count > 6 {
                html.tag("p", .class("s")) { $0.link(Place.conflicts, "and \(found.count - 6) more") }
            }
        }
    }

    private func addLeaf(_ answer: Answer, to html: inout Markup) {
        let question = answer.question
        guard let slug = question.quantity?.value, let yes = question.yes?.value else { return }
        let quantity = ledger.quantities[slug]
        if let subject = subjects[slug], subject.found.hasDiscord {
            addSeparation(subject, to: &html)
        }
        let members = answer.claims.map(\.member)
        html.section(
            "The claims", question.covers.phrases.isEmpty ? "" : "It covers \(listed(question.covers.phrases))."
        ) {
            html in
            html.tag("p", .class("s")) { html in
                html.text("Yes means: ")
                html.link(Place.quantity(slug), quantity?.title ?? slug)
                html.text(" is ")
                html.recordText(yes.phrase)
                html.text(".")
            }
            guard !members.isEmpty else {
                html.tag("p", text: "No claim yet. A finding with a claim on this quantity would fill this page.")
                return
            }
            html.choicesOfClaims()
            for (side, title) in [(Side.pro, "For yes"), (.con, "For no"), (.silent, "For neither")] {
                let claims = answer.claims.filter { $0.side == side }
                if !claims.isEmpty { html.add(sideFigure(claims, quantity, title, yes, on: members)) }
            }
            if members.count > claimLimit {
                html.tag("p", .class("s")) { html in
                    html.link(
                        Place.quantity(slug), "All \(counted(members.count, "claim")) on the page of the quantity")
                }
            }
        }
        if let tracks = TrackFigure(members, ledger.vocabulary) {
            html.section("Where it was tested", "One track for each work, by its authors and year.") { html in
                add(tracks, to: &html, title: "Claims by \(tracks.condition)")
            }
        }
        if let quantity { addPools(&html, quantity) }
        addGuests(on: slug, to: &html)
    }

    private func sideFigure(
        _ claims: [LeafClaim], _ quantity: Quantity?, _ title: String, _ yes: ValueSet, on all: [Member]
    ) -> StripFigure {
        var figure = claimFigure(
            claims.prefix(claimLimit).map(\.member), of: quantity, title: "\(title): \(counted(claims.count, "claim"))",
            yes: yes, onAxisOf: all)
        for (index, claim) in claims.prefix(claimLimit).enumerated() {
            let notes = [figure.rows[index].note, statusNote(claim) ?? ""].filter { !$0.isEmpty }
            figure.rows[index].note = notes.joined(separator: ". ")
        }
        return figure
    }

    private func addSeparation(_ subject: ConflictReport.Subject, to html: inout Markup) {
        html.section("What separates the sides", subject.standing.heading) { html in
            html.tag("p", .class("l")) { $0.recordText(subject.separationSentence) }
            addDecidingRun(of: subject, to: &html)
            html.tag("p", .class("s")) {
                $0.link(conflictPlace(subject.found.quantity), "The sides, and what is missing")
            }
        }
    }

    private func addParts(_ answer: Answer, to html: inout Markup) {
        let parts = answer.parts.compactMap { answers[$0] }
        html.section("Parts", "\(answer.answeredParts) of \(counted(parts.count, "part")) answered.") { html in
            guard !parts.isEmpty else {
                html.tag("p", text: "No part yet. A question in a folder below this one would be its first part.")
                return
            }
            html.table(["Question", "As asked", "General models", "Evidence"]) { html in
                for part in parts {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row")) { html in
                            html.link(Place.question(part.question.id), part.question.text)
                            if coverage.cells[part.question.id, default: [:]].values.contains(where: \.hasConflict) {
                                html.tag("span", .class("note con")) { html in
                                    html.tag("i", .class("g x")) { _ in }
                                    html.text("holds claims in a conflict")
                                }
                            }
                        }
                        html.tag("td", .text(.dataLabel, "as asked")) { $0.add(part.status) }
                        html.tag("td", .text(.dataLabel, "general")) { $0.add(part.general) }
                        html.tag("td", .class("full")) { $0.text(part.weight.phrases.joined(separator: "; ")) }
                    }
                }
            }
        }
    }

    private func addSeeAlso(_ question: Question, to html: inout Markup) {
        let others = listedBelow[question.id, default: []] + question.alsoUnder.map(\.value)
        guard !others.isEmpty else { return }
        html.section("See also", "Related questions, which do not count as parts.") { html in
            html.list(others) { html, id in html.link(Place.question(id), ledger.questions[id]?.text ?? id) }
        }
    }

    /// The claims on each model. The cells of the map link to this section.
    private func addModels(_ answer: Answer, to html: inout Markup) {
        let cells = coverage.cells[answer.question.id, default: [:]].sorted { $0.key < $1.key }
        guard !cells.isEmpty else { return }
        html.section("By model", "The claims on each model, general models first.") { html in
            html.tag("ul", .class("list")) { html in
                for (index, cell) in cells {
                    let column = coverage.columns[index]
                    html.tag("li", .id("m-\(column.model ?? "")")) { html in
                        html.add(
                            RowEvidence(
                                level: cell.level, isInConflict: cell.hasConflict,
                                text: cell.hasConflict ? "in a conflict" : cell.level.phrase))
                        html.text(" ")
                        html.link(column.model.map(Place.model), column.title)
                        html.tag("span", .class("note")) { html in
                            let ids = cell.claims.sorted()
                            for (number, id) in ids.prefix(namedClaimLimit).enumerated() {
                                if number > 0 { html.text(", ") }
                                html.link(Place.claim(id), id.description)
                            }
                            if ids.count > namedClaimLimit { html.text(" and \(ids.count - namedClaimLimit) more") }
                        }
                    }
                }
            }
        }
    }

    private func addAssumptions(_ answer: Answer, to html: inout Markup) {
        let names = Set(answer.assumptions.sets.flatMap(\.self)).sorted()
        guard !names.isEmpty || !answer.bridges.isEmpty else { return }
        html.section("Rests on", "If these fall, so does the answer.") { html in
            let phrases = assumptionPhrases(answer)
            if phrases.count > 1 {
                html.tag("p", .class("s"), text: "Any one of these is enough: \(phrases.joined(separator: "; or ")).")
            }
            html.facts { html in
                for name in names {
                    html.fact(name, Place.assumption(name)) {
                        $0.recordText(ledger.assumptions[name]?.statement ?? "")
                    }
                }
                for (bridge, phrase) in zip(answer.bridges, bridgePhrases(answer.bridges)) {
                    html.fact(bridge.assumption, Place.assumption(bridge.assumption)) {
                        $0.recordText("A bridge from toys to general models: \(phrase).")
                    }
                }
            }
        }
    }

    private func addTasks(_ answer: Answer, to html: inout Markup) {
        let tasks = tasksByQuestion[answer.question.id, default: []]
        guard !tasks.isEmpty else { return }
        html.section("What to do next", "") { html in
            html.addTasks(Array(tasks.prefix(8)), self, namesQuestion: false)
            if tasks.count > 8 {
                html.tag("p", .class("s")) { $0.link(Place.tasks, "and \(counted(tasks.count - 8, "more task"))") }
            }
        }
    }
}
