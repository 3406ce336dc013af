import Checking
import KernelInterface
import Records
import Words

/// The degree to which runs support a claim.
package enum Level: String, Sendable, Codable, Comparable, CaseIterable {
    case reported, verified, controlled, replicated

    package static func < (a: Level, b: Level) -> Bool {
        a.rank < b.rank
    }

    private var rank: Int {
        switch self {
        case .reported: 0
        case .verified: 1
        case .controlled: 2
        case .replicated: 3
        }
    }
}

/// The verdict of the runs at one tested cell.
package struct CellEvidence: Sendable {
    package var cell: [String: String]
    package var count: Count
    package var control: Count?
    /// The number of runs that would count if their receipts were on the audit branch.
    package var offeredRuns: Int

    package init(cell: [String: String], count: Count, control: Count? = nil, offeredRuns: Int) {
        self.cell = cell
        self.count = count
        self.control = control
        self.offeredRuns = offeredRuns
    }
}

/// The verdict of the runs on one claim.
package struct ClaimEvidence: Sendable {
    package var verdict: Verdict = .none
    package var level: Level = .reported
    package var cells: [CellEvidence] = []
    /// Whether a contributor of the finding made a receipt that counts.
    package var isSelfAudited = false
    /// Whether the salt could not be checked because the history is shallow.
    package var isSaltUnchecked = false
    /// The version of the claim and its verifier, counted from 1. Each version starts a new audit.
    package var version = 1

    package var hits: Int { cells.reduce(0) { $0 + $1.count.hits } }
    package var runs: Int { cells.reduce(0) { $0 + $1.count.runs } }
    /// The number of counted runs whose training diverged.
    package var diverged: Int { cells.reduce(0) { $0 + $1.count.diverged } }
    /// Whether there is a cell at which every training diverged, so that its runs are no evidence.
    package var isVoid: Bool { cells.contains(where: \.count.isVoid) }
    package var offeredRuns: Int { cells.reduce(0) { $0 + $1.offeredRuns } }
    /// The evidence for the claim at the cell where this evidence is smallest.
    package var evidenceFor: Double { cells.map(\.count.evidenceFor).min() ?? 1 }
    /// The evidence against the claim at the cell where this evidence is largest.
    package var evidenceAgainst: Double { cells.map(\.count.evidenceAgainst).max() ?? 1 }

    package init() {}
}

/// All evidence in a ledger, recomputed from its receipts.
package struct Evidence: Sendable {
    package var claims: [ClaimID: ClaimEvidence] = [:]
    /// The receipts that do not count, with the reasons. They are reported and never deleted.
    package var stale: [(receipt: Receipt, reason: String)] = []
    package var alpha = defaultAlpha
    /// The counted runs.
    var runs = RunIndex([])
    /// For each quantity, the studies that measure it and have counted runs for claims in the merge.
    package var studies: [String: [Study: AuditedStudy]] = [:]

    package init() {}

    package subscript(claim: ClaimID) -> ClaimEvidence {
        claims[claim] ?? ClaimEvidence()
    }

    /// An upper bound of the expected number of wrong verdicts: alpha/2 for each decided cell.
    package var expectedWrongVerdicts: Double {
        let decided = claims.values.flatMap(\.cells).count(where: \.count.isDecided)
        return Double(decided) * alpha.doubleValue / 2
    }
}

