import Evidence
import Records
import Words

/// What `verify --repeat` tells: whether recorded runs come out the same here.
package struct RepeatReport: Sendable, Encodable {
    package struct Line: Sendable, Encodable {
        package var claim: String
        package var cell: [String: String]
        package var index: Int
        package var control: Bool
        package var recorded: Double?
        package var repeated: Double?
        package var recordedHit: Bool
        package var repeatedHit: Bool
        /// The OpenBLAS core types that the values come from.
        package var recordedCore: String
        package var repeatedCore: String

        /// The same double, or a failure both times.
        package var isIdentical: Bool { recorded == repeated }

        enum CodingKeys: String, CodingKey {
            case claim, cell, index, control, recorded, repeated
            case recordedHit = "recorded_hit"
            case repeatedHit = "repeated_hit"
            case recordedCore = "recorded_core"
            case repeatedCore = "repeated_core"
        }
    }

    package var repeats: [Line] = []
    package var receipts: [String] = []
    /// Runs that could not be made, with the reason.
    package var failures: [FailedRun] = []
    /// What the time did not suffice for.
    package var left: Workload

    package init(_ claims: [AuditedClaim], _ runs: [RepeatedRun], left: Workload) {
        self.left = left
        let runs = Dictionary(grouping: runs, by: \.study)
        for audited in claims.sorted(by: { $0.claim.id < $1.claim.id }) {
            let rule = audited.verification.hitRule(of: audited.claim)
            for cell in audited.verification.cells {
                for study in [cell.study, cell.control].compactMap(\.self) {
                    let repeats = runs[SaltedStudy(study: study, salt: audited.salt), default: []]
                    for run in inOrder(repeats) {
                        let (old, new) = (run.recorded.run, run.repeated.run)
                        self.repeats.append(
                            Line(
                                claim: audited.claim.id.description, cell: cell.cell, index: old.index,
                                control: study.isControl, recorded: rule.value(of: old),
                                repeated: rule.value(of: new), recordedHit: rule.isHit(old),
                                repeatedHit: rule.isHit(new),
                                recordedCore: run.recorded.blasCore, repeatedCore: run.repeated.blasCore))
                    }
                }
            }
        }
    }
}

/// By seed, core type and receipt, whatever was finished first.
private func inOrder(_ runs: [RepeatedRun]) -> [RepeatedRun] {
    runs.enumerated().sorted { a, b in
        (a.element.recorded.run.index, a.element.recorded.blasCore, a.offset)
            < (b.element.recorded.run.index, b.element.recorded.blasCore, b.offset)
    }.map(\.element)
}

/// `verify --repeat` for eyes.
package func repeatText(_ report: RepeatReport, style: TextStyle) -> String {
    var lines: [String] = []
    var claim: String?
    for line in report.repeats where !line.control {
        if line.claim != claim {
            claim = line.claim
            lines.append(style.bold(line.claim))
        }
        let cell = line.cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let values = "\(numberText(line.recorded)) recorded, \(numberText(line.repeated)) here"
        let word =
            line.isIdentical
            ? style.green("identical")
            : line.recordedHit == line.repeatedHit ? "differs, same verdict" : style.red("flips")
        lines.append("  \(cell.isEmpty ? "" : cell + ", ")seed \(line.index): \(values)  \(word)")
    }
    let identical = report.repeats.count(where: \.isIdentical)
    let flips = report.repeats.count { $0.recordedHit != $0.repeatedHit }
    lines.append("")
    lines.append(
        style.wrapped(
            "\(identical) of \(counted(report.repeats.count, "repeated value")) identical to the last bit (controls included); \(flips == 0 ? "no hit flips" : "\(counted(flips, "hit")) flipped").",
            indent: 0))
    for ((recorded, here), count) in foreignRuns(report) {
        lines.append(
            style.wrapped(
                "\(counted(count, "value")) recorded on \(recorded), which this machine cannot run: repeated on \(here).",
                indent: 0))
    }
    for failure in report.failures { lines.append(style.wrapped(failure.phrase, indent: 4, first: 0)) }
    if report.left.runs > 0 {
        lines.append(style.wrapped("The time did not suffice for \(report.left.phrase).", indent: 0))
    }
    if !report.receipts.isEmpty {
        lines.append("\(counted(report.receipts.count, "receipt")) of this other platform written.")
    }
    return lines.joined(separator: "\n") + "\n"
}

/// Core types that were asked for and not to be had, with what took their place.
private func foreignRuns(_ report: RepeatReport) -> [((recorded: String, here: String), count: Int)] {
    let foreign = report.repeats.filter { $0.recordedCore != $0.repeatedCore }
    return Dictionary(grouping: foreign) { [$0.recordedCore, $0.repeatedCore] }
        .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        .map { ((recorded: $0.key[0], here: $0.key[1]), count: $0.value.count) }
}

private func numberText(_ value: Double?) -> String {
    value.map { fixed($0, digits: 6) } ?? "no value"
}
