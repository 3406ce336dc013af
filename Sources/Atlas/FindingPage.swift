import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of claims on one page of a finding. Further claims have pages of their own.
let claimsPerPage = 12

/// The maximum number of claims in the table at the top of a finding.
private let overviewLimit = 60

extension Atlas {
    /// The pages of all findings.
    var findingPages: [AtlasFile] {
        ledger.findings.values.flatMap { finding in
            stride(from: 0, to: max(1, finding.claims.count), by: claimsPerPage).map { first in
                findingPage(finding, claims: first..<min(first + claimsPerPage, finding.claims.count))
            }
        }
    }

    /// A finding: its source, its claims with their runs, and what depends on it.
    private func findingPage(_ finding: Finding, claims: Range<Int>) -> AtlasFile {
        let isFirst = claims.lowerBound == 0
        let link = isFirst ? Place.finding(finding.slug) : Place.claim(finding.claims[claims.lowerBound].id).page
        let frame = { @Sendable [self] () -> PageFrame in
            let title = isFirst ? finding.title : "\(finding.title): claims from \(claims.lowerBound + 1)"
            return PageFrame(
                link, title, in: .findings,
                trail: trail(above: finding) + (isFirst ? [] : [(finding.title, Place.finding(finding.slug))]),
                subtitle: "\(listed(finding.authors)), \(finding.date)")
        }
        return page(at: link, frame) { [self] html in
            html.hatching()
            if isFirst { addStanding(&html, finding) }
            if isFirst, finding.claims.count > 2 { addOverview(&html, finding) }
            if finding.claims.count > claimsPerPage { addClaimPages(&html, finding, shown: claims) }
            for claim in finding.claims[claims] { addClaim(&html, claim) }
            guard isFirst else { return }
            addCaveats(&html, finding)
            addOrigin(&html, finding)
            addRelations(&html, finding)
            addResources(&html, finding)
            addCheck(&html, finding)
        }
    }

    /// The questions above a finding: those of the first question that one of its claims answers.
    private func trail(above finding: Finding) -> [(String, Link)] {
        let asked = finding.claims.lazy.compactMap { [records] in records.bearings[$0.id]?.first?.question }.first
        guard let question = asked.flatMap({ ledger.questions[$0] }) else { return [("Findings", Place.findings)] }
        return trail(above: question) + [(question.text, Place.question(question.id))]
    }

