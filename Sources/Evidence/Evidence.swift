import Checking
import KernelInterface
import Records
import Signatures
import Words

/// The verdict of the runs at one tested cell.
package struct CellEvidence: Sendable {
    package var cell: [String: String]
    package var main: StudyVerdict
    package var control: StudyVerdict?
    /// The number of runs that would count if their receipts were on the audit branch.
    package var offeredRuns: Int
    /// The annotated traces that the ledger lacks for the fewest runs that could decide the claim here. nil if it lacks
    /// none.
    package var missingTraces: TraceShortage?

    package init(
        cell: [String: String], main: StudyVerdict, control: StudyVerdict? = nil, offeredRuns: Int,
        missingTraces: TraceShortage? = nil
    ) {
        self.missingTraces = missingTraces
        self.cell = cell
        self.main = main
        self.control = control
        self.offeredRuns = offeredRuns
    }

    package var count: Count { main.count }
    package var verdict: Verdict { main.verdict }

    /// Whether the control passes as well, by runs of no lower grade. The claim then says nothing about what the network
    /// learned.
    package var isUninformative: Bool {
        guard verdict == .verified, control?.verdict == .verified, let main = main.grade, let control = control?.grade
        else { return false }
        return control >= main
    }

    /// The evidence for the claim at this cell.
    package var level: EvidenceLevel {
        guard verdict == .verified, !isUninformative else { return .reported }
        guard main.grade == .independent else { return .ownRun }
        return control?.verdict == .refuted && control?.grade == .independent ? .controlled : .reRun
    }

    /// The rank of the claim at this cell. If runs refuted the claim, this is the rank of its complement.
    package var rank: Int {
        verdict == .refuted ? (main.grade == .independent ? EvidenceLevel.reRun : .ownRun).rank : level.rank
    }
}

/// The verdict of the runs on one claim.
package struct ClaimEvidence: Sendable {
    package var verdict: Verdict = .none
    package var level: Level = .reported
    /// The level of evidence for the claim.
    package var evidence: EvidenceLevel = .reported
    package var cells: [CellEvidence] = []
    /// The runners who also contributed to the toy model.
    package var builders: [String] = []
    /// What earlier runs show about the claim, if it has no runs of its own.
    package var pastRuns: [PastRuns] = []
    /// Whether the salt could not be checked because the history is shallow.
    package var isSaltUnchecked = false
    /// The version of the claim and its verifier, counted from 1. Each version starts a new audit.
    package var version = 1

    /// The number of runs whose runner is listed, or that entered before the ledger listed runners.
    package var accountableRuns: Int {
        cells.reduce(0) { sum, cell in
            sum + (cell.main.sequences.contains { $0.grade > .unlisted } ? cell.count.runs : 0)
        }
    }
    package var hits: Int { cells.reduce(0) { $0 + $1.count.hits } }
    package var runs: Int { cells.reduce(0) { $0 + $1.count.runs } }
    /// The number of counted runs whose training diverged.
    package var diverged: Int { cells.reduce(0) { $0 + $1.count.diverged } }
    /// Whether there is a cell at which every training diverged, so that its runs are no evidence.
    package var isVoid: Bool { cells.contains(where: \.main.isVoid) }
    package var offeredRuns: Int { cells.reduce(0) { $0 + $1.offeredRuns } }
    /// The evidence for the claim at the cell where this evidence is smallest.
    package var evidenceFor: Double { cells.map(\.count.evidenceFor).min() ?? 1 }
    /// The evidence against the claim at the cell where this evidence is largest.
    package var evidenceAgainst: Double { cells.map(\.count.evidenceAgainst).max() ?? 1 }

    /// Whether the claim is verified although its control passes as well. It then counts as reported.
    package var isUninformative: Bool { verdict == .verified && cells.contains(where: \.isUninformative) }
    /// Whether runs of the claim or its control contradict each other, and repeats have not settled which runs are
    /// right.
    package var isDisputed: Bool {
        cells.flatMap { [$0.main, $0.control].compactMap(\.self) }.contains { $0.verdict == .split || $0.isTied }
    }
    /// Whether the runs of an independent runner decide the claim.
    package var isIndependent: Bool {
        switch verdict {
        case .verified: evidence >= .reRun
        case .refuted: cells.contains { $0.verdict == .refuted && $0.main.grade == .independent }
        case .split, .open, .none: false
        }
    }
    /// The largest shortage of annotated traces at a cell.
    package var missingTraces: TraceShortage? {
        cells.compactMap(\.missingTraces).max { $0.needed - $0.present < $1.needed - $1.present }
    }
    /// Whether the runs refuted every control.
    package var isControlRefuted: Bool { !cells.isEmpty && cells.allSatisfy { $0.control?.verdict == .refuted } }
    /// The listed principals whose runs count for the verdict, sorted.
    package var runners: [String] {
        let principals = cells.flatMap { $0.main.deciding }.compactMap { sequence -> String? in
            if case .listed(let principal) = sequence.key.runner { principal } else { nil }
        }
        return Set(principals).sorted()
    }

    package init() {}
}

