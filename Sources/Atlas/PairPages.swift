import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum numbers of bridges on a page, of quantities for a bridge, and of claims in a cell.
private let (bridgeLimit, quantityLimit, claimLimit) = (12, 30, 4)

/// The conditions in which a toy and a general model always differ, or that are compared by relative depth.
private let unmatchedConditions: Set = [Condition.model, "layer"]

/// How the claims of toys and of general models on one quantity fit together.
enum PairMatch: Sendable {
    case sameSide, oppositeSides, noSide
    case onlyToys

    fileprivate var phrase: String {
        switch self {
        case .sameSide: "same side"
        case .oppositeSides: "opposite sides"
        case .noSide: "no question compares them"
        case .onlyToys: "only the toy was tested"
        }
    }

    fileprivate var cssClass: String {
        switch self {
        case .sameSide: "rib"
        case .oppositeSides: "rib opposite"
        case .noSide, .onlyToys: "rib single"
        }
    }
}

/// The claims of toys that rest on a bridge, and what is known of other models on the same quantity.
struct PairRow: Sendable {
    var quantity: String
    var toys: [Member]
    /// The claims on general models and on the ends of the bridge; if there are none, those on other models.
    var others: [Member]
    var isOnGeneralModels: Bool
    var match: PairMatch
    /// The conditions, apart from model and depth, in which the best matching claims differ; empty if they are equal.
    var differences: [String]
    var questions: [String]
}

extension Atlas {
    /// Toys beside general models: a section for each bridge between them.
    var pairPages: [AtlasFile] {
        let bridges = ledger.assumptions.values.filter { $0.bridge != nil }.sorted { $0.slug < $1.slug }
        return pagedList(bridges, limit: bridgeLimit, at: Place.pairs) { frame, bridges in
            page(frame) { html in
                html.hatching()
                if bridges.isEmpty {
                    html.tag(
                        "p",
                        text:
                            "No bridge yet: an assumption with the key bridge says that results on a toy carry over to a general model."
                    )
                }
                for assumption in bridges { addPair(assumption, to: &html) }
            }
        } title: {
            "Toys beside general models"
        }
    }

    /// Adds what a bridge compares. It also stands on the page of its assumption.
    func addPair(_ assumption: Assumption, to html: inout Markup) {
        guard let bridge = assumption.bridge else { return }
        let rows = pairRows(of: assumption)
        let names = bridge.from.map(\.value) + bridge.to.map(\.value) + Set(rows.flatMap(\.questions)).sorted()
        html.section(assumption.slug, "A bridge: \(status(of: assumption.slug)).", id: assumption.slug, pair: names) {
            html in
            html.tag("p", .class("l")) { html in
                html.link(Place.assumption(assumption.slug), assumption.statement)
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
            }
        }
    }

    private func status(of bridge: String) -> String {
        let found = Set(orderedAnswers.flatMap(\.bridges).filter { $0.assumption == bridge }.map(\.status))
        if found.contains(.fails) { return "fails" }
        if found.contains(.contested) { return "contested" }
        return found.contains(.holds) ? "holds where it was tested" : "untested"
    }

    private func pairRows(of assumption: Assumption) -> [PairRow] {
        let ends = Set((assumption.bridge?.to ?? []).map(\.value))
        let toys = Dictionary(grouping: membersByAssumption[assumption.slug, default: []]) { $0.claim.quantity.value }
        return toys.sorted { $0.key < $1.key }.prefix(quantityLimit).map { quantity, toys in
            let others = membersByQuantity[quantity, default: []].filter { $0.kind != .toy }
            let generals = others.filter { member in
                member.kind == .general || member.testedValues(of: Condition.model).contains(where: ends.contains)
            }
            return pairRow(quantity, toys, generals.isEmpty ? others : generals, isOnGeneralModels: !generals.isEmpty)
        }
    }

