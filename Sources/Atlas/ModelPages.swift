import Merging
import Records
import Reports
import Words

/// The maximum numbers of claims on the page of a model, and of rows in its table of questions.
private let (claimLimit, questionLimit) = (300, 60)

extension Atlas {
    /// The list of models, and a page for each: all that is known of it, on its depth.
    var modelPages: [AtlasFile] {
        pagedList(models, limit: 1000, at: Place.models) { frame, models in
            page(frame) { addModelList(models, to: &$0) }
        } title: {
            "Models"
        } + models.map(modelPage)
    }

    private func addModelList(_ models: [String], to html: inout Markup) {
        let groups: [(String, String, (CoverageMap.ModelGroup) -> Bool)] = [
            ("General models", "Reasoning models, about which the north star asks.", { $0 == .general }),
            ("Toys", "Trained here by a kernel of the tool.", { $0 == .toy }),
            ("Other models", "Special-purpose and base models.", { $0 == .other || $0 == .unrecorded }),
        ]
        for (title, note, contains) in groups {
            let group = models.filter { contains(ledger.group(ofModel: $0)) }
            guard !group.isEmpty else { continue }
            html.section(title, note) { html in
                html.list(group) { html, model in
                    html.link(Place.model(model), ledger.vocabulary.title(ofModel: model))
                    html.tag("span", .class("note"), text: counted(membersByModel[model, default: []].count, "claim"))
                }
            }
        }
    }

    private func modelPage(_ slug: String) -> AtlasFile {
        let members = membersByModel[slug, default: []]
        let value = ledger.vocabulary.value(slug, of: Condition.model)
        let frame = PageFrame(
            Place.model(slug), ledger.vocabulary.title(ofModel: slug), in: .models, trail: [("Models", Place.models)],
            subtitle: description(ofModel: slug, value))
        return page(frame) { html in
            html.hatching()
            addSummary(of: slug, members, to: &html)
            addDepth(of: slug, value?.blocks, members, to: &html)
            addClaims(of: members, to: &html)
            addBridges(to: slug, to: &html)
            addGaps(of: slug, to: &html)
        }
    }

    /// The kind of the model and what is recorded of it.
    private func description(ofModel slug: String, _ value: ConditionValue?) -> String {
        let kind =
            switch ledger.group(ofModel: slug) {
            case .general: "General model"
            case .toy: "Toy model of this ledger"
            case .other, .unrecorded: "Special-purpose or base model"
            }
        let sizes = [("blocks", value?.blocks), ("heads a block", value?.heads), ("wide", value?.width)]
        let facts =
            (value?.attributes.sorted { $0.key < $1.key } ?? []).map { "\($0.key) \($0.value)" }
            + sizes.compactMap { name, size in size.map { "\($0) \(name)" } }
        return facts.isEmpty ? "\(kind). Nothing else is recorded of it." : "\(kind): \(listed(facts))."
    }

    private func addSummary(of slug: String, _ members: [Member], to html: inout Markup) {
        html.section("In one sentence", "") { html in
            let depth = members.count { !$0.testedValues(of: "layer").filter { $0 != Condition.notApplicable }.isEmpty }
            let decided = members.count(where: \.isDecidedByRuns)
            html.tag(
                "p", .class("l"),
                text: members.isEmpty
                    ? "No claim was tested on it: everything here is still to be found out."
                    : "\(counted(members.count, "claim")), \(decided) decided by runs, \(depth) of them about a layer.")
            if ledger.models[slug] != nil {
                html.tag("p", .class("s")) { $0.link(Place.toy(slug), "How this toy is trained, and its networks") }
            }
        }
    }

    /// The claims that name a layer, on the depth of the model.
    private func addDepth(of slug: String, _ blocks: Int?, _ members: [Member], to html: inout Markup) {
        let placed = members.filter { member in
            member.testedValues(of: "layer").contains { $0 != Condition.notApplicable }
        }
        html.section(
            "On its depth", blocks.map { "Block counted from 0, of \($0)." } ?? "The number of blocks is not recorded."
        ) {
            html in
            if let figure = DepthFigure(placed, blocks: blocks) {
                add(figure, to: &html)
            } else {
                html.tag(
                    "p",
                    text: "No claim on this model names a layer. A finding with the condition layer would stand here.")
            }
        }
    }

    /// The claims by question.
    private func addClaims(of members: [Member], to html: inout Markup) {
        guard !members.isEmpty else { return }
        html.choicesOfClaims()
        var byQuestion: [String: [Member]] = [:]
        for member in members.prefix(claimLimit) {
            for leaf in member.leaves.isEmpty ? [""] : member.leaves { byQuestion[leaf, default: []].append(member) }
        }
        let order = byQuestion.sorted { a, b in
            a.key.isEmpty != b.key.isEmpty ? b.key.isEmpty : a.key < b.key
        }
        for (id, members) in order.prefix(questionLimit) {
            let title = id.isEmpty ? "Asked by no question" : ledger.questions[id]?.text ?? id
            html.section(title, "", id: id.isEmpty ? nil : "q-\(id)") { html in
                if let answer = answers[id] {
                    html.tag("p", .class("s")) { html in
                        html.link(Place.question(id), "The question")
                        html.text(": ")
                        html.add(answer.status)
                    }
                }
                for (quantity, members) in Dictionary(grouping: members, by: \.claim.quantity.value).sorted(by: {
                    $0.key < $1.key
                }) {
                    let record = ledger.quantities[quantity]
                    html.add(claimFigure(members, of: nil, title: record.map(unitPhrase) ?? quantity))
                }
            }
        }
        if members.count > claimLimit {
            html.tag("p", text: "\(members.count - claimLimit) more claims are on the pages of their questions.")
        }
    }

    /// The bridges that carry results of toys to this model.
    private func addBridges(to slug: String, to html: inout Markup) {
        let bridges = ledger.assumptions.values.filter { assumption in
            assumption.bridge.map { $0.to.contains { $0.value == slug } || $0.from.contains { $0.value == slug } }
                ?? false
        }.sorted { $0.slug < $1.slug }
        guard !bridges.isEmpty else { return }
        html.section("Bridges", "What is claimed to carry over between this model and others.") { html in
            html.facts { html in
                for assumption in bridges {
                    html.fact(assumption.slug, Place.assumption(assumption.slug)) { html in
                        html.recordText(assumption.statement)
                        html.text(" ")
                        html.link(.page(Place.pairs.path ?? "", assumption.slug), "Compare")
                    }
                }
            }
        }
    }

    /// The questions that nobody has studied on this model.
    private func addGaps(of slug: String, to html: inout Markup) {
        guard ledger.vocabulary.isGeneral(slug) else { return }
        let studied = Set(membersByModel[slug, default: []].flatMap(\.leaves))
        let open = orderedAnswers.filter { answer in
            answer.question.isLeaf && answer.question.status == .active && answer.asks != .special
                && !studied.contains(answer.question.id)
        }
        html.section("What nobody has looked at", "Questions about general models without a claim on this one.") {
            html in
            html.tag(
                "p",
                text:
                    "\(open.count) of \(orderedAnswers.count { $0.question.isLeaf && $0.asks != .special }) questions.")
            html.list(Array(open.prefix(12))) { html, answer in
                html.link(Place.question(answer.question.id), answer.question.text)
            }
            if open.count > 12 { html.tag("p", .class("s"), text: "and \(open.count - 12) more") }
        }
    }
}

extension Markup {
    /// Adds the choice of the claims that a page shows.
    mutating func choicesOfClaims() {
        choices("level", "Claims", [("all", "all"), ("run", "with runs"), ("disputed", "in a conflict")])
    }
}