/// All evidence in a ledger, recomputed from its receipts.
package struct Evidence: Sendable {
    package var claims: [ClaimID: ClaimEvidence] = [:]
    /// The receipts that do not count, with the reasons. They are reported and never deleted.
    package var stale: [(receipt: Receipt, reason: String)] = []
    package var alpha = defaultAlpha
    /// The keys that the ledger lists.
    package var signers = Signers()
    /// Whether runs of contributors' kernels without a sandbox count.
    package var countsUnsandboxedRuns = false
    /// The counted runs.
    package var runs = RunSequences()
    /// Receipts that count although their runs decide nothing, with the reasons.
    package var useless: [(receipt: Receipt, reason: String, remedy: String)] = []
    /// For each quantity, the studies that measure it and have counted runs for claims in the merge.
    package var studies: [String: [Study: AuditedStudy]] = [:]

    package init() {}

    package subscript(claim: ClaimID) -> ClaimEvidence {
        claims[claim] ?? ClaimEvidence()
    }

    /// Whether the salts of counted runs could not be checked because the history is shallow.
    package var isSaltUnchecked: Bool { claims.values.contains { $0.isSaltUnchecked && $0.runs > 0 } }

    /// The number of decided sequences of runs.
    package var decidedSequences: Int {
        claims.values.reduce(0) { $0 + $1.cells.reduce(0) { $0 + $1.main.decidedSequences } }
    }

    /// An upper bound of the expected number of wrong verdicts: alpha/2 for each decided sequence.
    package var expectedWrongVerdicts: Double { Double(decidedSequences) * alpha.doubleValue / 2 }
}

