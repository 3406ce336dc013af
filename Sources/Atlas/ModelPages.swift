import Merging
import Records
import Reports
import Words

/// The maximum numbers of claims that are listed by question on the page of a model, and of these questions.
private let (claimLimit, questionLimit) = (150, 60)

extension Atlas {
    /// The list of models, and a page for each model with everything that is known of it, by depth.
    var modelPages: [AtlasFile] {
        pagedList(models, limit: 1000, at: Place.models) { frame, models in
            page(frame) { [self] html in addModelList(models, to: &html) }
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
            // The models on which most is known come first.
            let group = models.filter { contains(ledger.group(ofModel: $0)) }.map {
                (model: $0, claims: membersByModel[$0, default: []].count)
            }.enumerated().sorted { ($1.element.claims, $0.offset) < ($0.element.claims, $1.offset) }.map(\.element)
            guard !group.isEmpty else { continue }
            html.section(title, note) { html in
                html.list(group) { html, item in
                    html.link(Place.model(item.model), ledger.vocabulary.title(ofModel: item.model))
                    html.tag("span", .class("note"), text: counted(item.claims, "claim"))
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
        return page(frame) { [self] html in
            html.hatching()
            addSummary(of: slug, members, to: &html)
            addDepth(of: slug, members, to: &html)
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
        let attributes = (value?.attributes ?? [:]).filter { $0.value != "unknown" }.sorted { $0.key < $1.key }
        var facts = attributes.map { name, value in
            name == "size" ? "\(value) parameters" : "\(name) \(value)"
        }
        facts += [
            merge.ledger.blocks(ofModel: slug).map { counted($0, "block") },
            value?.heads.map { "\($0) \($0 == 1 ? "head" : "heads") in each block" },
            value?.width.map { "width \($0)" },
        ].compactMap(\.self)
        return facts.isEmpty ? "\(kind). Nothing else is recorded about it." : "\(kind): \(listed(facts))."
    }

    private func addSummary(of slug: String, _ members: [Member], to html: inout Markup) {
        html.section("In one sentence", "") { html in
            let placed = members.count(where: \.namesLayer)
            let decided = members.count(where: \.isDecidedByRuns)
            func share(_ count: Int) -> String { count == 0 ? "none" : count == members.count ? "all" : "\(count)" }
            html.tag(
                "p", .class("l"),
                text: members.isEmpty
                    ? "No claim was tested on it: everything here is still to be found out."
                    : "\(counted(members.count, "claim")): \(share(decided)) decided by runs, \(share(placed)) about a layer."
            )
            if ledger.models[slug] != nil {
                html.tag("p", .class("s")) { $0.link(Place.toy(slug), "How this toy is trained, and its networks") }
            }
        }
    }

    /// The claims that name a layer, on the depth of the model.
    private func addDepth(of slug: String, _ members: [Member], to html: inout Markup) {
        let placed = members.filter(\.namesLayer)
        let blocks = merge.ledger.blocks(ofModel: slug)
        guard blocks != nil || !placed.isEmpty else { return }
        let note = blocks.map { "Blocks counted from 0, of \($0)." } ?? "The number of blocks is not recorded."
        html.section("On its depth", note) { html in
            if let figure = DepthFigure(placed, blocks: blocks) {
                add(figure, to: &html)
            } else if placed.isEmpty {
                html.tag(
                    "p",
                    text: "No claim on this model names a layer. A finding with the condition layer would stand here.")
            } else {
                html.tag(
                    "p",
                    text:
                        "\(counted(placed.count, "claim")) \(placed.count == 1 ? "names" : "name") a layer, but not as a number, or the model has too many blocks to draw."
                )
            }
        }
    }

    /// The claims by question.
    private func addClaims(of members: [Member], to html: inout Markup) {
        var byQuestion: [String: [Member]] = [:]
        var (places, shown) = (0, Set<ClaimID>())
        for member in members {
            for leaf in member.leaves.isEmpty ? [""] : member.leaves where places < claimLimit {
                guard byQuestion[leaf] != nil || byQuestion.count < questionLimit else { continue }
                byQuestion[leaf, default: []].append(member)
                places += 1
                shown.insert(member.id)
            }
        }
        let order = byQuestion.sorted { a, b in
            a.key.isEmpty != b.key.isEmpty ? b.key.isEmpty : a.key < b.key
        }
        for (index, (id, members)) in order.enumerated() {
            let title = id.isEmpty ? "Asked by no question" : ledger.questions[id]?.text ?? id
            html.section(title, "", id: id.isEmpty ? nil : "q-\(id)") { html in
                if index == 0 { html.choicesOfClaims() }
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
        let rest = members.count - shown.count
        if rest > 0 {
            html.tag(
                "p",
                text:
                    "\(counted(rest, "more claim")) \(rest == 1 ? "is" : "are") not listed here; each is on the page of its finding."
            )
        }
    }

    /// The bridges that carry results of toys to this model.
    private func addBridges(to slug: String, to html: inout Markup) {
        let bridges = bridgePages.joined().filter { assumption in
            assumption.bridge.map { $0.to.contains { $0.value == slug } || $0.from.contains { $0.value == slug } }
                ?? false
        }
        guard !bridges.isEmpty else { return }
        html.section("Bridges", "What is claimed to carry over between this model and others.") { html in
            html.facts { html in
                for assumption in bridges {
                    html.fact(assumption.slug, Place.assumption(assumption.slug)) { html in
                        html.recordText(assumption.statement)
                        html.text(" ")
                        html.link(pairLink(assumption.slug), "Compare")
                    }
                }
            }
        }
    }

    /// The questions that nobody has studied on this model.
    private func addGaps(of slug: String, to html: inout Markup) {
        guard ledger.vocabulary.isGeneral(slug) else { return }
        let studied = Set(membersByModel[slug, default: []].flatMap(\.leaves))
        let asked = orderedAnswers.filter { answer in
            answer.question.isLeaf && answer.question.status == .active && answer.asks != .special
        }
        let open = asked.filter { !studied.contains($0.question.id) }
        html.section("What nobody has looked at", "Questions about general models without a claim on this one.") {
            html in
            html.tag("p", text: "\(open.count) of \(counted(asked.count, "question")).")
            html.list(Array(open.prefix(12))) { html, answer in
                html.link(Place.question(answer.question.id), answer.question.text)
            }
            if open.count > 12 { html.tag("p", .class("s"), text: "and \(open.count - 12) more") }
        }
    }
}

extension Member {
    fileprivate var namesLayer: Bool { testedValues(of: "layer").contains { $0 != Condition.notApplicable } }
}

extension Markup {
    /// Adds the choice of the claims that a page shows.
    mutating func choicesOfClaims() {
        choices("level", "Claims", [("all", "all"), ("run", "with runs"), ("disputed", "in a conflict")])
    }
}
