import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum numbers of quantities on a page, and of claims in a cell.
private let (pageLimit, claimLimit) = (60, 4)

extension PairMatch {
    fileprivate var cssClass: String {
        switch self {
        case .sameSide: "rib"
        case .oppositeSides, .mixed: "rib opposite"
        case .noSide, .noQuestion, .onlyToys: "rib single"
        }
    }
}

/// Distributes bridges over pages by the numbers of their quantities.
func pagesOfBridges(_ bridges: [Assumption], _ members: [String: [Member]]) -> [[Assumption]] {
    var pages: [[Assumption]] = []
    var room = 0
    for bridge in bridges.sorted(by: { $0.slug < $1.slug }) {
        let size =
            min(
                BridgeComparison.quantityLimit, Set(members[bridge.slug, default: []].map(\.claim.quantity.value)).count
            ) + 1
        if pages.isEmpty || size > room {
            pages.append([])
            room = pageLimit
        }
        pages[pages.count - 1].append(bridge)
        room -= size
    }
    return pages
}

/// Where in its depth a claim was tested, from 0 to 1.
private struct DepthSpan {
    var range: ClosedRange<Double>
    var cssClass: String
}

extension Atlas {
    /// Toys beside general models: a section for each bridge between them.
    var pairPages: [AtlasFile] {
        pagedList(bridgePages, limit: 1, at: Place.pairs) { frame, bridges in
            page(frame) { [self] html in
                let bridges = bridges.flatMap(\.self)
                html.hatching()
                if bridges.isEmpty {
                    html.tag(
                        "p",
                        text:
                            "No bridge yet: an assumption with the key bridge says that results on a toy carry over to a general model."
                    )
                }
                for assumption in bridges { addPair(assumption, heading: assumption.statement, to: &html) }
            }
        } title: {
            "Toys beside general models"
        }
    }

    /// Adds what a bridge compares. It is also on the page of its assumption, whose heading is the statement.
    func addPair(_ assumption: Assumption, heading: String? = nil, to html: inout Markup) {
        guard let bridge = assumption.bridge else { return }
        let rows = comparison.rows(of: assumption)
        let names = bridge.from.map(\.value) + bridge.to.map(\.value) + Set(rows.flatMap(\.questions)).sorted()
        let status = "A bridge: \(status(of: assumption.slug))."
        html.section(heading ?? assumption.slug, status, id: assumption.slug, pair: names) { html in
            html.tag("p", .class("s")) { html in
                html.link(Place.assumption(assumption.slug), assumption.slug)
            }
            html.tag("p", .class("s")) { html in
                html.text("From ")
                html.links(bridge.from.map { ($0.value, Place.model($0.value)) })
                html.text(" to ")
                html.links(bridge.to.map { (ledger.vocabulary.title(ofModel: $0.value), Place.model($0.value)) })
            }
            if rows.isEmpty {
                html.tag("p", text: "No claim on a toy rests on this bridge yet.")
            } else {
                addTable(rows.filter { !$0.others.isEmpty }, to: &html)
                addUnseen(rows.filter(\.others.isEmpty), to: &html)
                let all = Set(membersByAssumption[assumption.slug, default: []].map(\.claim.quantity.value)).count
                if all > rows.count {
                    html.tag("p", .class("s"), text: "\(all - rows.count) more quantities are not shown.")
                }
            }
        }
    }

    private var comparison: BridgeComparison {
        BridgeComparison(
            merge: merge, answers: answers, leaves: orderedLeaves, membersByQuantity: membersByQuantity,
            membersByAssumption: membersByAssumption)
    }

    private func status(of bridge: String) -> String {
        let found = Set(records.bridges[bridge, default: []].map(\.status.status))
        if found.contains(.fails) { return "fails" }
        if found.contains(.contested) { return "contested" }
        return found.contains(.holds) ? "holds where it was tested" : "untested"
    }

    /// The place of a bridge's section.
    func pairLink(_ bridge: String) -> Link? {
        bridgePages.firstIndex { $0.contains { $0.slug == bridge } }.map { index in
            let base = (Place.pairs.path ?? "").withoutEnding(".html") ?? ""
            return .page(index == 0 ? "\(base).html" : "\(base)-\(index + 1).html", bridge)
        }
    }

    /// The quantities that were studied only on toys.
    private func addUnseen(_ rows: [PairRow], to html: inout Markup) {
        guard !rows.isEmpty else { return }
        html.tag("details", rows.count <= 8 ? .open : nil) { html in
            html.tag(
                "summary",
                text:
                    "Only toys were looked at: \(counted(rows.count, "further quantity").replacing("quantitys", with: "quantities"))"
            )
            html.list(rows) { html, row in
                html.link(Place.quantity(row.quantity), ledger.quantities[row.quantity]?.title ?? row.quantity)
                html.tag("span", .class("note")) { html in
                    for (index, member) in row.toys.prefix(claimLimit).enumerated() {
                        if index > 0 { html.text("; ") }
                        html.link(Place.claim(member.id), member.id.description)
                        html.text(" \(member.valueText), \(evidenceLabel(member.evidence))")
                    }
                    if row.toys.count > claimLimit { html.text(" and \(row.toys.count - claimLimit) more") }
                }
            }
        }
    }

