import Evidence
import Merging
import Records
import Reports
import Words

extension Markup {
    /// Adds a list of named facts.
    mutating func facts(_ body: (inout Markup) -> Void) { tag("dl", .class("kv"), body: body) }

    mutating func fact(_ name: String, _ link: Link? = nil, _ body: (inout Markup) -> Void) {
        tag("dt") { $0.link(link, name) }
        tag("dd", body: body)
    }

    /// Adds a fact if there is a text.
    mutating func fact(_ name: String, _ text: String?) {
        if let text { fact(name) { $0.recordText(text) } }
    }

    /// Adds links in one line, separated by commas.
    mutating func links(_ items: [(text: String, link: Link?)]) {
        for (index, item) in items.enumerated() {
            if index > 0 { text(", ") }
            link(item.link, item.text)
        }
    }

    /// Adds a fact whose value is a list of links. Long lists say how many items were left out.
    mutating func fact(_ name: String, _ items: [(text: String, link: Link?)], limit: Int = 24) {
        guard !items.isEmpty else { return }
        fact(name) { html in
            html.links(Array(items.prefix(limit)))
            if items.count > limit { html.text(" and \(items.count - limit) more") }
        }
    }

    /// Adds a list whose items `body` makes; a `plain` list has no lines between its items.
    mutating func list<Item>(_ items: [Item], isPlain: Bool = false, _ body: (inout Markup, Item) -> Void) {
        tag("ul", .class(isPlain ? "plain" : "list")) { html in
            for item in items { html.tag("li") { body(&$0, item) } }
        }
    }

    /// Adds a table that becomes a stack of cells on narrow screens. The first cell of each row is its head.
    /// The cells in the columns of numbers are aligned at the right. Readers can choose among rows of claims.
    mutating func table(
        _ heads: [String], numbers: Set<String> = [], isOfClaims: Bool = false, _ body: (inout Markup) -> Void
    ) {
        tag("table", .class(isOfClaims ? "rows stack claims" : "rows stack")) { html in
            html.tag("thead") { html in
                html.tag("tr") { html in
                    for head in heads {
                        html.tag(
                            "th", .text(.scope, "col"), numbers.contains(head) ? .class("num") : nil, text: head)
                    }
                }
            }
            html.tag("tbody", body: body)
        }
    }
}

/// The settings at which all claims were tested, in the order of the first.
func sharedSettings(_ claims: some Collection<Claim>) -> [String] {
    guard let first = claims.first else { return [] }
    let shared = claims.dropFirst().reduce(Set(first.testedPhrases)) { $0.intersection($1.testedPhrases) }
    return first.testedPhrases.filter(shared.contains)
}

extension StripFigure {
    /// Names the settings that the claims of all rows share in the note, so that each row need not repeat them.
    mutating func shareSettings(of claims: [Claim]) {
        let shared = sharedSettings(claims)
        guard claims.count > 1, !shared.isEmpty else { return }
        note += "\(note.isEmpty ? "" : " ")All at \(shared.joined(separator: "; "))."
        for (index, claim) in zip(rows.indices, claims) {
            rows[index].note = claim.testedPhrases.filter { !shared.contains($0) }.joined(separator: "; ")
        }
    }
}

/// The maximum number of models that a list of settings links to.
private let linkedValueLimit = 12

extension Atlas {
    /// Adds the settings of a box, one fact for each condition. Conditions and models are links.
    func addSettings(_ html: inout Markup, _ box: Box, isAverage: (Box.Side) -> Bool = { _ in false }) {
        html.tag("ul", .class("plain")) { html in
            for side in box.sides {
                html.tag("li") { html in
                    if isAverage(side) { html.text("average over ") }
                    let (condition, _) = Vocabulary.split(side.condition.value)
                    html.link(conditionLink(condition), side.condition.value)
                    html.text(" ")
                    if side.condition.value == Condition.model, case .values(let values) = side.selection,
                        values.count <= linkedValueLimit
                    {
                        html.links(values.map { (ledger.vocabulary.title(ofModel: $0), modelLink($0)) })
                    } else {
                        html.recordText(side.valuePhrase)
                    }
                }
            }
        }
    }

    /// The links to records that may be named without being in the ledger.
    func conditionLink(_ slug: String) -> Link? {
        ledger.vocabulary.conditions[slug] == nil ? nil : Place.condition(slug)
    }

    func modelLink(_ slug: String) -> Link? {
        slug != Condition.notApplicable && ledger.vocabulary.values[Condition.model]?.contains(slug) == true
            ? Place.model(slug) : nil
    }

    func findingLink(_ slug: String) -> Link? { ledger.findings[slug] == nil ? nil : Place.finding(slug) }

    func assumptionLink(_ slug: String) -> Link? {
        ledger.assumptions[slug] == nil ? nil : Place.assumption(slug)
    }

    func questionItem(_ id: String) -> (text: String, link: Link?) {
        guard let question = ledger.questions[id] else { return (id, nil) }
        return (question.text, Place.question(id))
    }

    func findingItem(_ slug: String) -> (text: String, link: Link?) {
        (ledger.findings[slug]?.title ?? slug, findingLink(slug))
    }

    func assumptionItem(_ slug: String) -> (text: String, link: Link?) {
        (ledger.assumptions[slug]?.statement ?? slug, assumptionLink(slug))
    }

    func quantityItem(_ slug: String) -> (text: String, link: Link?) {
        guard let quantity = ledger.quantities[slug] else { return (slug, nil) }
        return (quantity.title, Place.quantity(slug))
    }

    /// The claim that a caveat or a study names.
    func claimLink(_ name: String) -> Link? { ledger.claimID(name).map(Place.claim) }

    /// The evidence of a claim, whether or not it takes part in the merge.
    func evidence(of claim: Claim) -> RowEvidence {
        if let member = members[claim.id] { return evidence(of: member) }
        let evidence = merge.evidence[claim.id]
        return RowEvidence(level: evidence.evidence, text: evidenceLabel(evidence))
    }

    /// The unit of a figure whose title names the quantity.
    func unitNote(_ quantity: Quantity) -> String? { quantity.unit.map { "Unit: \($0)." } }

    /// Adds a table of claims: what each says, and its evidence.
    func addClaimTable(_ html: inout Markup, _ claims: [Claim], limit: Int = 200) {
        let isNumeric = claims.prefix(limit).allSatisfy { members[$0.id]?.marks.isEmpty == false }
        html.table(["Claim", "Quantity", "Says", "Evidence"], numbers: isNumeric ? ["Says"] : []) { html in
            for claim in claims.prefix(limit) {
                html.tag("tr") { html in
                    html.tag("th", .text(.scope, "row")) {
                        $0.link(Place.claim(claim.id), claim.id.description)
                    }
                    html.tag("td", .class("full")) { html in
                        let item = quantityItem(claim.quantity.value)
                        html.link(item.link, item.text)
                    }
                    html.tag("td", .text(.dataLabel, "Says:"), isNumeric ? .class("num") : nil) {
                        $0.recordText(members[claim.id]?.valueText ?? ledger.valueText(claim))
                    }
                    html.tag("td", .class("ev")) { $0.add(evidence(of: claim)) }
                }
            }
        }
        if claims.count > limit {
            html.tag("p", .class("s soft"), text: "And \(counted(claims.count - limit, "more claim")).")
        }
    }
}
