import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum numbers of claims on one page of a quantity and of pools that it shows.
private let (claimLimit, poolLimit) = (120, 6)

extension Atlas {
    /// The pages of all quantities.
    var quantityPages: [AtlasFile] {
        ledger.quantities.values.flatMap { quantity in
            let members = merge.members(of: quantity.slug).sorted { $0.comesBefore($1) }
            return stride(from: 0, to: max(1, members.count), by: claimLimit).map { first in
                quantityPage(quantity, members, shown: first..<min(first + claimLimit, members.count))
            }
        }
    }

    /// What a quantity means, all claims about it, and their pooled results.
    private func quantityPage(_ quantity: Quantity, _ members: [Member], shown: Range<Int>) -> AtlasFile {
        let isFirst = shown.lowerBound == 0
        let frame = PageFrame(
            quantityPlace(quantity, from: shown.lowerBound), quantity.title, in: nil,
            trail: [("Vocabulary", Place.vocabulary)]
                + (isFirst ? [] : [(quantity.title, Place.quantity(quantity.slug))]),
            subtitle: "A quantity")
        return page(frame) { [self] html in
            html.hatching()
            if isFirst { addDefinition(&html, quantity) }
            addClaims(&html, quantity, members, shown)
            guard isFirst else { return }
            addDisagreement(&html, quantity)
            addPools(&html, quantity)
            addGuests(on: quantity.slug, to: &html)
        }
    }

    private func quantityPlace(_ quantity: Quantity, from first: Int) -> Link {
        Place.quantity(quantity.slug, page: first / claimLimit)
    }

    private func addDefinition(_ html: inout Markup, _ quantity: Quantity) {
        html.section("What it means", "") { html in
            html.tag("p") { $0.recordText(quantity.definition) }
            html.facts { html in
                html.fact("Can be", "\(quantity.range.phrase)\(quantity.unit.map { ", \($0)" } ?? "")")
                html.fact("Differences that count", quantity.margin.map { "above \($0.value)" })
                html.fact("Belongs to", quantity.construct)
                html.fact("Difference of", quantity.differenceOf.map { [quantityItem($0.value)] } ?? [])
                html.fact(
                    "Conditions",
                    (quantity.conditions + quantity.laterConditions).map { ($0.value, conditionLink($0.value)) })
                html.fact("Asked by", orderedLeaves[quantity.slug, default: []].map(questionItem))
                html.fact("Name") { $0.tag("code", text: quantity.slug) }
            }
        }
    }

    private func addClaims(_ html: inout Markup, _ quantity: Quantity, _ members: [Member], _ shown: Range<Int>) {
        html.section("Claims", counted(members.count, "claim")) { html in
            guard !members.isEmpty else {
                html.tag("p", text: "No finding has measured it yet. A finding with a claim on it would be here.")
                return
            }
            html.ramp()
            let groups = Dictionary(grouping: members[shown], by: \.kind)
            for (kind, title) in ModelKind.inOrder {
                guard let group = groups[kind] else { continue }
                var figure = claimFigure(
                    group, of: quantity, title: title,
                    note: "Bars are claimed ranges, points are reported numbers with their 95 % intervals.",
                    onAxisOf: members)
                figure.shareSettings(of: group.map(\.claim))
                html.add(figure)
            }
            if members.count > claimLimit {
                html.tag("p", .class("s")) { html in
                    html.links(
                        stride(from: 0, to: members.count, by: claimLimit).map { first in
                            (
                                "claims \(first + 1) to \(min(first + claimLimit, members.count))",
                                first == shown.lowerBound ? nil : quantityPlace(quantity, from: first)
                            )
                        })
                }
            }
        }
    }

    private func addDisagreement(_ html: inout Markup, _ quantity: Quantity) {
        guard let subject = subjects[quantity.slug] else { return }
        html.section("Disagreement", subject.standing.heading) { html in
            if subject.found.hasDiscord { html.tag("p") { $0.recordText(headline(subject.found)) } }
            html.tag("p") { $0.recordText(subject.separationSentence) }
            html.tag("p", .class("s")) {
                $0.link(conflictPlace(subject.found.quantity), "The sides, and what would decide")
            }
        }
    }

    /// Adds the pooled results with a forest plot for each.
    func addPools(_ html: inout Markup, _ quantity: Quantity) {
        let pools = poolsByQuantity[quantity.slug, default: []]
        guard let first = pools.first, !first.studies.isEmpty || !first.excluded.isEmpty else { return }
        html.section("Pooled", "Studies at equal settings. An average describes; it never decides.") { html in
            guard pools.contains(where: { $0.studies.count > 2 }) else {
                return html.tag("details") { html in
                    html.tag("summary", text: "No average: why")
                    let reason = first.studies.isEmpty ? "nothing to pool" : noPool(pools)
                    html.tag("p", .class("s")) { $0.recordText(reason) }
                    for pool in pools.filter({ !$0.studies.isEmpty }).prefix(poolLimit) { html.add(forestFigure(pool)) }
                    addExcluded(&html, first)
                }
            }
            for pool in pools.filter({ !$0.studies.isEmpty }).prefix(poolLimit) {
                html.add(forestFigure(pool))
                if pool.studies.count > 2 {
                    html.list(pool.summary, isPlain: true) { html, line in html.recordText(line) }
                }
            }
            if pools.count > poolLimit {
                html.tag("p", .class("s soft")) { html in
                    html.text("\(pools.count - poolLimit) more at other settings: ")
                    html.tag("code", text: "arbor-ledger show \(quantity.slug) --format json")
                }
            }
            addExcluded(&html, first)
        }
    }

    private func addExcluded(_ html: inout Markup, _ pool: QuantityPool) {
        guard !pool.excluded.isEmpty else { return }
        html.tag("h3", text: "Left out of the pool")
        html.list(pool.excludedLines, isPlain: true) { html, line in html.recordText(line) }
    }
}

extension ModelKind {
    /// The kinds with their headings, in reading order.
    static let inOrder: [(ModelKind, String)] = [
        (.general, "General models"), (.other, "Other models"), (.toy, "Toy models"),
    ]

    fileprivate var place: Int { Self.inOrder.firstIndex { $0.0 == self } ?? 0 }
}

extension Member {
    /// Sorts claims by the kind of model, then by the start of their range.
    fileprivate func comesBefore(_ other: Member) -> Bool {
        (kind.place, start, id) < (other.kind.place, other.start, other.id)
    }

    private var start: Double {
        if let reported = claim.reported?.value?.doubleValue, isEstimate { return reported }
        guard case .interval(let interval)? = values else { return -.infinity }
        return interval.lower?.doubleValue ?? -.infinity
    }
}
