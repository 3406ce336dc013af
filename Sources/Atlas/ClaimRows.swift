import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of claims of another ledger in a figure.
private let guestLimit = 60

extension Atlas {
    /// A claim as a row of a figure on the axis of its quantity.
    func row(_ member: Member) -> StripFigure.Row {
        StripFigure.Row(
            member.id.description, Place.claim(member.id), note: member.claim.testedPhrases.joined(separator: "; "),
            member.marks, value: member.valueText, evidence(of: member))
    }

    func evidence(of member: Member) -> RowEvidence {
        RowEvidence(
            level: member.shownLevel, isInConflict: conflictIndex.contains(member), hasRuns: member.evidence.runs > 0,
            text: evidenceLabel(member.evidence))
    }

    /// The claims of a quantity as a figure, on an axis that holds the claims of `all` too. `yes` are the values that
    /// answer a question with yes.
    func claimFigure(
        _ members: [Member], of quantity: Quantity?, title: String, note: String = "", yes: ValueSet? = nil,
        onAxisOf all: [Member] = []
    ) -> StripFigure {
        var notes = [quantity.map(unitPhrase), note].compactMap(\.self).filter { !$0.isEmpty }
        var rows = members.map(row)
        if case .interval(let interval)? = yes, rows.contains(where: { !$0.marks.isEmpty }) {
            notes.append("Shaded: the values that mean yes.")
            for index in rows.indices {
                rows[index].marks.insert(.band(interval.lower?.doubleValue, interval.upper?.doubleValue), at: 0)
            }
        }
        return StripFigure(
            title, note: notes.joined(separator: " "), heads: ("Claim and setting", "Says"), rows: rows,
            including: all.flatMap { $0.marks.flatMap(\.values) })
    }

    /// Adds the claims of other ledgers on a quantity. They take no part in the answers.
    func addGuests(on quantity: String, to html: inout Markup) {
        let own = ledger.quantities[quantity]
        for guest in state.guests {
            let members = guest.merge.members(of: quantity).filter { $0.contrast == nil }.sorted { $0.id < $1.id }
            guard !members.isEmpty else { continue }
            // Two folders may have the same name.
            let title = "In \(guest.name), commit \(guest.commit.prefix(12))"
            html.section(title, "Another ledger. Its claims change no answer here.") { html in
                let record = guest.merge.state.quantities[quantity]
                if let record, let own, !record.isDefined(like: own) {
                    html.tag("p", .class("s")) {
                        $0.recordText("It defines this quantity in another way: \(record.definition)")
                    }
                }
                var figure = claimFigure(
                    Array(members.prefix(guestLimit)), of: record,
                    title: "\(counted(members.count, "claim")) of \(guest.name)")
                for (index, member) in members.prefix(guestLimit).enumerated() {
                    // The pages of this atlas show no records of other ledgers.
                    figure.rows[index].link = nil
                    figure.rows[index].evidence = RowEvidence(
                        level: member.shownLevel, hasRuns: member.evidence.runs > 0,
                        text: evidenceLabel(member.evidence))
                }
                html.add(figure)
            }
        }
    }

    /// What the numbers of a quantity mean: its unit and its possible values.
    func unitPhrase(_ quantity: Quantity) -> String {
        "\(quantity.title)\(quantity.unit.map { ", in \($0)" } ?? "")."
    }
}

extension Quantity {
    fileprivate func isDefined(like other: Quantity) -> Bool {
        definition.utf8.elementsEqual(other.definition.utf8) && unit == other.unit && range == other.range
    }
}

extension Member {
    /// The marks of a claim: its range or its estimate with the interval. Labels have none.
    var marks: [FigureMark] {
        if let reported = claim.reported?.value?.doubleValue, isEstimate {
            let interval = confidenceInterval.flatMap { interval in
                interval.lower.flatMap { lower in interval.upper.map { (lower.doubleValue, $0.doubleValue) } }
            }
            return [interval.map { .whisker($0.0, $0.1) }, .point(reported)].compactMap(\.self)
        }
        if let contrast {
            let limits = contrast.difference.usual
            return [.whisker(limits.lower, limits.upper), .point(limits.value)]
        }
        guard case .interval(let interval)? = values else { return [] }
        let reported = claim.reported?.value?.doubleValue
        return [.bar(interval.lower?.doubleValue, interval.upper?.doubleValue)] + (reported.map { [.point($0)] } ?? [])
    }
}