/// Recomputes every verdict from the receipts that count.
package func recomputeEvidence(_ ledger: CheckedLedger, trail: AuditTrail, settings: LedgerSettings) -> Evidence {
    var evidence = Evidence()
    evidence.alpha = settings.alpha
    let runnable = RunnableDigests(ledger)
    let receipts = ledger.state.receipts.filter { runnable.mismatch(of: $0) == nil }
    let counted = receipts.filter { trail.receipts.contains($0.name) }
    let all = RunIndex(receipts)
    let countedRuns = RunIndex(counted)
    evidence.runs = countedRuns
    let leftOut = ledger.exclusionReasons
    var usedStudies: Set<SaltedStudy> = []
    for (finding, claims) in ledger.verifiableClaims() {
        for (claim, verification) in claims {
            var result = ClaimEvidence()
            let audit = verification.auditDigest(of: claim)
            result.version = trail.version(of: claim.id, audit: audit)
            result.isSaltUnchecked = trail.isShallow
            let salt = trail.isShallow ? nil : trail.salts[audit]
            for cell in verification.cells {
                let studies = [cell.study, cell.control].compactMap(\.self)
                // A full history determines the salt. With a shallow history, the salt of the receipts is used and
                // marked as unchecked.
                let cellSalt =
                    salt
                    ?? (trail.isShallow
                        ? countedRuns.mostUsedSalt(of: cell.study) ?? all.mostUsedSalt(of: cell.study) : nil)
                for study in studies {
                    if let cellSalt { usedStudies.insert(SaltedStudy(study: study, salt: cellSalt)) }
                }
                if let cellSalt, leftOut[finding.slug] == nil { evidence.note(cell, verification, salt: cellSalt) }
                result.cells.append(
                    cellEvidence(
                        claim, verification.hitRule(of: claim), cell, salt: cellSalt, counted: countedRuns, all: all,
                        alpha: settings.alpha.doubleValue))
                result.isSelfAudited =
                    result.isSelfAudited
                    || cellSalt.map { !countedRuns.runners(cell.study, $0).isDisjoint(with: finding.contributors) }
                        ?? false
            }
            result.decide()
            evidence.claims[claim.id] = result
        }
    }
    markReplicated(ledger, &evidence)
    evidence.stale = ledger.state.receipts.compactMap { receipt in
        (runnable.mismatch(of: receipt) ?? staleness(of: receipt, trail, usedStudies)).map { (receipt, $0) }
    }
    return evidence
}

extension CheckedLedger {
    /// Returns the claims that a kernel can re-run, except those of planned findings. Most findings have no such claim.
    fileprivate func verifiableClaims() -> [(finding: Finding, claims: [(Claim, Verification)])] {
        guard !state.measurements.isEmpty else { return [] }
        let verifiers = VerifierSet(models: state.models, measurements: state.measurements, kernels: kernels)
        return findings.chunks(of: 1_000).concurrentMap { findings in
            findings.compactMap { finding in
                guard !finding.isPlanned else { return nil }
                let claims = finding.claims.compactMap { claim in verifiers.verification(of: claim).map { (claim, $0) }
                }
                return claims.isEmpty ? nil : (finding, claims)
            }
        }.flatMap(\.self)
    }
}

private func cellEvidence(
    _ claim: Claim, _ rule: HitRule, _ cell: StudiedCell, salt: String?, counted: RunIndex, all: RunIndex,
    alpha: Double
) -> CellEvidence {
    func tally(_ study: Study, _ index: RunIndex) -> Count {
        guard let salt else { return claim.count([], alpha: alpha) }
        return index.count(claim, rule, study, salt: salt, alpha: alpha)
    }
    let now = tally(cell.study, counted)
    return CellEvidence(
        cell: cell.cell, count: now, control: cell.control.map { tally($0, counted) },
        offeredRuns: max(0, tally(cell.study, all).runs - now.runs))
}

extension ClaimEvidence {
    /// Decides the verdict and the level of the claim. The claim is verified if it is verified at every tested cell,
    /// and refuted if it is refuted at one of them. A verified claim is controlled if every control is refuted.
    package mutating func decide() {
        let verdicts = cells.map(\.count.conclusion)
        if verdicts.contains(.refuted) {
            verdict = .refuted
        } else if !verdicts.isEmpty && verdicts.allSatisfy({ $0 == .verified }) {
            verdict = .verified
        } else {
            verdict = verdicts.allSatisfy { $0 == .none } ? .none : .open
        }
        guard verdict == .verified else { return }
        level = cells.allSatisfy { $0.control?.conclusion == .refuted } ? .controlled : .verified
    }
}

