import Evidence
import Git
import Kernels
import Records
import Reports
import Words

/// One call of `verify`: the ledger, the claims and the person who runs them.
struct AuditSession {
    let loaded: LoadedLedger
    /// The audit branch with the receipts of the work tree, as if they had entered it.
    let trail: AuditTrail
    let selection: VerifySelection
    let runner: AuditRunner
    let workspace: Workspace
    let store: RunStore
    /// The traces on the audit branch. Traces that are only in the work tree are not measured.
    let samples: TraceSamples

    /// The data on which the next step depends.
    var surroundings: VerifySurroundings {
        get throws {
            let repository = try workspace.repository()
            let branch = try repository.headBranch()
            return VerifySurroundings(
                command: (["arbor-ledger"] + workspace.commandLine.map(shellQuoted)).joined(separator: " "),
                hasUncommitted: try selection.claims.contains {
                    try workspace.uncommittedReceipts(of: "\($0.claim.id)", loaded) > 0
                },
                branch: branch, auditBranch: trail.branch ?? LedgerSettings.defaultAuditBranch,
                remote: branch.flatMap(repository.pushRemote))
        }
    }

    private var receipts: [Receipt] { loaded.ledger.state.receipts }
    private var alpha: Double { loaded.settings.alpha.doubleValue }

    /// The claims of one audit, with the person whose seeds they have.
    struct PreparedClaims {
        var runner: AuditRunner
        var claims: [AuditedClaim]
        var skipped: [(claim: ClaimID, reason: String)]
        var remarks: [(claim: ClaimID, reason: String)]
    }

    /// The runs that prepared claims need.
    struct PlannedAudit {
        var studies: [StudyToRun]
        var recorded: RunSequences
        /// Runs that have finished and are in no receipt.
        var saved: [(run: PlannedRun, finished: FinishedRun)]
        /// Further results of other machines, in groups with at most one result of each run. They get receipts, but do not
        /// belong to the sequences of the plan.
        var others: [[(run: PlannedRun, finished: FinishedRun)]] = []
        var plan: AuditPlan
    }

    /// Makes the runs that no receipt records. Then repeats the disputed runs of the claims, if this runner can settle
    /// them. `again` tells whether claims are run that others have decided at this runner's grade.
    func audit(_ auditor: Auditor, settlingWith repeater: Auditor, again: Bool) async throws -> VerifyReport {
        var (claims, skipped) = (selection.claims, selection.skipped)
        let platforms = try await KernelPlatforms(auditor.executor, &claims, &skipped, samples)
        let prepared = try await prepare(claims, skipped, on: platforms)
        let saved = store.runs(of: studiesToRun(prepared.claims, samples), on: { platforms[$0] })
        var planned = plan(
            prepared, on: platforms, saved: saved, again: again, isCached: auditor.networks.isCached)
        if !planned.saved.isEmpty, !auditor.isQuiet {
            writeError("resumes after \(counted(planned.saved.count, "finished run"))\n")
        }
        let audit = try await auditor.execute(planned.plan)
        planned.plan = audit.plan
        planned.saved += audit.finished
        var (result, recorded) = try await conclude(
            prepared, planned, failures: audit.failures, cores: auditor.workers)
        let settled = try await settle(prepared.claims, recorded, on: platforms, repeater)
        result.settled = settled.lines
        result.unsettled = settled.left
        result.receipts += settled.written.map(\.path)
        if let problem = try await sign(settled.written, prepared.runner) { result.signatureProblem = problem }
        return result
    }

    /// Derives the seeds of claims. Refuses a runner whose runs would count for none of them.
    func prepare(
        _ claims: [AuditedClaim], _ skipped: [(claim: ClaimID, reason: String)], on platforms: KernelPlatforms
    ) async throws -> PreparedClaims {
        var prepared = PreparedClaims(runner: runner, claims: claims, skipped: skipped, remarks: [])
        try await prepared.runner.setTokens(of: &prepared.claims)
        let useless = Set(
            prepared.claims.filter { audited in
                audited.verification.cells.first.map {
                    grade(audited, $0.study, prepared.runner, on: platforms) == .unnamed
                } ?? false
            }.map(\.claim.id))
        guard useless.isEmpty || useless.count < claims.count else { throw prepared.runner.refusal }
        prepared.skipped += useless.sorted().map { ($0, prepared.runner.refusal.message) }
        prepared.claims.removeAll { useless.contains($0.claim.id) }
        prepared.remarks = prepared.claims.compactMap { audited in
            claimAudit(audited).obstacle(to: prepared.runner.runner).map { (claim: audited.claim.id, reason: $0) }
        }
        return prepared
    }

