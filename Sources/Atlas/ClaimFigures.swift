import Evidence
import Merging
import Records
import Reports
import Words

/// The maximum number of sequences of runs that a page shows for one claim.
private let sequenceLimit = 12

/// The runs of one person on one kind of platform at one cell of a claim.
private struct ShownSequence {
    var cell: [String: String]
    var isControl: Bool
    var count: SequenceCount
    var runs: [RunSequence.Recorded]
}

extension Atlas {
    /// Returns the runs behind a claim's evidence: at each cell the runs of the claim, then those of the control.
    private func sequences(_ claim: Claim) -> [ShownSequence] {
        let cells = merge.evidence[claim.id].cells
        guard cells.contains(where: { !$0.main.sequences.isEmpty || $0.control?.sequences.isEmpty == false }),
            let verification = merge.ledger.verification(of: claim)
        else { return [] }
        return zip(verification.cells, cells).flatMap { studied, cell in
            [(studied.study, cell.main), (studied.control, cell.control)].flatMap { study, verdict in
                (verdict?.sequences ?? []).compactMap { count -> ShownSequence? in
                    guard let study, let found = merge.evidence.runs[study].first(where: { $0.key == count.key })
                    else { return nil }
                    return ShownSequence(
                        cell: cell.cell, isControl: count.isControl, count: count, runs: found.prefix)
                }
            }
        }
    }

    /// A claim's range or number, the number that its source reports, and the values of its runs on one axis. Returns
    /// nil if the claim has labels and no runs.
    func claimFigure(_ claim: Claim) -> StripFigure? {
        let quantity = ledger.quantities[claim.quantity.value]
        let sequences = sequences(claim)
        let rule = sequences.isEmpty ? nil : merge.ledger.verification(of: claim)?.hitRule(of: claim)
        let ranges = rule?.ranges ?? [claim.value?.value].compactMap(\.self)
        let bands = ranges.compactMap { range -> (lower: Double?, upper: Double?)? in
            guard case .interval(let interval) = range else { return nil }
            return (interval.lower?.doubleValue, interval.upper?.doubleValue)
        }
        var rows: [StripFigure.Row] = []
        if let value = claim.value?.value, !bands.isEmpty {
            rows.append(
                StripFigure.Row(
                    "Claimed", nil, note: "", bands.map { .bar($0.lower, $0.upper) }, value: value.phrase,
                    evidence(of: claim)))
        }
        if let reported = claim.reported {
            let interval = quantity.flatMap { reported.confidenceInterval(of: $0) }
            let marks: [FigureMark] = [
                interval.flatMap { interval in
                    interval.lower.flatMap { lower in
                        interval.upper.map { .whisker(lower.doubleValue, $0.doubleValue) }
                    }
                }, reported.value.map { .point($0.doubleValue) },
            ].compactMap(\.self)
            rows.append(
                StripFigure.Row(
                    "Reported by the source", nil, note: reported.basisPhrase, marks, value: reported.text(interval),
                    claim.value == nil ? evidence(of: claim) : nil))
        }
        rows += sequences.prefix(sequenceLimit).map { row($0, rule, bands) }
        // A figure of a range alone would add nothing to its text.
        guard rows.contains(where: { !$0.marks.isEmpty }), rows.count > 1 || claim.value == nil || bands.count > 1
        else { return nil }
        let isWhole = sequences.isEmpty
        return StripFigure(
            runTitle(claim), note: figureNote(claim, quantity, sequences.count, isShaded: !bands.isEmpty),
            heads: ("Value", "Number"), rows: rows, including: isWhole ? quantity?.range.ends ?? [] : [])
    }

    private func row(
        _ shown: ShownSequence, _ rule: HitRule?, _ bands: [(lower: Double?, upper: Double?)]
    ) -> StripFigure.Row {
        let count = shown.count
        let values = shown.runs.prefix(count.count.runs).compactMap { rule?.value(of: $0.run) }.filter(\.isFinite)
        let label = shown.isControl ? "Control" : "Runs"
        let place = shown.cell.isEmpty ? "" : " at \(settingsPhrase(shown.cell))"
        return StripFigure.Row(
            label + place, nil,
            note:
                "\(count.key.runner.phrase), \(count.key.platform.phrase), \(count.grade.phrase), seeds of \(count.key.seeds.salt.prefix(8)) by \(count.key.seeds.formula.rawValue)",
            bands.map { .band($0.lower, $0.upper) } + [.dots(values)],
            value: "\(count.count.hits) of \(count.count.runs), \(count.verdict.rawValue)", nil)
    }