    /// All claims in one table, with the settings in which they differ.
    private func addOverview(_ html: inout Markup, _ finding: Finding) {
        let claims = finding.claims.prefix(overviewLimit)
        let shared = sharedSettings(claims)
        html.section("All claims", counted(finding.claims.count, "claim")) { html in
            if !shared.isEmpty {
                let text = "All were tested at \(shared.joined(separator: "; "))."
                html.tag("p", .class("s soft")) { $0.recordText(text) }
            }
            html.table(["No.", "Quantity", "Says", "Tested at", "Evidence"]) { html in
                for claim in claims {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row")) { $0.link(Place.claim(claim.id), "\(claim.id.number)") }
                        html.tag("td", .class("full")) { html in
                            let item = quantityItem(claim.quantity.value)
                            html.link(item.link, item.text)
                        }
                        html.tag("td", .text(.dataLabel, "Says:")) {
                            $0.recordText(members[claim.id]?.valueText ?? ledger.valueText(claim))
                        }
                        html.tag("td") {
                            $0.recordText(claim.testedPhrases.filter { !shared.contains($0) }.joined(separator: "; "))
                        }
                        let evidence = evidence(of: claim)
                        html.tag("td", .class(evidence.text.utf8.count < 24 ? "ev st" : "ev")) { $0.add(evidence) }
                    }
                }
            }
            html.addRest(finding.claims.count - overviewLimit)
        }
    }

    /// Says why a finding takes no part in the merge, or what replaces it.
    private func addStanding(_ html: inout Markup, _ finding: Finding) {
        if let reason = finding.retracted {
            html.tag("p", .class("note-box")) { html in
                html.tag("strong", text: "Retracted. ")
                html.recordText(reason)
                html.text(" Its claims take no part in any answer.")
            }
        }
        if let until = finding.plannedUntil {
            html.tag("p", .class("note-box")) { html in
                html.tag("strong", text: "Planned until \(until.value). ")
                html.text("What it expects was written before any run; its claims take no part in any answer.")
            }
        }
        let accepted = Set(finding.supersededBy.map(\.value))
        for successor in records.successors[finding.slug, default: []] {
            html.tag("p", .class("note-box")) { html in
                html.tag("strong", text: accepted.contains(successor) ? "Superseded by " : "Said to be superseded by ")
                let item = findingItem(successor)
                html.link(item.link, item.text)
                html.text(accepted.contains(successor) ? "." : ", which it does not name as its successor.")
            }
        }
    }

    private func addOrigin(_ html: inout Markup, _ finding: Finding) {
        html.section("Where it comes from", "") { html in
            html.facts { html in
                html.fact("Source") { html in
                    for part in Link.references(in: finding.source.value) { html.link(part.link, part.text) }
                }
                html.fact("Recorded by", listed(finding.contributors))
                html.fact("Why it matters", finding.relevance)
                html.fact("Record") { $0.tag("code", text: finding.path) }
            }
        }
    }

    private func addClaimPages(_ html: inout Markup, _ finding: Finding, shown: Range<Int>) {
        html.section("Pages of claims", "\(claimsPerPage) claims on a page.") { html in
            html.tag("p") { html in
                html.links(
                    stride(from: 0, to: finding.claims.count, by: claimsPerPage).map { first in
                        let last = min(first + claimsPerPage, finding.claims.count)
                        let text = first + 1 == last ? "claim \(last)" : "claims \(first + 1) to \(last)"
                        return (text, first == shown.lowerBound ? nil : Place.claim(finding.claims[first].id).page)
                    })
            }
        }
    }

    private func addCaveats(_ html: inout Markup, _ finding: Finding) {
        // Caveats against its own claims are listed at these claims.
        let others = finding.caveats.filter { caveat in
            if case .claim(let name) = caveat.against { ledger.claimID(name.value)?.slug != finding.slug } else { true }
        }
        guard !others.isEmpty else { return }
        html.section("Caveats", "What this finding says against other claims, assumptions and verifiers.") { html in
            html.list(Array(others.prefix(listLimit))) { html, caveat in
                html.recordText(caveat.text)
                html.tag("span", .class("note")) { html in
                    html.text("against ")
                    html.link(targetLink(caveat.against), caveat.targetPhrase)
                    if let shown = caveat.shownBy {
                        html.text(", shown by ")
                        html.link(claimLink(shown.value), shown.value)
                    }
                }
            }
            html.addRest(others.count - listLimit)
        }
    }

    func targetLink(_ target: Caveat.Target) -> Link? {
        switch target {
        case .claim(let name): claimLink(name.value)
        case .assumption(let name): assumptionLink(name.value)
        case .verifier(let name):
            ledger.models[name.value] != nil || ledger.measurements[name.value] != nil
                ? Place.measurement(name.value) : nil
        }
    }

    private func addRelations(_ html: inout Markup, _ finding: Finding) {
        let lists: [(String, [String])] = [
            ("Builds on", finding.buildsOn.map(\.value)), ("Built on by", records.builders[finding.slug, default: []]),
            ("Supersedes", finding.supersedes.map(\.value)),
            ("Superseded by", finding.supersededBy.map(\.value)), ("Same as", finding.sameAs.map(\.value)),
        ]
        guard lists.contains(where: { !$0.1.isEmpty }) else { return }
        html.section("Other findings", "") { html in
            html.facts { html in
                for (name, slugs) in lists where !slugs.isEmpty {
                    html.fact(name) { html in
                        html.list(Array(slugs.prefix(relationLimit)), isPlain: true) { html, slug in
                            let item = findingItem(slug)
                            html.link(item.link, item.text)
                            if name == "Builds on" {
                                let doubt = merge.basisLine(slug).dropFirst(slug.count)
                                if !doubt.isEmpty { html.recordText(String(doubt)) }
                            }
                        }
                        if slugs.count > relationLimit {
                            html.tag("p", .class("s soft"), text: "And \(slugs.count - relationLimit) more.")
                        }
                    }
                }
            }
        }
    }

    private func addResources(_ html: inout Markup, _ finding: Finding) {
        guard !finding.resources.isEmpty else { return }
        html.section("Resources", "") { html in
            html.list(Array(finding.resources.prefix(listLimit))) { html, resource in
                html.recordText("\(resource.kindName): ")
                switch resource.target {
                case .address(let url, _): html.link(Link.web(url.value), url.value)
                case .name(let name):
                    html.recordText(
                        merge.state.resources[name.value].map { "\($0.title) (\(name.value))" } ?? name.value)
                case .digest, .allAnnotations: break
                }
                if let codebook = resource.codebook { html.recordText("codebook \(codebook.value) ") }
                if let digest = resource.digest(in: merge.state) {
                    html.tag("span", .class("note")) { html in
                        html.text("SHA-256 ")
                        html.tag("code", text: digest)
                    }
                }
            }
            html.addRest(finding.resources.count - listLimit)
        }
    }

    private func addCheck(_ html: inout Markup, _ finding: Finding) {
        let canRun = finding.claims.contains { !merge.evidence[$0.id].cells.isEmpty }
        html.section("Check it yourself", "") { html in
            html.tag("pre", text: "arbor-ledger \(canRun ? "verify" : "show") \(finding.slug)")
            html.tag("p", .class("s soft")) { html in
                html.text("In a clone of the ledger. ")
                if canRun {
                    html.text("With ")
                    html.tag("code", text: "--repeat")
                    html.text(" it repeats the recorded seeds and compares the values.")
                } else {
                    html.text("No verifier of this ledger can re-run these claims.")
                }
            }
        }
    }
}

/// The maximum numbers of findings in one list of related findings, and of caveats and resources.
private let (relationLimit, listLimit) = (24, 60)