/// Recomputes every verdict from the receipts that count.
package func recomputeEvidence(_ ledger: CheckedLedger, trail: AuditTrail, settings: LedgerSettings) -> Evidence {
    var evidence = Evidence()
    evidence.alpha = settings.alpha
    evidence.signers = trail.signers
    evidence.countsUnsandboxedRuns = trail.countsUnsandboxedRuns
    let runnable = RunnableDigests(ledger)
    let receipts = ledger.state.receipts.filter { runnable.mismatch(of: $0) == nil }
    let samples = TraceSamples(ledger, trail)
    let counted = RunSequences(receipts, trail, samples)
    var offering = trail
    offering.arrive(ledger.state)
    let all = RunSequences(receipts, offering, samples)
    evidence.runs = counted
    let outvoted = counted.outvotedReceipts
    let history = RunHistory(
        ledger.state.receipts.filter {
            trail.entry(of: $0) != nil && trail.contains(commit: $0.predicate.salt) && !outvoted.contains($0.name)
                && trail.isAccountable($0)
        })
    let leftOut = ledger.exclusionReasons
    var used: Set<SeededStudy> = []
    // For each study, the runners whose runs decide something.
    var graded: [Study: Set<Runner>] = [:]
    for (finding, claims) in ledger.verifiableClaims() {
        for (claim, verification) in claims {
            let audit = ClaimAudit(claim, verification, trail, alpha: settings.alpha.doubleValue)
            var result = audit.evidence(counted, trail, samples)
            for (number, cell) in verification.cells.enumerated() {
                for study in cell.studies {
                    for sequence in audit.sequences(study, all, offering) {
                        used.insert(SeededStudy(study: study, seeds: sequence.key.seeds))
                        if audit.grade(sequence, offering) > .unnamed {
                            graded[study, default: []].insert(sequence.key.runner)
                        }
                    }
                }
                if leftOut[finding.slug] == nil {
                    evidence.note(cell, verification, audit.sequences(cell.study, counted, trail))
                }
                let offered = audit.verdict(cell.study, all, offering).count.runs
                result.cells[number].offeredRuns = max(0, offered - result.cells[number].count.runs)
            }
            if result.verdict == .none {
                result.pastRuns = history.runs(for: claim, verification, alpha: settings.alpha.doubleValue)
            }
            evidence.claims[claim.id] = result
        }
    }
    markReplicated(ledger, &evidence)
    evidence.stale = ledger.state.receipts.compactMap { receipt in
        // Reports have a separate remark for these runs.
        guard !outvoted.contains(receipt.predicate.repeats ?? receipt.name) else { return nil }
        return (runnable.mismatch(of: receipt) ?? samples.mismatch(of: receipt) ?? staleness(of: receipt, trail, used))
            .map { (receipt, $0) }
    }
    let stale = Set(evidence.stale.map(\.receipt.name))
    evidence.useless = receipts.compactMap { receipt in
        guard !stale.contains(receipt.name), !outvoted.contains(receipt.name) else { return nil }
        return trail.obstacle(to: receipt, graded: graded[receipt.study] ?? []).map { (receipt, $0.reason, $0.remedy) }
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

extension ClaimEvidence {
    /// Decides the verdict and the level of the claim. The claim is verified if it is verified at every tested cell,
    /// and refuted if it is refuted at one of them.
    package mutating func decide() {
        let verdicts = cells.map(\.verdict)
        if verdicts.contains(.refuted) {
            verdict = .refuted
        } else if verdicts.contains(.split) {
            verdict = .split
        } else if !verdicts.isEmpty && verdicts.allSatisfy({ $0 == .verified }) {
            verdict = .verified
        } else {
            verdict = verdicts.allSatisfy { $0 == .none } ? .none : .open
        }
        guard verdict == .verified else { return }
        level = isControlRefuted ? .controlled : .verified
        evidence = cells.map(\.level).min() ?? .reported
    }
}

/// Marks a controlled claim as replicated if other contributors confirm it with another kernel at the same cell. The
/// toy models may differ.
private func markReplicated(_ ledger: CheckedLedger, _ evidence: inout Evidence) {
    for id in replicated(ledger, evidence, where: { $0.level == .controlled }) {
        evidence.claims[id]?.level = .replicated
    }
    for id in replicated(ledger, evidence, where: { $0.evidence == .controlled }) {
        evidence.claims[id]?.evidence = .replicated
    }
}

private func replicated(
    _ ledger: CheckedLedger, _ evidence: Evidence, where isControlled: (ClaimEvidence) -> Bool
) -> [ClaimID] {
    var controlled: [String: [(claim: Claim, finding: Finding, kernel: String?)]] = [:]
    var replicated: [ClaimID] = []
    for (id, result) in evidence.claims where isControlled(result) {
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
                    && ClaimContributors(finding.contributors).areApart(
                        from: ClaimContributors(otherFinding.contributors))
            }
            if isConfirmed { replicated.append(claim.id) }
        }
    }
    return replicated
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

private func staleness(of receipt: Receipt, _ trail: AuditTrail, _ used: Set<SeededStudy>) -> String? {
    // Without an audit branch or its full history, salts cannot be checked.
    guard trail.branch != nil, !trail.isShallow else { return nil }
    let salt = receipt.predicate.salt
    guard trail.contains(commit: salt) else {
        let (commit, branch) = ("its salt, commit \(salt.prefix(12)),", trail.branch ?? "")
        return trail.saltsOffFirstParent.contains(salt)
            ? "\(commit) is in the history of \(branch) but not on its first-parent line, where salts come from"
            : "\(commit) is not in the history of \(branch)"
    }
    return used.contains(SeededStudy(study: receipt.study, seeds: receipt.seeds))
        ? nil : "the claim or toy model that it was made for has changed or was removed"
}

extension Receipt {
    package var study: Study {
        Study(
            modelDigest: modelDigest, measurementDigest: measurementDigest, settings: predicate.settings,
            isControl: predicate.isControl)
    }
}