    /// Plans the runs that no receipt records and that are not among the saved ones.
    func plan(
        _ prepared: PreparedClaims, on platforms: KernelPlatforms,
        saved: [(run: PlannedRun, finished: FinishedRun)], again: Bool,
        isCached: @escaping @Sendable (Network) -> Bool
    ) -> PlannedAudit {
        let runner = prepared.runner
        let studies = studiesToRun(prepared.claims, samples)
        let recorded = RunSequences(receipts, trail, samples)
        var sequences = studies.map { study in
            let empty = runner.sequence(study, on: platforms[study], trail)
            return recorded[study.study].first { $0.key == empty.key } ?? empty
        }
        let saved = saved.filter { run, finished in
            sequences[run.study].runs[run.index] == nil
                && (studies[run.study].verification.kernel.program != nil
                    || finished.run.sample == studies[run.study].batches?.digest(run.index))
        }
        for (run, finished) in saved { sequences[run.study].add(finished.run) }
        let plan = AuditPlan(
            prepared.claims, studies, sequences: sequences, recorded: recorded, alpha: alpha,
            settled: { audited, study in
                let verdict = claimAudit(audited).verdict(study, recorded, trail)
                // Unsigned and signed own runs count the same, so signed ones replace the others only on request.
                guard !again, let found = verdict.grade, found > .unlisted,
                    max(found, .own) >= grade(audited, study, runner, on: platforms)
                else { return nil }
                return verdict.verdict
            },
            isCached: isCached)
        return PlannedAudit(studies: studies, recorded: recorded, saved: saved, plan: plan)
    }

    /// Writes and signs receipts of the finished runs, and computes the verdicts.
    func conclude(
        _ prepared: PreparedClaims, _ planned: PlannedAudit, failures: [FailedRun], cores: Int
    ) async throws -> (report: VerifyReport, recorded: RunSequences) {
        var written: [WrittenReceipt] = []
        for runs in [planned.saved] + planned.others {
            written += try writeReceipts(
                runs, of: planned.studies, workspace: workspace, store: store, signing: prepared.runner.signing)
        }
        let signatureProblem = try await sign(written, prepared.runner)
        var (recorded, trail) = (planned.recorded, trail)
        if planned.others.isEmpty {
            for (study, sequence) in zip(planned.studies, planned.plan.sequences) where !sequence.runs.isEmpty {
                recorded.set(sequence, of: study.study)
            }
        } else {
            // If a run has several results, they are counted as they will be on the audit branch.
            let state = try workspace.load(.workTree).ledger.state
            trail.arrive(state)
            recorded = RunSequences(state.receipts, trail, samples)
        }
        var result = VerifyReport(
            prepared.claims, recorded, trail, samples, left: planned.plan.queue.workload(cores: cores), alpha: alpha)
        result.receipts = written.map(\.path)
        result.skipped = prepared.skipped
        result.remarks = prepared.remarks
        result.failures = failures
        result.signatureProblem = signatureProblem
        result.isSigned = prepared.runner.key != nil
        return (result, recorded)
    }

    /// The grade with which a run of this person for a claim counts.
    private func grade(
        _ audited: AuditedClaim, _ study: Study, _ runner: AuditRunner, on platforms: KernelPlatforms
    ) -> Grade {
        let toRun = StudyToRun(study, cell: [:], audited.verification, seeds: audited.seeds, samples: samples)
        return claimAudit(audited).grade(runner.sequence(toRun, on: platforms[toRun], trail), trail)
    }

    /// Repeats recorded runs and compares the values. Writes receipts of the repeats if `records` is true.
    func repeatRuns(_ auditor: Auditor, sample: Int?, records: Bool) async throws -> RepeatReport {
        let graded = gradedReceipts(selection.claims)
        var plan = RepeatPlan(selection.claims, receipts, trail, samples, coreTypes: CPU.blasCoreTypes) {
            graded.contains($0.name)
        }
        guard !plan.recorded.isEmpty else {
            throw Refusal(message: "these claims have no recorded runs", remedy: "run `arbor-ledger verify` first")
        }
        if let sample {
            var generator = SystemRandomNumberGenerator()
            plan.sample(sample, using: &generator)
        }
        let (audit, repeated) = try await execute(plan, auditor)
        var result = RepeatReport(
            selection.claims, repeated, left: audit.plan.queue.workload(cores: auditor.workers)
        ) { receipt in
            trail.principal(of: receipt)
                ?? "\(receipt.predicate.runBy) (as it says; no listed key signed it)"
        }
        if records {
            let written = try await write(repeated, auditor)
            result.receipts = written.map(\.path)
            result.signatureProblem = try await sign(written, runner)
        }
        result.failures = audit.failures
        return result
    }

    /// Returns the receipts whose runs count for some of the claims. A repeat of other receipts would decide nothing.
    private func gradedReceipts(_ claims: [AuditedClaim]) -> Set<String> {
        let recorded = RunSequences(receipts, trail, samples)
        var graded: Set<String> = []
        for audited in claims {
            let audit = claimAudit(audited)
            for cell in audited.verification.cells {
                for study in cell.studies {
                    for sequence in audit.sequences(study, recorded, trail)
                    where audit.grade(sequence, trail) > .unnamed {
                        graded.formUnion(sequence.runs.values.compactMap(\.receipt))
                    }
                }
            }
        }
        return graded
    }