    private func pairRow(
        _ quantity: String, _ toys: [Member], _ others: [Member], isOnGeneralModels: Bool
    ) -> PairRow {
        let leaves = orderedLeaves[quantity, default: []].compactMap { answers[$0] }
        func sides(_ members: [Member]) -> Set<Side> {
            let ids = Set(members.map(\.id))
            return Set(leaves.flatMap(\.claims).filter { ids.contains($0.member.id) && $0.side != .silent }.map(\.side))
        }
        let (mine, theirs) = (sides(toys), sides(others))
        let match: PairMatch =
            others.isEmpty
            ? .onlyToys : mine.isEmpty || theirs.isEmpty ? .noSide : mine == theirs ? .sameSide : .oppositeSides
        // The claims in which the fewest conditions differ come first.
        let compared = others.map { other in
            (other, toys.map { differences($0, other) }.min { ($0.count, $0.joined()) < ($1.count, $1.joined()) } ?? [])
        }.sorted { ($0.1.count, $0.0.id) < ($1.1.count, $1.0.id) }
        return PairRow(
            quantity: quantity, toys: toys, others: compared.map(\.0), isOnGeneralModels: isOnGeneralModels,
            match: match, differences: compared.first?.1 ?? [], questions: leaves.map(\.question.id))
    }

    private func differences(_ a: Member, _ b: Member) -> [String] {
        let names = Set((a.claim.tested.sides + b.claim.tested.sides).map(\.condition.value)).subtracting(
            unmatchedConditions)
        return names.filter { Set(a.testedValues(of: $0)).isDisjoint(with: b.testedValues(of: $0)) }.sorted()
    }

    /// The quantities that only toys were studied on.
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
                "Above: where in its depth the toy was looked at; below: the other model. Joined: solid for the same side, dashed for opposite sides, dotted where one of them took no side or was not tested."
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
                    html.tag("span", .class("note"), text: "the nearest claims differ in \(listed(row.differences))")
                }
            }
            html.tag("td", .class("full")) { html in
                if !row.isOnGeneralModels { html.tag("p", .class("soft s"), text: "No general model yet.") }
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
        let above = depths(row.toys)
        let below = depths(row.others)
        guard !above.isEmpty || !below.isEmpty else {
            return html.tag("svg", .number(.height, 12), .text(.ariaHidden, "true")) { html in
                html.shape(
                    "line", .class(row.match.cssClass), .percent(.x1, 0), .percent(.x2, 40), .number(.y1, 6),
                    .number(.y2, 6))
            }
        }
        html.tag("svg", .number(.height, 44), .text(.ariaHidden, "true")) { html in
            for y in [4.0, 40] {
                html.shape("line", .class("ax"), .percent(.x1, 0), .percent(.x2, 100), .number(.y1, y), .number(.y2, y))
            }
            for (spans, y) in [(above, 0.0), (below, 36)] {
                for span in spans {
                    html.shape(
                        "rect", .class("e3"), .percent(.x, span.lowerBound * 100),
                        .percent(.width, (span.upperBound - span.lowerBound) * 100), .number(.y, y), .number(.height, 8)
                    )
                }
            }
            let (start, end) = (middle(above) ?? middle(below) ?? 50, middle(below) ?? middle(above) ?? 50)
            html.shape(
                "line", .class(row.match.cssClass), .percent(.x1, start), .percent(.x2, end), .number(.y1, 10),
                .number(.y2, 34))
        }
    }

    private func middle(_ spans: [ClosedRange<Double>]) -> Double? {
        guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
        return (first + last) * 50
    }

    private func depths(_ members: [Member]) -> [ClosedRange<Double>] {
        var spans: Set<ClosedRange<Double>> = []
        for member in members {
            let models = member.testedValues(of: Condition.model)
            guard models.count == 1, let blocks = ledger.vocabulary.value(models[0], of: Condition.model)?.blocks,
                blocks > 0
            else { continue }
            let layers = Set(
                member.testedValues(of: "layer").compactMap { Int($0) }.filter { (0..<blocks).contains($0) })
            for run in consecutiveRuns(layers) {
                spans.insert(Double(run.lowerBound) / Double(blocks)...Double(run.upperBound + 1) / Double(blocks))
            }
        }
        return spans.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    }
}