    private func runTitle(_ claim: Claim) -> String {
        let evidence = merge.evidence[claim.id]
        guard evidence.runs > 0 else {
            return claim.reported == nil ? "What is claimed" : "What the source reports"
        }
        return
            "\(evidence.hits) of \(counted(evidence.runs, "deciding run")) \(evidence.hits == 1 ? "agrees" : "agree") with the claim"
    }

    private func figureNote(
        _ claim: Claim, _ quantity: Quantity?, _ count: Int, isShaded: Bool
    ) -> String {
        var sentences = [quantity.flatMap(unitNote)].compactMap(\.self)
        if count > 0 {
            sentences.append("Each circle is a run\(isShaded ? "; the claimed range is shaded" : "").")
        }
        if count > sequenceLimit { sentences.append("\(sequenceLimit) of \(count) sequences of runs are shown.") }
        return sentences.joined(separator: " ")
    }

    /// Adds every run's value and the receipts.
    func addRuns(_ html: inout Markup, _ claim: Claim) {
        let sequences = sequences(claim)
        guard !sequences.isEmpty, let rule = merge.ledger.verification(of: claim)?.hitRule(of: claim) else { return }
        html.tag("details") { html in
            html.tag("summary", text: "Values of all runs, and receipts")
            html.table(["Runs", "By", "Values", "Receipts"]) { html in
                for shown in sequences.prefix(sequenceLimit) {
                    let counted = shown.runs.prefix(shown.count.count.runs)
                    html.tag("tr") { html in
                        html.tag(
                            "th", .text(.scope, "row"),
                            text: (shown.isControl ? "Control" : "Claim")
                                + (shown.cell.isEmpty ? "" : " at \(settingsPhrase(shown.cell))"))
                        html.tag("td", .class("full")) { $0.recordText(sequenceText(shown.count)) }
                        html.tag(
                            "td", .class("full"),
                            text: counted.map {
                                rule.value(of: $0.run).map(plainNumber) ?? $0.run.failure ?? "no value"
                            }
                            .joined(separator: ", "))
                        html.tag("td", .class("full")) { html in
                            for receipt in Set(counted.compactMap(\.receipt)).sorted() {
                                html.tag("code", .text(.title, receipt), text: String(receipt.prefix(12)))
                                html.text(" ")
                            }
                        }
                    }
                }
            }
        }
    }

    /// Where a claim goes beyond its tests: one figure for each condition with numbers.
    func scopeFigures(_ claim: Claim) -> [StripFigure] {
        guard claim.holdsFor != nil else { return [] }
        let scope = members[claim.id]?.scope ?? Scope(of: claim, vocabulary: ledger.vocabulary)
        return claim.tested.sides.compactMap { side in
            let name = side.condition.value
            guard case .values(let tested) = side.selection else { return nil }
            let dots = tested.compactMap { Number($0)?.doubleValue }
            let known = ledger.vocabulary.values(of: name).compactMap { Number($0)?.doubleValue }
            guard dots.count == tested.count, !dots.isEmpty else { return nil }
            let claimed = scope.values(of: name)
            let numbers = claimed?.compactMap { Number($0)?.doubleValue }
            if let claimed, Set(claimed).isSubset(of: tested) || numbers?.count != claimed.count { return nil }
            let row = StripFigure.Row(
                name, conditionLink(name), note: "", [.dashed(numbers?.min(), numbers?.max()), .dots(dots)],
                value: "tested at \(side.valuePhrase)", nil)
            return StripFigure(
                "Claimed beyond what was tested", note: "Circles: tested. Dashed: claimed.",
                heads: ("Condition", "Tested"), rows: [row], including: known)
        }
    }
}

extension ValueSet {
    /// The finite ends of a range.
    var ends: [Double] {
        guard case .interval(let interval) = self else { return [] }
        return [interval.lower, interval.upper].compactMap { $0?.doubleValue }
    }
}

extension Reported {
    /// The data from which the number was computed.
    fileprivate var basisPhrase: String {
        let selection: String? =
            switch selected {
            case .mean: "the mean"
            case .best: "the best of several"
            case .handPicked: "picked by hand"
            case nil: nil
            }
        return [
            selection, seedCount.map { counted($0, "run") }, itemCount.map { counted($0, "item") },
            standardError.map { "standard error \($0)" }, standardDeviation.map { "standard deviation \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}
