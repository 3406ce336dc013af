import Evidence
import Records
import Words

/// The runs and verdicts of each claim.
package struct VerifyReport: Report {
    package struct RunLine: Sendable {
        package var claim: ClaimID
        package var cell: [String: String]
        package var run: Statement.Run
        /// The measured number, even if the claim is about a label.
        package var value: Double?
        package var isHit: Bool
        package var isControl: Bool
    }

    package struct VerdictLine: Sendable {
        package var claim: Claim
        package var evidence: ClaimEvidence
        package var verification: Verification
    }

    package var runs: [RunLine] = []
    package var verdicts: [VerdictLine] = []
    /// Claims that cannot be audited yet, with the reason.
    package var skipped: [(claim: ClaimID, reason: String)] = []
    /// The paths of the receipts that were written.
    package var receipts: [String] = []
    /// Runs that could not be made, with the reason.
    package var failures: [FailedRun] = []
    /// Runs for which no time was left.
    package var left: Workload
    package var alpha: Double

    package static let name = "verify"
    package static let renderers = [
        Renderer("text", "verdicts, for the terminal", verifyText), Renderer("json", "every run", json),
        Renderer("markdown", "a comment on a pull request", verifyMarkdown),
        Renderer("csv", "one row per claim", verifyCSV),
    ]

    /// A sentence that states the number of decided cells and the expected number of wrong verdicts; nil if no cell is
    /// decided.
    var decidedSentence: String? {
        let decided = verdicts.flatMap(\.evidence.cells).count(where: \.count.isDecided)
        guard decided > 0 else { return nil }
        let wrong = fixed(Double(decided) * alpha / 2, digits: 2)
        return "\(counted(decided, "verdict")) at alpha \(alpha): at most \(wrong) expected to be wrong."
    }

    /// Sentences about runs for which no time was left, and about the receipts that were written.
    var closing: [String] {
        var closing: [String] = []
        if left.runs > 0 {
            closing.append(
                "Out of time: at least \(left.phrase) left; run the same command to continue.")
        }
        if !receipts.isEmpty {
            closing.append(
                "\(counted(receipts.count, "receipt")) written under Verifiers/; they count once they are committed on the audit branch."
            )
        }
        return closing
    }

    /// Computes verdicts from all recorded runs, as if their receipts were on the audit branch.
    package init(_ claims: [AuditedClaim], _ index: RunIndex, left: Workload, alpha: Double) {
        self.left = left
        self.alpha = alpha
        for audited in claims.sorted(by: { $0.claim.id < $1.claim.id }) {
            let rule = audited.verification.hitRule(of: audited.claim)
            var evidence = ClaimEvidence()
            for cell in audited.verification.cells {
                func tally(_ study: Study) -> Count {
                    index.count(audited.claim, rule, study, salt: audited.salt, alpha: alpha)
                }
                evidence.cells.append(
                    CellEvidence(
                        cell: cell.cell, count: tally(cell.study), control: cell.control.map(tally), offeredRuns: 0))
                runs += lines(audited, cell, cell.study, index)
                if let control = cell.control { runs += lines(audited, cell, control, index) }
            }
            evidence.decide()
            verdicts.append(VerdictLine(claim: audited.claim, evidence: evidence, verification: audited.verification))
        }
    }

    private func lines(_ audited: AuditedClaim, _ cell: StudiedCell, _ study: Study, _ index: RunIndex) -> [RunLine] {
        let rule = audited.verification.hitRule(of: audited.claim)
        return index.prefix(of: study, salt: audited.salt).compactMap(\.first).map { run in
            RunLine(
                claim: audited.claim.id, cell: cell.cell, run: run, value: rule.value(of: run),
                isHit: rule.isHit(run), isControl: study.isControl)
        }
    }
}

/// A run that could not be made. It is no evidence about the claim.
package struct FailedRun: Sendable {
    /// The description of the run, such as `superposition-geometry/dimensionality at density 0.3, seed 4`.
    package var run: String
    package var reason: String

    package init(run: String, reason: String) {
        self.run = run
        self.reason = reason
    }

    package var phrase: String { "No run: \(run): \(reason)" }
}

extension VerifyReport.VerdictLine {
    /// The claim in words, such as `dims is 0.45 to 0.55, by toy/dims`.
    var text: String {
        "\(claim.quantity.value) is \(claim.value?.value.phrase ?? "?"), by \(verification.measurement.id)"
    }
}
