import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum numbers of disagreeing claims, of questions and of caveats that a page lists for a claim.
private let listLimit = 12

/// The maximum number of claims of a finding whose settings are unfolded.
private let unfoldedClaims = 4

extension Atlas {
    /// Adds a section about one claim: what it says, where it was tested, and why to believe it.
    func addClaim(_ html: inout Markup, _ claim: Claim) {
        let member = members[claim.id]
        html.section("Claim \(claim.id.number)", claim.id.description, id: String(claim.id.number)) { html in
            html.tag("p", .class("ans")) { html in
                let item = quantityItem(claim.quantity.value)
                html.link(item.link, item.text)
                html.text(": ")
                html.recordText(member?.valueText ?? ledger.valueText(claim))
                html.recordText(sharePhrase(claim))
            }
            // The figure states the evidence in its first row.
            if let figure = claimFigure(claim) {
                html.add(figure)
            } else {
                html.tag("p", .class("s")) { $0.add(evidence(of: claim)) }
            }
            for figure in scopeFigures(claim) { html.add(figure) }
            if ledger.findings[claim.id.slug]?.claims.count ?? 0 > unfoldedClaims {
                if hasBearing(claim) { html.facts { addBearing(&$0, claim) } }
                html.tag("details") { html in
                    html.tag("summary", text: "Settings, assumptions and evidence")
                    html.facts { html in
                        addTesting(&html, claim)
                        addEvidence(&html, claim)
                    }
                }
            } else {
                html.facts { html in
                    addTesting(&html, claim)
                    addEvidence(&html, claim)
                    addBearing(&html, claim)
                }
            }
            addRuns(&html, claim)
        }
    }

    /// The share of runs for which a value is claimed, in words.
    private func sharePhrase(_ claim: Claim) -> String {
        guard claim.value != nil else { return "" }
        if claim.kind == .witness { return ", in at least one run" }
        guard claim.reliability != Claim.defaultReliability else { return ", in more than half of all runs" }
        return ", in more than \(claim.reliability) of all runs"
    }

    private func addTesting(_ html: inout Markup, _ claim: Claim) {
        html.fact("Tested at") { html in
            addSettings(&html, claim.tested) { side in
                claim.averagedOver.contains { $0.value == side.condition.value }
            }
        }
        if let scope = claim.holdsFor {
            html.fact("Holds for") { html in
                if scope.sides.isEmpty { html.text("every setting") } else { addSettings(&html, scope) }
            }
        }
        html.fact("Averaged over", claim.averagedOver.map { ($0.value, conditionLink($0.value)) })
        if let contrast = claim.contrast {
            html.fact("Contrast") { html in
                html.link(claimLink(contrast.against.value), contrast.phrase)
                if let result = merge.contrast(of: claim)?.result { html.recordText(": \(result)") }
            }
        }
        html.fact("How much of the source was read", claim.read?.phrase)
        html.fact("Assumes", claim.assumes.map { assumptionItem($0.value) })
    }

    private func addEvidence(_ html: inout Markup, _ claim: Claim) {
        let evidence = merge.evidence[claim.id]
        html.fact("Evidence") { html in
            html.list(evidenceLines(claim, merge), isPlain: true) { html, line in html.recordText(line) }
        }
        html.fact("Narrower", narrowerClaim(evidence))
        guard let member = members[claim.id] else {
            if let successor = merge.successor(of: claim.id) {
                html.fact("Status", [findingItem(successor)].map { ("superseded by \($0.text)", $0.link) })
            }
            return
        }
        let status = merge.attackOutcome.status(of: member)
        if status != .in {
            let reason = merge.attackOutcome.reason(of: member).map { ": \($0)" } ?? ""
            html.fact("Status", status.rawValue + reason)
        }
    }

    private func hasBearing(_ claim: Claim) -> Bool {
        records.bearings[claim.id] != nil || records.pairs[claim.id] != nil
            || records.caveats["claim \(claim.id)"] != nil
            || members[claim.id].map { !merge.attackOutcome.doubts(of: $0).isEmpty } ?? false
    }

