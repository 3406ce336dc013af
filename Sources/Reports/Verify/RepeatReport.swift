import Evidence
import Records
import Words

/// Recorded values compared with repeats on this machine.
package struct RepeatReport: Report {
    package struct Line: Sendable {
        package var claim: String
        package var cell: [String: String]
        package var index: Int
        package var control: Bool
        package var recorded: Double?
        package var repeated: Double?
        package var recordedHit: Bool
        package var repeatedHit: Bool
        /// The OpenBLAS core types on which the two values were computed.
        package var recordedCore: String
        package var repeatedCore: String

        /// Whether the doubles are equal, or both runs failed.
        package var isIdentical: Bool { recorded == repeated }
    }

    package var repeats: [Line] = []
    package var receipts: [String] = []
    /// Runs that could not be made, with the reason.
    package var failures: [FailedRun] = []
    /// Runs for which no time was left.
    package var left: Workload

    package static let name = "verify --repeat"
    package static let renderers = [
        Renderer("text", "values side by side, for the terminal", repeatText), Renderer("json", "every run", json),
        Renderer("markdown", "a comment on a pull request", repeatMarkdown),
        Renderer("csv", "one row per run", repeatCSV),
    ]

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

/// Sorts runs by index, core type and receipt, so that the result does not depend on the order of execution.
private func inOrder(_ runs: [RepeatedRun]) -> [RepeatedRun] {
    runs.enumerated().sorted { a, b in
        (a.element.recorded.run.index, a.element.recorded.blasCore, a.offset)
            < (b.element.recorded.run.index, b.element.recorded.blasCore, b.offset)
    }.map(\.element)
}
