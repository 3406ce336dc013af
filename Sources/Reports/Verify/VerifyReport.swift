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
        package var runner: Runner
        package var grade: Grade
    }

    package struct VerdictLine: Sendable {
        package var claim: Claim
        package var evidence: ClaimEvidence
        package var verification: Verification
    }

    /// How the user can make the remaining runs.
    package enum Continuation: Sendable { case sameCommand, newPlan }

    package var runs: [RunLine] = []
    package var verdicts: [VerdictLine] = []
    /// Claims that cannot be audited yet, with the reason.
    package var skipped: [(claim: ClaimID, reason: String)] = []
    /// Claims that were audited, but whose runs count for less than the runner may expect.
    package var remarks: [(claim: ClaimID, reason: String)] = []
    /// The paths of the receipts that were written.
    package var receipts: [String] = []
    /// The reason why the receipts could not be signed. nil if they were signed or there is no key.
    package var signatureProblem: String?
    /// Whether the runner has a key that signs receipts.
    package var isSigned = false
    /// Whether the ledger lists runners.
    package var hasRunners: Bool
    private let auditBranch: String
    /// Disputed runs that were repeated.
    package var settled: [RepeatReport.Line] = []
    /// The number of receipts with disputed runs that this runner cannot settle.
    package var unsettled = 0
    /// Runs that could not be made, with the reason.
    package var failures: [FailedRun] = []
    /// Runs that the claims still need.
    package var left: Workload
    package var continuation = Continuation.sameCommand
    package var alpha: Double

    package static let name = "verify"
    package static let renderers = [
        Renderer("text", "verdicts, for the terminal", verifyText), Renderer("json", "every run", json),
        Renderer("markdown", "a comment on a pull request", verifyMarkdown),
        Renderer("csv", "one row per claim", verifyCSV),
    ]

    /// Whether nothing came of the audit: no receipt was written, although a run failed or each chosen claim was skipped.
    package var isFruitless: Bool {
        receipts.isEmpty && (!failures.isEmpty || verdicts.isEmpty && !skipped.isEmpty)
    }

    /// A sentence that states the number of decided sequences and the expected number of wrong verdicts; nil if no
    /// sequence is decided.
    var decidedSentence: String? {
        let decided = verdicts.flatMap(\.evidence.cells).reduce(0) { $0 + $1.main.decidedSequences }
        guard decided > 0 else { return nil }
        let wrong = fixed(Double(decided) * alpha / 2, digits: 2)
        return "\(counted(decided, "verdict")) at alpha \(alpha): at most \(wrong) expected to be wrong."
    }

    /// Sentences about runs for which no time was left, and about the receipts that were written.
    var closing: [String] {
        var closing: [String] = []
        if left.runs > 0 {
            switch continuation {
            case .sameCommand:
                closing.append("Out of time: at least \(left.phrase) left; run the same command to continue.")
            case .newPlan:
                closing.append("At least \(left.phrase) left; plan them with `arbor-ledger verify --plan FOLDER`.")
            }
        }
        if !receipts.isEmpty {
            closing.append(
                "\(counted(receipts.count, "receipt"))\(isSigned && signatureProblem == nil ? ", signed," : "") written under Verifiers/; they count once they are committed on the audit branch."
            )
        }
        if let signatureProblem { closing.append(unsignedSentence(signatureProblem)) }
        if !hasRunners, verdicts.contains(where: { $0.evidence.evidence == .ownRun }) {
            closing += [
                "Own runs rest on trust in the contributors. To make these claims re-run:",
                "1. `arbor-ledger signers add NAME KEY`: list another person's key on \(auditBranch).",
                "2. `arbor-ledger verify`: that person, in a clone, with that key.",
                "3. `git add Verifiers && git commit`: their receipts, to be merged into \(auditBranch).",
            ]
        }
        if !settled.isEmpty {
            let denied = settled.count { !$0.isIdentical }
            closing.append(
                "\(counted(settled.count, "disputed value")) repeated: \(denied == 0 ? "all are" : "\(settled.count - denied)") as recorded. The verdicts above change once the repeats are committed on the audit branch."
            )
        }
        if unsettled > 0 {
            closing.append(
                "\(counted(unsettled, "receipt")) with disputed runs: a listed runner who did not make them can repeat them on the same kind of platform."
            )
        }
        return closing
    }

    /// Computes verdicts from all recorded runs. `trail` contains the receipts as if they were on the audit branch.
    package init(
        _ claims: [AuditedClaim], _ recorded: RunSequences, _ trail: AuditTrail, _ samples: TraceSamples,
        left: Workload, alpha: Double
    ) {
        self.left = left
        self.alpha = alpha
        hasRunners = trail.signers.hasRunners
        auditBranch = trail.branch ?? LedgerSettings.defaultAuditBranch
        for audited in claims.sorted(by: { $0.claim.id < $1.claim.id }) {
            let audit = ClaimAudit(audited.claim, audited.verification, trail, alpha: alpha)
            for cell in audited.verification.cells {
                for study in cell.studies {
                    for sequence in audit.sequences(study, recorded, trail) {
                        runs += sequence.prefix.map { recorded in
                            RunLine(
                                claim: audited.claim.id, cell: cell.cell, run: recorded.run,
                                value: audit.rule.value(of: recorded.run), isHit: audit.rule.isHit(recorded.run),
                                isControl: study.isControl, runner: sequence.key.runner,
                                grade: audit.grade(sequence, trail))
                        }
                    }
                }
            }
            verdicts.append(
                VerdictLine(
                    claim: audited.claim, evidence: audit.evidence(recorded, trail, samples),
                    verification: audited.verification))
        }
    }
}

/// Says that receipts are not signed, and how to sign them later.
func unsignedSentence(_ problem: String) -> String {
    "Not signed: \(problem). The receipts are kept; sign them later with `arbor-ledger verify --sign`."
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
    /// Says at which cells further runs are hopeless, and what the author can do.
    func outlooks(alpha: Double) -> [String] {
        evidence.cells.compactMap { cell in
            guard cell.verdict == .open, let outlook = claim.outlook(after: cell.count, alpha: alpha) else {
                return nil
            }
            let place = cellSuffix(cell.cell)
            return "\(place.isEmpty ? "" : "\(place.dropFirst()): ")\(outlook)"
        }
    }

    /// The claim in words, such as `dims is 0.45 to 0.55, by toy/dims`.
    var text: String {
        "\(claim.quantity.value) is \(claim.value?.value.phrase ?? "?"), by \(verification.measurement.id)"
    }
}