    private func addTable(_ rows: [PairRow], to html: inout Markup) {
        guard !rows.isEmpty else { return }
        html.tag("figure") { html in
            html.figureHead(
                "What the toys say, and what is known of other models",
                "Above: where in its depth the toy was looked at, left the embedding; below: the other model. A dashed outline: the number of blocks is not recorded. Joined: solid for the same side, dashed for opposite sides, dotted where they cannot be compared."
            )
            html.tag("table", .class("rows stack pair")) { html in
                html.tag("thead") { html in
                    html.tag("tr") { html in
                        for head in ["Quantity", "Toy", "Joined", "Other model"] {
                            html.tag("th", .text(.scope, "col"), text: head)
                        }
                    }
                }
                html.tag("tbody") { html in for row in rows { add(row, to: &html) } }
            }
        }
    }

    private func add(_ row: PairRow, to html: inout Markup) {
        html.tag("tr") { html in
            html.tag("th", .text(.scope, "row")) { html in
                html.link(Place.quantity(row.quantity), ledger.quantities[row.quantity]?.title ?? row.quantity)
                for id in row.questions {
                    html.tag("span", .class("note")) { $0.link(Place.question(id), ledger.questions[id]?.text ?? id) }
                }
            }
            html.tag("td", .class("full")) { addClaims(row.toys, to: &$0) }
            html.tag("td", .class("full")) { html in
                addRibbon(row, to: &html)
                html.text(row.match.phrase)
                if !row.differences.isEmpty {
                    html.tag(
                        "span", .class("note"),
                        text: "the nearest claims differ, or may differ, in \(listed(row.differences))")
                }
            }
            html.tag("td", .class("full")) { html in
                if !row.isOnGeneralModels {
                    html.tag("p", .class("soft s"), text: "Nobody has looked at a general model. Others:")
                }
                addClaims(row.others, to: &html)
            }
        }
    }

    private func addClaims(_ members: [Member], to html: inout Markup) {
        for member in members.prefix(claimLimit) {
            html.tag("div", .class("claim")) { html in
                html.add(evidence(of: member))
                html.text(" ")
                html.recordText(member.valueText)
                html.tag("span", .class("note")) { html in
                    html.link(Place.claim(member.id), member.id.description)
                    let settings = member.claim.testedPhrases.joined(separator: "; ")
                    if !settings.isEmpty { html.text(": \(settings)") }
                }
            }
        }
        if members.count > claimLimit {
            html.tag("span", .class("note"), text: "and \(members.count - claimLimit) more")
        }
    }

    /// Draws the relative depth of both, joined by a ribbon: block b of n reaches from b/n to (b + 1)/n.
    private func addRibbon(_ row: PairRow, to html: inout Markup) {
        let (above, below) = (depths(row.toys), depths(row.others))
        guard above != nil || below != nil else {
            return html.tag("svg", .number(.height, 12), .text(.ariaHidden, "true")) { html in
                html.shape(
                    "line", .class(row.match.cssClass), .percent(.x1, 0), .percent(.x2, 40), .number(.y1, 6),
                    .number(.y2, 6))
            }
        }
        html.tag("svg", .number(.height, 44), .text(.ariaHidden, "true")) { html in
            for (spans, y) in [(above, 0.0), (below, 36)] {
                html.shape(
                    "line", .class("ax"), .percent(.x1, 0), .percent(.x2, 100), .number(.y1, y + 4),
                    .number(.y2, y + 4))
                if let spans, spans.isEmpty {
                    html.shape(
                        "rect", .class("dash"), .percent(.x, 0), .percent(.width, 100), .number(.y, y),
                        .number(.height, 8))
                }
                for span in spans ?? [] {
                    // The embedding has no width.
                    let width = max(1, (span.range.upperBound - span.range.lowerBound) * 100)
                    html.shape(
                        "rect", .class(span.cssClass), .percent(.x, span.range.lowerBound * 100),
                        .percent(.width, width), .number(.y, y), .number(.height, 8))
                }
            }
            let (start, end) = (middle(above) ?? middle(below) ?? 50, middle(below) ?? middle(above) ?? 50)
            html.shape(
                "line", .class(row.match.cssClass), .percent(.x1, start), .percent(.x2, end), .number(.y1, 10),
                .number(.y2, 34))
        }
    }

    private func middle(_ spans: [DepthSpan]?) -> Double? {
        guard let first = spans?.map(\.range.lowerBound).min(), let last = spans?.map(\.range.upperBound).max() else {
            return nil
        }
        return (first + last) * 50
    }

    /// Returns where claims that name one model and a layer were tested, with the fill of the best evidence there. Empty
    /// if no number of blocks is known; nil if no claim names a layer.
    private func depths(_ members: [Member]) -> [DepthSpan]? {
        var levels: [ClosedRange<Double>: RowEvidence] = [:]
        var isPlaced = false
        for member in members {
            let models = member.testedValues(of: Condition.model)
            let layers = member.blockPlaces
            guard models.count == 1, !layers.isEmpty else { continue }
            isPlaced = true
            guard let blocks = merge.ledger.blocks(ofModel: models[0]), blocks > 0 else { continue }
            let evidence = evidence(of: member)
            let size = Double(blocks)
            for run in consecutiveRuns(Set(layers.keys).filter { (-1..<blocks).contains($0) }) {
                let range = Double(max(run.lowerBound, 0)) / size...Double(run.upperBound + 1) / size
                if let known = levels[range], known.level >= evidence.level { continue }
                levels[range] = evidence
            }
        }
        guard isPlaced else { return nil }
        return levels.sorted { ($0.key.lowerBound, $0.key.upperBound) < ($1.key.lowerBound, $1.key.upperBound) }
            .map { DepthSpan(range: $0.key, cssClass: $0.value.cssClass) }
    }
}