/// Marks a controlled claim as replicated if other contributors confirm it with another kernel at the same cell. The
/// toy models may differ.
private func markReplicated(_ ledger: CheckedLedger, _ evidence: inout Evidence) {
    var controlled: [String: [(claim: Claim, finding: Finding, kernel: String?)]] = [:]
    for (id, result) in evidence.claims where result.level == .controlled {
        guard let finding = ledger.state.findings[id.slug], let claim = ledger.state.claim(id) else { continue }
        controlled[claim.quantity.value, default: []].append(
            (claim, finding, ledger.verification(of: claim)?.kernel.name))
    }
    func otherSides(_ claim: Claim) -> [Box.Side] {
        claim.tested.sides.filter { $0.condition.value != Condition.model }
    }
    for group in controlled.values where group.count > 1 {
        for (claim, finding, kernel) in group {
            let isConfirmed = group.contains { other, otherFinding, otherKernel in
                guard let value = claim.value?.value, let otherValue = other.value?.value else { return false }
                return kernel != otherKernel && value.contains(otherValue) && otherSides(claim) == otherSides(other)
                    && Set(finding.contributors).isDisjoint(with: otherFinding.contributors)
            }
            if isConfirmed { evidence.claims[claim.id]?.level = .replicated }
        }
    }
}

/// The digests by which receipts name toy models and measurements.
private struct RunnableDigests {
    /// The toy models, by the digest in receipts.
    private var models: [String: [ToyModel]] = [:]
    private let measurements: Set<String>

    init(_ ledger: CheckedLedger) {
        for model in ledger.state.models.values {
            guard let kernel = ledger.kernels.first(where: { $0.name == model.kernel.value }) else { continue }
            models[model.digest(kernel), default: []].append(model)
        }
        measurements = Set(ledger.state.measurements.values.map(\.digest))
    }

    /// Returns the reason why a receipt matches no current toy model or measurement. Returns nil if it matches.
    func mismatch(of receipt: Receipt) -> String? {
        guard let models = models[receipt.modelDigest] else {
            return "no toy model has the configuration and kernel version that it ran"
        }
        guard models.contains(where: { $0.slug == receipt.folder && $0.kernel.value == receipt.predicate.kernel.name })
        else { return "its folder names another toy model or kernel than it ran" }
        guard measurements.contains(receipt.measurementDigest) else {
            return "no measurement matches what it measured"
        }
        return nil
    }
}

private func staleness(of receipt: Receipt, _ trail: AuditTrail, _ used: Set<SaltedStudy>) -> String? {
    // Without an audit branch or its full history, salts cannot be checked.
    guard trail.branch != nil, !trail.isShallow else { return nil }
    let salt = receipt.predicate.salt
    guard trail.commits.contains(salt) else {
        let (commit, branch) = ("its salt, commit \(salt.prefix(12)),", trail.branch ?? "")
        return trail.saltsOffFirstParent.contains(salt)
            ? "\(commit) is in the history of \(branch) but not on its first-parent line, where salts come from"
            : "\(commit) is not in the history of \(branch)"
    }
    let study = SaltedStudy(study: receipt.study, salt: salt)
    return used.contains(study) ? nil : "the claim or toy model that it was made for has changed or was removed"
}

/// Returns notes on claims without counted runs and on receipts that do not count.
package func evidenceNotes(_ ledger: CheckedLedger, _ evidence: Evidence) -> [Diagnostic] {
    var notes: [Diagnostic] = []
    for (id, result) in evidence.claims where result.verdict == .none {
        if let finding = ledger.state.findings[id.slug], finding.isActive, let claim = ledger.state.claim(id) {
            let offered = result.offeredRuns
            notes.append(
                Diagnostic(
                    .unverified, path: finding.path, mark: claim.mark,
                    message: offered > 0
                        ? "\(counted(offered, "run")) offered, and none counts yet"
                        : "this claim can be re-run, but no run counts yet",
                    fix: offered > 0
                        ? "merge their receipts into the audit branch" : "run `arbor-ledger verify \(finding.slug)`"))
        }
    }
    for (receipt, reason) in evidence.stale {
        notes.append(
            Diagnostic(
                .staleReceipt, path: receipt.path, mark: .fileStart, message: reason,
                fix: "run `arbor-ledger verify` for new receipts"))
    }
    return notes
}

extension Receipt {
    package var study: Study {
        Study(
            modelDigest: modelDigest, measurementDigest: measurementDigest, settings: predicate.settings,
            isControl: predicate.isControl)
    }

    package var path: String { RecordPlace.receipt(model: folder, name: name).path }
}

extension Diagnostic.Code {
    package static let staleReceipt = Self(
        "stale-receipt", .note, "A receipt no longer matches its toy model, measurement or claim.")

    package static let ofEvidence = [staleReceipt]
}
