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
        /// The name of the repeated receipt.
        package var receipt: String
        /// The person who made the recorded run.
        package var runBy: String
        /// Whether the recorded run and its repeat must agree to the last bit, because their platforms are of one kind.
        package var mustAgree: Bool
        /// Whether the kernel repeats every bit, and not only hits.
        package var repeatsBytes: Bool
        /// Whether all values of the two runs agree to the last bit, not only those of the claim's quantity.
        package var isIdentical: Bool
    }

    package var repeats: [Line] = []
    package var receipts: [String] = []
    /// The reason why the receipts could not be signed. nil if they were signed or there is no key.
    package var signatureProblem: String?
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

    /// `nameRunner` returns the runner of a receipt, for the reader.
    package init(
        _ claims: [AuditedClaim], _ runs: [RepeatedRun], left: Workload,
        nameRunner: (Receipt) -> String = { $0.predicate.runBy }
    ) {
        self.left = left
        let runs = Dictionary(grouping: runs, by: \.recorded.receipt.study)
        for audited in claims.sorted(by: { $0.claim.id < $1.claim.id }) {
            let rule = audited.verification.hitRule(of: audited.claim)
            for cell in audited.verification.cells {
                for study in cell.studies {
                    for run in inOrder(runs[study] ?? []) {
                        let (old, new) = (run.recorded.run, run.repeated)
                        self.repeats.append(
                            Line(
                                claim: audited.claim.id.description, cell: cell.cell, index: old.index,
                                control: study.isControl, recorded: rule.value(of: old),
                                repeated: rule.value(of: new), recordedHit: rule.isHit(old),
                                repeatedHit: rule.isHit(new), recordedCore: run.recorded.platform.phrase,
                                repeatedCore: PlatformKind(run.platform).phrase, receipt: run.recorded.receipt.name,
                                runBy: nameRunner(run.recorded.receipt), mustAgree: run.mustAgree,
                                repeatsBytes: run.repeatsBytes,
                                isIdentical: run.agrees
                                    && (run.repeatsBytes || rule.isHit(old) == rule.isHit(new))))
                    }
                }
            }
        }
    }

    /// A sentence for each receipt that a repeat on the same kind of platform contradicts.
    package var contradictions: [String] {
        Dictionary(grouping: repeats.filter { $0.mustAgree && !$0.isIdentical }, by: \.receipt)
            .sorted { $0.key < $1.key }
            .map { receipt, lines in
                let indices = Set(lines.map(\.index)).sorted()
                return
                    "receipt \(receipt.prefix(12)) by \(lines[0].runBy) is contradicted: \(counted(indices.count, "seed")) gave other values on the same kind of platform (first: seed \(indices[0]))"
            }
    }
}

/// Sorts runs by index, core type and receipt, so that the result does not depend on the order of execution.
private func inOrder(_ runs: [RepeatedRun]) -> [RepeatedRun] {
    runs.sorted { a, b in
        (a.recorded.run.index, a.recorded.platform, a.recorded.receipt.name)
            < (b.recorded.run.index, b.recorded.platform, b.recorded.receipt.name)
    }
}
