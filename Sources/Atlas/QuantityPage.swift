import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of claims on one page of a quantity, and of pools and studies in a pool that it shows.
private let (claimLimit, poolLimit, studyLimit) = (200, 6, 60)

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
        return page(frame) { html in
            html.hatching()
            if isFirst { addDefinition(&html, quantity) }
            addClaims(&html, quantity, members, shown)
            guard isFirst else { return }
            addDisagreement(&html, quantity)
            addPools(&html, quantity)
        }
    }

    private func quantityPlace(_ quantity: Quantity, from first: Int) -> Link {
        first == 0
            ? Place.quantity(quantity.slug) : .page("k/\(quantity.slug)/\(first / claimLimit + 1).html")
    }

    private func addDefinition(_ html: inout Markup, _ quantity: Quantity) {
        html.section("What it means", "") { html in
            html.tag("p") { $0.recordText(quantity.definition) }
            html.facts { html in
                html.fact("Can be", "\(quantity.range.phrase)\(quantity.unit.map { ", \($0)" } ?? "")")
                html.fact("Differences that count", quantity.margin.map { "above \($0.value)" })
                html.fact("Construct", quantity.construct)
                html.fact("Difference of", quantity.differenceOf.map { [quantityItem($0.value)] } ?? [])
                html.fact(
                    "Conditions",
                    (quantity.conditions + quantity.laterConditions).map { ($0.value, conditionLink($0.value)) })
                html.fact("Asked by", records.questionsByQuantity[quantity.slug, default: []].map(questionItem))
                html.fact("Name") { $0.tag("code", text: quantity.slug) }
            }
        }
    }

    private func addClaims(_ html: inout Markup, _ quantity: Quantity, _ members: [Member], _ shown: Range<Int>) {
        html.section("Claims", "\(counted(members.count, "claim")) that take part in the merge.") { html in
            guard !members.isEmpty else {
                html.tag("p", text: "No finding has measured it yet. A finding with a claim on it would be here.")
                return
            }
            html.ramp()
            let groups = Dictionary(grouping: members[shown], by: \.kind)
            for (kind, title) in ModelKind.inOrder {
                guard let group = groups[kind] else { continue }
                html.add(
                    claimFigure(
                        group, of: quantity, title: title,
                        note: "Bars are claimed ranges, points are reported numbers with their 95 % intervals."))
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
        guard let subject = records.disagreements[quantity.slug] else { return }
        html.section("Disagreement", subject.standing.heading) { html in
            if subject.found.hasDiscord { html.tag("p") { $0.recordText(headline(subject.found)) } }
            html.tag("p") { $0.recordText(subject.separationSentence) }
            html.tag("p", .class("s")) { $0.link(conflictLink(subject), "The sides, and what would decide") }
        }
    }

    private func addPools(_ html: inout Markup, _ quantity: Quantity) {
        let pools = merge.pools(of: quantity.slug)
        guard let first = pools.first, !first.studies.isEmpty || !first.excluded.isEmpty else { return }
        let pooled = pools.filter { $0.studies.count > 2 }
        html.section("Pooled", "Studies at equal settings. Descriptive only: no answer uses it.") { html in
            if pooled.isEmpty {
                html.tag("p") { $0.recordText(first.studies.isEmpty ? "nothing to pool" : noPool(pools)) }
                let studies = pools.flatMap(\.studies)
                if !studies.isEmpty { html.add(forest(studies, nil, title: first.studyNoun, of: quantity)) }
            }
            for pool in pooled.prefix(poolLimit) {
                html.add(
                    forest(pool.studies, pool.pool, title: "\(pool.studyNoun)\(pool.place)", of: quantity))
                html.list(pool.summary) { html, line in html.recordText(line) }
            }
            if pooled.count > poolLimit {
                html.tag(
                    "p", .class("s soft"),
                    text: "\(pooled.count - poolLimit) more at other settings: "
                        + "arbor-ledger show \(quantity.slug) --format json.")
            }
            if !first.excluded.isEmpty {
                html.tag("h3", text: "Left out of the pool")
                html.list(first.excludedLines) { html, line in html.recordText(line) }
            }
        }
    }

    /// The studies of a pool and their average on one axis.
    private func forest(
        _ studies: [StudyEstimate], _ pool: Pool?, title: String, of quantity: Quantity
    ) -> StripFigure {
        var rows = studies.prefix(studyLimit).map { study in
            // The line is the usual 95 % interval of one study; the numbers beside it are those of `show`.
            let reach = 1.96 * study.standardError
            return StripFigure.Row(
                study.study, studyLink(study.study), note: "",
                [.whisker(study.value - reach, study.value + reach), .point(study.value)],
                value: "\(figures(study.value)) (se \(figures(study.standardError)))", nil)
        }
        if let pool {
            rows.append(
                StripFigure.Row(
                    "Average", nil, note: "dashed: where a further study would lie",
                    [
                        .dashed(pool.prediction.lowerBound, pool.prediction.upperBound),
                        .bar(pool.interval.lowerBound, pool.interval.upperBound), .point(pool.pauleMandel.estimate),
                    ],
                    value:
                        "\(figures(pool.pauleMandel.estimate)) (95 %: \(figures(pool.interval.lowerBound)) to \(figures(pool.interval.upperBound)))",
                    nil, isSummary: true))
        }
        let more = studies.count > studyLimit ? " \(studyLimit) of \(studies.count) are shown." : ""
        return StripFigure(
            title, note: "\(unitPhrase(quantity)) Lines: 1.96 standard errors.\(more)", heads: ("Study", "Value"),
            rows: rows)
    }

    /// The measurement or the claim that a study is named after.
    private func studyLink(_ name: String) -> Link? {
        let head = name.utf8.firstRange(of: " ".utf8).map { String(name[..<$0.lowerBound]) } ?? name
        if ledger.measurements[head] != nil { return Place.measurement(head) }
        return claimLink(head)
    }
}

extension QuantityPool {
    fileprivate var studyNoun: String { isReported ? "Reported numbers" : "Study means" }
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
