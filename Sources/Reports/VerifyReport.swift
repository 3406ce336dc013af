import Evidence
import Records
import Words

/// What `verify` tells: the runs behind each claim and what they decide.
package struct VerifyReport: Sendable {
    package struct RunLine: Sendable {
        package var claim: ClaimID
        package var cell: [String: String]
        package var run: Statement.Run
        /// Of a label, the number that it is read off.
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
    /// Receipts that were written.
    package var receipts: [String] = []
    /// Runs that could not be made, with the reason.
    package var failures: [FailedRun] = []
    /// What the time did not suffice for.
    package var left: Workload
    package var alpha: Double

    /// Counts all recorded runs as they will count once their receipts are on the audit branch.
    package init(_ claims: [AuditedClaim], _ index: RunIndex, left: Workload, alpha: Double) {
        self.left = left
        self.alpha = alpha
        for audited in claims.sorted(by: { $0.claim.id < $1.claim.id }) {
            let rule = audited.verification.hitRule(of: audited.claim)
            var evidence = ClaimEvidence()
            for cell in audited.verification.cells {
                func tally(_ study: Study) -> Count {
                    audited.claim.count(index.outcomes(rule, study, salt: audited.salt), alpha: alpha)
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

/// A run that could not be made: it says nothing of the claim.
package struct FailedRun: Sendable, Encodable {
    /// `superposition-geometry/dimensionality at density 0.3, seed 4`.
    package var run: String
    package var reason: String

    package init(run: String, reason: String) {
        self.run = run
        self.reason = reason
    }

    package var phrase: String { "No run: \(run): \(reason)" }
}

package struct VerifyJSON: Encodable {
    struct RunJSON: Encodable {
        var claim: String
        var cell: [String: String]
        var index: Int
        var seed: String
        var value: OrNull<Double>
        var hit: Bool
        var seconds: Double
        var control: Bool
        var failure: OrNull<String>
    }

    struct VerdictJSON: Encodable {
        var claim: String
        var verdict: Verdict
        var level: Level
        var hits: Int
        var runs: Int
        var evidenceFor: Double
        var evidenceAgainst: Double

        enum CodingKeys: String, CodingKey {
            case claim, verdict, level, hits, runs
            case evidenceFor = "e_for"
            case evidenceAgainst = "e_against"
        }
    }

    struct SkippedJSON: Encodable {
        var claim: String
        var reason: String
    }

    var runs: [RunJSON]
    var verdicts: [VerdictJSON]
    var skipped: [SkippedJSON]
    var receipts: [String]
    var failures: [FailedRun]
    var left: Workload

    package init(_ report: VerifyReport) {
        runs = report.runs.map { line in
            RunJSON(
                claim: line.claim.description, cell: line.cell, index: line.run.index, seed: line.run.seed,
                value: OrNull(line.value), hit: line.isHit, seconds: line.run.seconds, control: line.isControl,
                failure: OrNull(line.run.failure))
        }
        verdicts = report.verdicts.map { line in
            VerdictJSON(
                claim: line.claim.id.description, verdict: line.evidence.verdict, level: line.evidence.level,
                hits: line.evidence.hits, runs: line.evidence.runs, evidenceFor: line.evidence.evidenceFor,
                evidenceAgainst: line.evidence.evidenceAgainst)
        }
        skipped = report.skipped.map { SkippedJSON(claim: $0.claim.description, reason: $0.reason) }
        receipts = report.receipts
        failures = report.failures
        left = report.left
    }
}

/// `verify` for eyes.
package func verifyText(_ report: VerifyReport, style: TextStyle) -> String {
    var lines: [String] = []
    for line in report.verdicts {
        let claim = line.claim
        lines.append(style.bold(style.wrapped("\(claim.id)", indent: 0)))
        lines.append(
            style.wrapped(
                "\(claim.quantity.value) is \(claim.value?.value.phrase ?? "?"), by \(line.verification.measurement.id)",
                indent: 4, first: 2))
        for cell in line.evidence.cells {
            lines.append(style.wrapped(cellText(cell), indent: 4, first: 2))
        }
        lines.append("  \(verdictWord(line.evidence, style: style))")
        if let narrower = narrowerClaim(line.evidence) { lines.append(style.wrapped(narrower, indent: 4, first: 2)) }
    }
    for failure in report.failures { lines.append(style.wrapped(failure.phrase, indent: 4)) }
    if !report.skipped.isEmpty {
        lines.append("Not audited:")
        for (claim, reason) in report.skipped {
            lines.append(style.wrapped("\(claim): \(reason)", indent: 4, first: 2))
        }
    }
    if report.verdicts.isEmpty && report.skipped.isEmpty { lines.append("No claim here can be re-run.") }
    let decided = report.verdicts.flatMap(\.evidence.cells).count {
        $0.count.verdict == .verified || $0.count.verdict == .refuted
    }
    if decided > 0 {
        lines.append("")
        lines.append(
            style.wrapped(
                "\(counted(decided, "verdict")) at alpha \(report.alpha): at most \(fixed(Double(decided) * report.alpha / 2, digits: 2)) wrong ones expected.",
                indent: 0))
    }
    if report.left.runs > 0 {
        let left = "The time did not suffice: at least \(report.left.phrase) are left"
        lines.append(style.wrapped("\(left); the same command goes on from here.", indent: 0))
    }
    if !report.receipts.isEmpty {
        lines.append(
            style.wrapped(
                "\(counted(report.receipts.count, "receipt")) written under Verifiers/; they count once they are committed on the audit branch.",
                indent: 0))
    }
    return lines.joined(separator: "\n") + "\n"
}

/// `density 0.3: 8 of 8 runs hit (E+ …); control refuted: 0 of 8`.
func cellText(_ cell: CellEvidence) -> String {
    let place = cell.cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let count = cell.count
    guard count.runs > 0 else {
        let offered =
            cell.offeredRuns > 0 ? "\(counted(cell.offeredRuns, "run")) offered, none counts yet" : "no run yet"
        return place.isEmpty ? offered : "\(place): \(offered)"
    }
    let scores = "E+ \(fixed(count.evidenceFor, digits: 2)), E- \(fixed(count.evidenceAgainst, digits: 2))"
    var text = "\(count.hits) of \(counted(count.runs, "run")) hit (\(scores))"
    if let control = cell.control, control.runs > 0 {
        text += "; control \(control.verdict.rawValue): \(control.hits) of \(control.runs)"
    }
    return place.isEmpty ? text : "\(place): \(text)"
}

private func verdictWord(_ evidence: ClaimEvidence, style: TextStyle) -> String {
    switch evidence.verdict {
    case .verified: style.green(evidence.level == .verified ? "verified" : "verified, \(evidence.level.rawValue)")
    case .refuted: style.red("refuted")
    case .open: style.yellow("open: more runs needed")
    case .none: style.dim("no run yet")
    }
}

/// What the runs support where they do not support the whole claim.
private func narrowerClaim(_ evidence: ClaimEvidence) -> String? {
    guard evidence.verdict != .verified else { return nil }
    let verified = evidence.cells.filter { $0.count.verdict == .verified }
    guard !verified.isEmpty, !verified.contains(where: \.cell.isEmpty) else { return nil }
    let cells = verified.map {
        $0.cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    return "The runs support the narrower claim at \(cells.joined(separator: "; "))."
}
