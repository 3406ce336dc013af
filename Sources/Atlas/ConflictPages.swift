import Merging
import Records
import Reports
import Words

/// The maximum number of claims in the figure of a disagreement.
private let claimLimit = 60

/// The maximum number of disagreements on a page, so that a page stays below 256 KB.
private let subjectLimit = 40

extension Atlas {
    /// The disagreements in the order of `conflicts`, in pages of a limited size.
    var conflictPages: [AtlasFile] {
        pagedList(conflicts.subjects, limit: subjectLimit, at: Place.conflicts) { frame, subjects in
            page(frame) { html in
                html.hatching()
                if subjects.isEmpty {
                    html.tag("p", text: "No two claims disagree yet. Findings on one quantity would be compared here.")
                }
                addDisputedRuns(to: &html)
                var heading = ""
                for subject in subjects {
                    let group = subject.found.home == nil ? "Asked by no question" : subject.standing.heading
                    if group != heading {
                        heading = group
                        html.tag("h2", .class("group"), text: group)
                    }
                    addSubject(subject, to: &html)
                }
            }
        } title: {
            "Where findings disagree"
        }
    }

    /// The claims whose runs contradict each other.
    private func addDisputedRuns(to html: inout Markup) {
        guard !conflicts.disputed.isEmpty else { return }
        html.section("Disputed runs", "Runs of one claim that contradict each other.") { html in
            html.list(conflicts.disputed) { html, claim in
                html.link(Place.claim(claim.id), claim.id.description)
                html.tag("span", .class("note")) { $0.recordText(claim.sentences.joined(separator: " ")) }
            }
        }
    }

    private func addSubject(_ subject: ConflictReport.Subject, to html: inout Markup) {
        let found = subject.found
        html.section(subject.title, found.home == nil ? "No question asks this." : "", id: found.quantity) { html in
            html.tag("p", .class("s")) { html in
                html.link(Place.quantity(found.quantity), found.quantity)
                if let home = found.home {
                    html.text(", asked by ")
                    html.link(Place.question(home), ledger.questions[home]?.text ?? home)
                }
            }
            if found.hasDiscord {
                html.tag("p", .class(found.members.contains { inConflict.contains($0.id) } ? "s con" : "s")) {
                    $0.recordText(headline(found))
                }
                html.tag("p", .class("l")) { $0.recordText(subject.separationSentence) }
                addDecidingRun(of: subject, to: &html)
                let remarks =
                    found.reversals.map(reversalSentence) + narrowingSentences(found)
                    + missingEvidence(found, subject.quantity).map { "Missing: \($0)" }
                    + [setAsideSentence(found)].compactMap(\.self)
                for remark in remarks { html.tag("p", .class("s")) { $0.recordText(remark) } }
            }
            let claims = found.claims
            for refinement in found.refinements.prefix(12) {
                html.tag("p", .class("s")) { $0.recordText(refinementSentence(refinement, claims)) }
            }
            if let sentence = estimateSentence(found) { html.tag("p", .class("s")) { $0.recordText(sentence) } }
            // Readers need the claims of a disagreement between studies first; those of one study are folded.
            if subject.standing == .dependence || subject.standing == .agreement {
                html.tag("details") { html in
                    html.tag("summary", text: "The claims")
                    addSides(of: subject, to: &html)
                }
            } else {
                addSides(of: subject, to: &html)
            }
        }
    }

    /// The sides of a disagreement on one axis: claims that share a side do not exclude each other.
    private func addSides(of subject: ConflictReport.Subject, to html: inout Markup) {
        let found = subject.found
        let numbers = found.sideNumbers
        func sides(_ member: Member) -> [Int] { numbers[member.id, default: []] }
        var compared = found.members.filter(\.canDisagree)
        // Labels have no order of their own; ranges are in the order of their numbers.
        if compared.allSatisfy({ $0.marks.isEmpty }) {
            compared.sort { a, b in
                sides(a) == sides(b) ? a.id < b.id : sides(a).lexicographicallyPrecedes(sides(b))
            }
        }
        var figure = claimFigure(
            Array(compared.prefix(claimLimit)), of: subject.quantity,
            title: found.hasDiscord ? "The sides" : "The claims",
            note: compared.count > claimLimit ? "\(compared.count - claimLimit) more claims are not drawn." : "")
        guard found.hasDiscord else { return html.add(figure) }
        for (index, member) in compared.prefix(claimLimit).enumerated() {
            let sides = sides(member).map(String.init)
            figure.rows[index].note =
                "\(sides.isEmpty ? "no side" : "side \(sides.prefix(6).joined(separator: ", "))"). \(figure.rows[index].note)"
        }
        html.add(figure)
    }

    func addDecidingRun(of subject: ConflictReport.Subject, to html: inout Markup) {
        guard let run = subject.found.decidingRun, let sentence = decidingSentence(subject.found) else { return }
        html.tag("p", .class("s")) { $0.recordText(sentence) }
        html.tag(
            "pre",
            text: "arbor-ledger tasks \(run.verifier == nil ? "take" : "run") deciding-run:\(subject.found.quantity)")
    }

    /// Splits a list over pages: `name.html`, `name-2.html`, …, each with links to its neighbours.
    func pagedList<Element: Sendable>(
        _ elements: [Element], limit: Int, at first: Link,
        _ make: (PageFrame, [Element]) -> AtlasFile, title: () -> String
    ) -> [AtlasFile] {
        let base = (first.path ?? "").withoutEnding(".html") ?? ""
        let parts = elements.isEmpty ? [[]] : elements.chunks(of: limit).map(Array.init)
        func link(_ number: Int) -> Link { number == 0 ? first : .page("\(base)-\(number + 1).html") }
        return parts.enumerated().map { number, part in
            var frame = PageFrame(link(number), title(), in: Section.at(first))
            if parts.count > 1 {
                frame.pages = (parts.indices.map(link), number)
            }
            return make(frame, part)
        }
    }
}