    /// Repeats the disputed runs that this runner can settle: a listed principal settles runs of others on the same
    /// kind of platform, once.
    private func settle(
        _ claims: [AuditedClaim], _ recorded: RunSequences, on platforms: KernelPlatforms, _ auditor: Auditor
    ) async throws -> (lines: [RepeatReport.Line], left: Int, written: [WrittenReceipt]) {
        let disputed = disputedReceipts(claims, recorded)
        guard !disputed.isEmpty, case .listed(let principal) = runner.runner else { return ([], disputed.count, []) }
        let repeated = Set(
            receipts.filter { $0.runnerKey == runner.key?.key }.compactMap(\.predicate.repeats))
        let plan = RepeatPlan(claims, receipts, trail, samples, coreTypes: CPU.blasCoreTypes) { receipt in
            disputed.contains(receipt.name) && !repeated.contains(receipt.name)
                && receipt.runnerKey != runner.key?.key && platforms.contains(PlatformKind(receipt.predicate.platform))
                && trail.principal(of: receipt) != principal
        }
        guard !plan.recorded.isEmpty else { return ([], disputed.count, []) }
        let (audit, runs) = try await execute(plan, auditor)
        let report = RepeatReport(claims, runs, left: audit.plan.queue.workload(cores: auditor.workers))
        let settled = Set(runs.map(\.recorded.receipt.name))
        return (report.repeats, disputed.subtracting(settled).count, try await write(runs, auditor))
    }

    /// Returns the receipts whose runs contradict others for some of the claims.
    private func disputedReceipts(_ claims: [AuditedClaim], _ recorded: RunSequences) -> Set<String> {
        var disputed: Set<String> = []
        var studies: Set<Study> = []
        for audited in claims {
            for cell in audited.verification.cells {
                for study in cell.studies {
                    studies.insert(study)
                    let verdict = claimAudit(audited).verdict(study, recorded, trail)
                    guard verdict.verdict == .split else { continue }
                    let keys = verdict.deciding.map(\.key)
                    for sequence in recorded[study] where keys.contains(sequence.key) {
                        disputed.formUnion(sequence.runs.values.compactMap(\.receipt))
                    }
                }
            }
        }
        disputed.formUnion(
            recorded.disputed.filter { studies.contains($0.study) && !$0.isOutvoted }.map(\.receipt))
        return disputed
    }

    /// Returns a verification with a receipt's study.
    private func verification(of receipt: Receipt) -> Verification? {
        selection.claims.map(\.verification).first { $0.cells.contains { $0.studies.contains(receipt.study) } }
    }

    private func claimAudit(_ audited: AuditedClaim) -> ClaimAudit {
        ClaimAudit(audited.claim, audited.verification, trail, alpha: alpha)
    }

    private func execute(_ plan: RepeatPlan, _ auditor: Auditor) async throws -> (Audit, [RepeatedRun]) {
        let audit = try await auditor.execute(plan.plan(isCached: auditor.networks.isCached))
        try auditor.networks.removePrivate(plan.recorded.keys.map { plan.studies[$0.study].network($0.index) })
        return (
            audit,
            audit.finished.flatMap {
                plan.compare($0.run, with: $0.finished.run, on: $0.finished.platform)
            }
        )
    }

    /// Writes one receipt for each repeated receipt and platform.
    private func write(_ repeated: [RepeatedRun], _ auditor: Auditor) async throws -> [WrittenReceipt] {
        var written: [WrittenReceipt] = []
        for (_, runs) in Dictionary(grouping: repeated, by: \.recorded.receipt.name) {
            for (platform, runs) in Dictionary(grouping: runs, by: \.platform) {
                var statement = runs[0].recorded.receipt.statement
                statement.predicate.repeats = runs[0].recorded.receipt.name
                statement.predicate.platform = platform
                if let verification = verification(of: runs[0].recorded.receipt), verification.kernel.program != nil,
                    let sandbox = try await auditor.executor.contributed.place(
                        verification.kernel, verification.model
                    ).sandbox
                {
                    statement.predicate.sandbox = verification.sandboxPhrase(sandbox)
                }
                statement.predicate.runBy = runner.name
                statement.predicate.runnerKey = runner.key?.key.text
                statement.predicate.runs = runs.map(\.repeated).sorted { $0.index < $1.index }
                written.append(try writeReceipt(statement, of: runs[0].recorded.receipt.folder, workspace))
            }
        }
        return written.sorted { $0.path < $1.path }
    }

    /// Signs receipts. Returns the reason if that is not possible now; the receipts are kept and can be signed later.
    private func sign(_ receipts: [WrittenReceipt], _ runner: AuditRunner) async throws -> String? {
        guard runner.key != nil else { return nil }
        try store.saveUnsigned(receipts)
        do {
            _ = try await runner.sign(receipts, workspace)
            try store.removeUnsigned(receipts)
            return nil
        } catch let refusal as Refusal {
            return refusal.message
        }
    }
}
