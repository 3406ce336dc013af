import Merging
import Records
import Reports
import Words

/// The maximum number of claims in the figure of a disagreement.
private let claimLimit = 30

/// The maximum number of rows on a page, so that a page stays below 256 KB. Everything else about a disagreement takes
/// as much space as `baseRows` rows.
private let (rowLimit, baseRows) = (160, 4)

/// The maximum numbers of disagreements and of disputed claims in the lists at the top.
private let (overviewLimit, disputedLimit) = (120, 60)

extension Atlas {
    /// The disagreements in the order of `conflicts`, in pages of a limited size.
    var conflictPages: [AtlasFile] {
        let parts = conflicts.subjects.chunked { conflictPageNumbers[$0.found.quantity] ?? 0 }
        return pagedList(parts, at: Place.conflicts) { frame, subjects in
            page(frame) { [self] html in
                html.hatching()
                if subjects.isEmpty {
                    html.tag("p", text: "No two claims disagree yet. Findings on one quantity would be compared here.")
                }
                if frame.pages?.current ?? 0 == 0 {
                    addOverview(to: &html)
                    addDisputedRuns(to: &html)
                }
                for subject in subjects { addSubject(subject, to: &html) }
            }
        } title: {
            "Where findings disagree"
        }
    }

    /// The place of a disagreement's section.
    func conflictPlace(_ quantity: String) -> Link {
        let page = conflictPageNumbers[quantity] ?? 0
        return .page(page == 0 ? Place.conflicts.path ?? "" : "conflicts-\(page + 1).html", quantity)
    }

    /// One line for each disagreement.
    private func addOverview(to html: inout Markup) {
        guard !conflicts.subjects.isEmpty else { return }
        html.section("All disagreements", counted(conflicts.subjects.count, "disagreement")) { html in
            html.table(["Disagreement", "Kind", "What separates the sides"]) { html in
                for subject in conflicts.subjects.prefix(overviewLimit) {
                    html.tag("tr") { html in
                        html.tag("th", .text(.scope, "row")) {
                            $0.link(conflictPlace(subject.found.quantity), subject.title)
                        }
                        html.tag("td", .class("ev st")) { html in
                            if isConflict(subject.found) { html.tag("i", .class("g x")) { _ in } }
                            html.text(subject.standing.word)
                        }
                        html.tag("td", .class("full")) {
                            if subject.found.hasDiscord { $0.recordText(subject.separationSentence) }
                        }
                    }
                }
            }
            html.addRest(conflicts.subjects.count - overviewLimit)
        }
    }

    /// Whether some claims cannot be true together.
    private func isConflict(_ found: Disagreement) -> Bool { found.members.contains(where: conflictIndex.contains) }

    /// The claims whose runs contradict each other.
    private func addDisputedRuns(to html: inout Markup) {
        guard !conflicts.disputed.isEmpty else { return }
        html.section("Disputed runs", "Runs of one claim that contradict each other.") { html in
            html.list(Array(conflicts.disputed.prefix(disputedLimit))) { html, claim in
                html.link(Place.claim(claim.id), claim.id.description)
                html.tag("span", .class("note")) { $0.recordText(claim.sentences.joined(separator: " ")) }
            }
            html.addRest(conflicts.disputed.count - disputedLimit)
        }
    }

    private func addSubject(_ subject: ConflictReport.Subject, to html: inout Markup) {
        let found = subject.found
        let group = found.home == nil ? "Asked by no question" : subject.standing.heading
        html.section(subject.title, group, id: found.quantity) { html in
            html.tag("p", .class("s")) { html in
                if let home = found.home {
                    html.link(Place.question(home), ledger.questions[home]?.text ?? home)
                    html.text(" · ")
                }
                html.link(Place.quantity(found.quantity), "what was measured")
            }
            if found.hasDiscord {
                html.tag("p", .class(isConflict(found) ? "s con" : "s")) {
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
            html.addRest(found.refinements.count - 12)
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
            title: found.hasDiscord ? sidesPhrase(found) ?? "The sides" : "The claims",
            note: compared.count > claimLimit ? "\(compared.count - claimLimit) more claims are not drawn." : "")
        figure.shareSettings(of: compared.prefix(claimLimit).map(\.claim))
        guard found.hasDiscord else { return html.add(figure) }
        for (index, member) in compared.prefix(claimLimit).enumerated() {
            if conflictIndex.contains(member) { figure.rows[index].evidence?.text += ", in a conflict" }
            guard sidesPhrase(found) == nil else { continue }
            let sides = sides(member).map(String.init)
            figure.rows[index].note =
                "\(sides.isEmpty ? "no side" : "side \(sides.prefix(6).joined(separator: ", "))"). \(figure.rows[index].note)"
        }
        html.add(figure)
    }

    /// What the sides say, if all claims of each side say the same: `helps: 1 claim / no effect: 2 claims`.
    private func sidesPhrase(_ found: Disagreement) -> String? {
        guard 2...4 ~= found.sides.count, Set(found.sides.flatMap(\.self)).count == found.sides.joined().count else {
            return nil
        }
        let names = found.sides.map { side in Set(side.compactMap { members[$0]?.valueText }) }
        guard names.allSatisfy({ $0.count == 1 }), Set(names).count == names.count else { return nil }
        return zip(names, found.sides).map { "\($0.first ?? ""): \(counted($1.count, "claim"))" }
            .joined(separator: " / ")
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
        pagedList(elements.chunks(of: limit).map(Array.init), at: first, make, title: title)
    }

    func pagedList<Element: Sendable>(
        _ chunks: [[Element]], at first: Link, _ make: (PageFrame, [Element]) -> AtlasFile, title: () -> String
    ) -> [AtlasFile] {
        let base = (first.path ?? "").withoutEnding(".html") ?? ""
        let parts = chunks.isEmpty ? [[]] : chunks
        func link(_ number: Int) -> Link { number == 0 ? first : .page("\(base)-\(number + 1).html") }
        return parts.enumerated().map { number, part in
            let title = number == 0 ? title() : "\(title()), page \(number + 1)"
            var frame = PageFrame(link(number), title, in: Section.at(first))
            if parts.count > 1 {
                frame.pages = (parts.indices.map(link), number)
            }
            return make(frame, part)
        }
    }
}

extension ConflictReport {
    /// The page of each disagreement, counted from 0.
    var pageNumbers: [String: Int] {
        var (numbers, page) = ([String: Int](), 0)
        // The list at the top leaves space for fewer rows.
        var rows = min(subjects.count, overviewLimit)
        for subject in subjects {
            let added = baseRows + min(subject.found.members.count, claimLimit)
            if rows + added > rowLimit { (page, rows) = (page + 1, 0) }
            rows += added
            numbers[subject.found.quantity] = page
        }
        return numbers
    }
}

extension Standing {
    /// The kind of one disagreement.
    fileprivate var word: String {
        switch self {
        case .contradiction: "contradiction"
        case .conflict: "conflict"
        case .differentParts, .ownParts: "different parts"
        case .unrecorded: "possible conflict"
        case .dependence: "within one study"
        case .agreement: "agreement"
        }
    }
}
