import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of questions that a page of an assumption lists.
private let questionLimit = 200

extension Atlas {
    /// The pages of all assumptions.
    var assumptionPages: [AtlasFile] { ledger.assumptions.values.map(assumptionPage) }

    /// An assumption: what tests it, who doubts it, and what falls without it.
    private func assumptionPage(_ assumption: Assumption) -> AtlasFile {
        let kind = assumption.bridge == nil ? "An assumption" : "An assumption that carries results to other models"
        let frame = PageFrame(
            Place.assumption(assumption.slug), assumption.statement, in: nil,
            trail: [("Vocabulary", Place.vocabulary)], subtitle: kind)
        return page(frame) { [self] html in
            html.hatching()
            addStanding(&html, assumption)
            addDoubts(&html, assumption)
            addFall(&html, assumption)
            addRest(&html, assumption)
        }
    }

    private func addStanding(_ html: inout Markup, _ assumption: Assumption) {
        let outcome = merge.attackOutcome
        html.section("What it says", "") { html in
            html.facts { html in
                if let bridge = assumption.bridge {
                    html.fact("From", bridge.from.map { modelItem($0.value) })
                    html.fact("To", bridge.to.map { modelItem($0.value) })
                }
                if let question = assumption.testedBy?.value {
                    html.fact("Tested by") { html in
                        let item = questionItem(question)
                        html.link(item.link, item.text)
                        if let answer = answers[question] {
                            html.text(" ")
                            html.add(answer.status)
                        }
                    }
                } else {
                    html.fact("Tested by", "no question asks whether it holds")
                }
                if outcome.failedAssumptions.contains(assumption.slug) {
                    html.fact("Status", "failed: the question that tests it is refuted")
                } else if outcome.supportedAssumptions.contains(assumption.slug) {
                    html.fact("Status", "supported: no answer needs it as an assumption any more")
                }
                html.fact("Excludes", assumption.excludes.map { assumptionItem($0.value) })
                html.fact("Name") { $0.tag("code", text: assumption.slug) }
            }
            let bridges = records.bridges[assumption.slug, default: []]
            if !bridges.isEmpty {
                html.tag("h3", text: "Where results were carried over")
                html.list(bridges) { html, bridge in
                    let item = questionItem(bridge.question)
                    html.link(item.link, item.text)
                    // The page names the assumption.
                    let phrase = bridgePhrases([bridge.status])[0].dropFirst(assumption.slug.count + 1)
                    html.tag("span", .class("note")) { $0.recordText(String(phrase)) }
                }
            }
        }
    }

    func modelItem(_ slug: String) -> (text: String, link: Link?) {
        (ledger.vocabulary.title(ofModel: slug), modelLink(slug))
    }

    private func addDoubts(_ html: inout Markup, _ assumption: Assumption) {
        let caveats = records.caveats["assumption \(assumption.slug)", default: []]
        guard !caveats.isEmpty else { return }
        html.section("Doubts", "A doubt that a claim shows can defeat what rests on the assumption.") { html in
            let undercuts = merge.attackOutcome.undercuts.filter { $0.concerns(assumption: assumption.slug) }
            html.list(undercuts) { html, undercut in
                html.link(Place.claim(undercut.shownBy.id), undercutLine(undercut))
            }
            let shown = Set(undercuts.map { "\($0.finding) \($0.text)" })
            html.list(caveats.filter { !shown.contains("\($0.finding) \($0.caveat.text)") }) { html, placed in
                add(&html, placed)
            }
        }
    }

    /// The questions whose answer is lost or rests on fewer sets if the assumption fails. This follows from the sets
    /// that the answers keep, since a merge without each assumption would take too long.
    private func addFall(_ html: inout Markup, _ assumption: Assumption) {
        let reliance = records.reliance[assumption.slug, default: []]
        let lost = reliance.filter { $0.isNeeded && !$0.isCut }
        let weaker = reliance.filter { !$0.isNeeded || $0.isCut }
        html.section("What falls without it", "Answers that need it.") { html in
            if reliance.isEmpty {
                html.tag(
                    "p",
                    text: assumption.bridge == nil
                        ? "Nothing yet: no answer rests on it."
                        : "Nothing yet: a toy's result never answers for a general model.")
            }
            add(&html, lost, title: "\(counted(lost.count, "answer")) lost: every set contains it")
            add(&html, weaker, title: "\(counted(weaker.count, "answer")) kept by other sets of assumptions")
        }
    }

    private func add(_ html: inout Markup, _ reliance: [RecordIndex.Reliance], title: String) {
        guard !reliance.isEmpty else { return }
        html.tag("h3", text: title)
        html.list(Array(reliance.prefix(questionLimit))) { html, item in
            let question = questionItem(item.question)
            if let answer = answers[item.question] {
                html.add(answer.status)
                html.text(" ")
            }
            html.link(question.link, question.text)
        }
        if reliance.count > questionLimit {
            html.tag("p", .class("s soft"), text: "And \(reliance.count - questionLimit) more.")
        }
    }

    private func addRest(_ html: inout Markup, _ assumption: Assumption) {
        let claims = records.claimsByAssumption[assumption.slug, default: []]
        html.section("Claims that rest on it", counted(claims.count, "claim")) { html in
            if claims.isEmpty {
                html.tag("p", text: "No claim assumes it. A claim with `assumes: [\(assumption.slug)]` would be here.")
            } else {
                addClaimTable(&html, claims.prefix(200).compactMap(ledger.claim))
                if claims.count > 200 {
                    html.tag("p", .class("s soft"), text: "And \(claims.count - 200) more.")
                }
            }
        }
    }
}