    private func addBearing(_ html: inout Markup, _ claim: Claim) {
        let bearings = records.bearings[claim.id, default: []]
        if !bearings.isEmpty {
            html.fact("Answers") { html in
                html.list(Array(bearings.prefix(listLimit)), isPlain: true) { html, bearing in
                    let item = questionItem(bearing.question)
                    html.link(item.link, item.text)
                    html.tag("span", .class("soft"), text: " \(bearing.phrase)")
                }
                html.addRest(bearings.count - listLimit)
            }
        }
        let disagreeing = records.pairs[claim.id, default: []]
        let pairs = disagreeing.filter(\.isConflict) + disagreeing.filter { !$0.isConflict }
        if !pairs.isEmpty {
            html.fact("Disagrees with") { html in
                html.list(Array(pairs.prefix(listLimit)), isPlain: true) { html, pair in
                    if pair.isConflict, pair.kind != .unrecorded { html.tag("i", .class("g x")) { _ in } }
                    let other = pair.a == claim.id ? pair.b : pair.a
                    html.link(Place.claim(other), other.description)
                    html.tag("span", .class("soft"), text: " \(phrase(pair))")
                }
                html.tag("p", .class("s")) {
                    let rest = pairs.count > listLimit ? ", with \(pairs.count - listLimit) more pairs" : ""
                    $0.link(conflictPlace(claim.quantity.value), "The whole disagreement\(rest)")
                }
            }
        }
        let caveats = records.caveats["claim \(claim.id)", default: []]
        if !caveats.isEmpty {
            html.fact("Caveats") { html in
                html.list(Array(caveats.prefix(listLimit)), isPlain: true) { html, placed in add(&html, placed) }
                html.addRest(caveats.count - listLimit)
            }
        }
        let doubts = members[claim.id].map(merge.attackOutcome.doubts) ?? []
        if !doubts.isEmpty {
            html.fact("Doubted by") { html in
                html.list(Array(doubts.prefix(listLimit)), isPlain: true) { html, doubt in
                    html.link(Place.claim(doubt.shownBy.id), undercutLine(doubt))
                }
                html.addRest(doubts.count - listLimit)
            }
        }
    }

    /// Adds a caveat with the finding that states it and the claim that shows it.
    func add(_ html: inout Markup, _ placed: RecordIndex.PlacedCaveat) {
        html.recordText(placed.caveat.text)
        html.tag("span", .class("note")) { html in
            html.text(" (")
            html.link(findingLink(placed.finding), placed.finding)
            if let shown = placed.caveat.shownBy {
                html.text(", shown by ")
                html.link(claimLink(shown.value), shown.value)
            }
            html.text(")")
        }
    }

    private func phrase(_ pair: Pair) -> String {
        let kind = pair.isConflict ? "conflict" : pair.isSetAside ? "set aside" : "different parts"
        let differs = pair.differs.isEmpty ? "nothing recorded differs" : "differing in \(listed(pair.differs))"
        return "\(kind), \(differs)"
    }
}

extension Markup {
    /// Says how many items of a list were left out.
    mutating func addRest(_ count: Int) {
        if count > 0 { tag("p", .class("s soft"), text: "And \(count) more.") }
    }
}

extension RecordIndex.Bearing {
    /// The side that the claim takes, and why it does not count.
    fileprivate var phrase: String {
        let word: String =
            switch side {
            case .pro: "for yes"
            case .con: "for no"
            case .silent: "takes no side"
            }
        let reason: String? =
            switch omission {
            case .bridge: bridge.map { "counts only if \($0) holds" } ?? "counts only over a bridge"
            case .unrecordedSettings: "does not count, because settings are not recorded"
            case .selectedNumber: "does not count, because the number was selected"
            case nil: nil
            }
        return [word, reason].compactMap(\.self).joined(separator: "; ")
    }
}
