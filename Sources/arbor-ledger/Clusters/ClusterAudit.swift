import Evidence
import FoundationEssentials
import Kernels
import Records
import Reports
import Words

/// An audit whose runs a cluster makes. Its whole state is in files: the same command continues after any interruption.
struct ClusterAudit {
    private let session: AuditSession
    private let scheduler: Scheduler
    private let folder: ClusterFolder
    private let executor: LocalExecutor
    private let choice: KernelOptions.Choice
    private let isQuiet: Bool

    private var waves: [ClusterFolder.Wave] = []
    private var results = CollectedResults()
    /// For each run, the way in which its task ended without a result since this process started.
    private var losses: [String: String] = [:]
    /// The folders of the waves that were active during this process.
    private var current: Set<String> = []
    /// Whether jobs that had ended before this process started are attempts, too.
    private var countsAllAttempts = false
    private var lastLine = (text: "", printed: ContinuousClock.now)

    init(
        _ session: AuditSession, _ scheduler: Scheduler, _ executor: LocalExecutor, _ choice: KernelOptions.Choice,
        isQuiet: Bool
    ) {
        (self.session, self.scheduler, self.executor) = (session, scheduler, executor)
        (self.choice, self.isQuiet) = (choice, isQuiet)
        folder = ClusterFolder(scheduler, session.workspace)
    }

    /// Submits what the claims need, waits for it and collects it, until the claims need no more runs. If `detaches` is true,
    /// submits at most one wave, does not wait, and returns nil while runs are in the queue.
    mutating func run(again: Bool, detaches: Bool) async throws -> VerifyReport? {
        try folder.lock()
        countsAllAttempts = detaches
        waves = try folder.waves()
        try await findLostSubmissions()
        current = Set(waves.filter(\.isActive).map(\.folder.path))
        let allowed = session.allowedClaims
        let prepared = try await session.prepare(allowed.claims, allowed.skipped, on: .unknown)
        while true {
            results.read(waves.map(\.folder))
            try await updateJobs()
            reportIgnored()
            let next = try await nextWave(prepared, again)
            if next.toSubmit.isEmpty, next.waiting == 0 {
                for note in next.notes { say("arbor-ledger: \(note)") }
                let cores = max(1, scheduler.profile.slots * scheduler.profile.cpus)
                return try await session.conclude(
                    prepared, next.planned, failures: next.failures, cores: cores
                ).report
            }
            if !next.toSubmit.isEmpty { try await submit(next.toSubmit, of: next.planned.studies, prepared) }
            if detaches { return nil }
            await wait()
        }
    }

    /// Returns what is planned, queued, running and finished, without submitting anything.
    mutating func status(again: Bool) async throws -> ClusterStatus {
        waves = try folder.waves()
        let allowed = session.allowedClaims
        let prepared = try await session.prepare(allowed.claims, allowed.skipped, on: .unknown)
        for (claim, reason) in allowed.skipped { writeError("skipped \(claim): \(escapeHidden(reason))\n") }
        results.read(waves.map(\.folder))
        reportIgnored()
        let next = try await nextWave(prepared, again)
        let planned = next.planned
        var jobs: [ClusterStatus.Job] = []
        var phases: [String: JobTask.Phase] = [:]
        for wave in waves {
            var state = JobState(wave, results)
            if wave.isActive { state.tasks = await scheduler.tasks(of: wave.job) }
            for (name, phase) in state.phases { phases[name] = phase }
            jobs.append(state.report(wave, scheduler))
        }
        let planCounts = Dictionary(grouping: next.toSubmit, by: \.study).mapValues(\.count)
        let rows = planned.plan.cellTallies.map { tally in
            let study = planned.studies[tally.study]
            let names =
                phases.isEmpty || tally.isDecided
                ? [] : (tally.finished..<study.possibleRuns).map(study.runName)
            return ClusterStatus.Row(
                claim: tally.claim, cell: study.cell, isControl: study.study.isControl, finished: tally.finished,
                hits: tally.hits, running: names.count { phases[$0] == .running },
                queued: names.count { phases[$0] == .waiting }, planned: planCounts[tally.study] ?? 0,
                isDecided: tally.isDecided)
        }
        return ClusterStatus(profile: scheduler.profileName, rows, jobs)
    }

    /// Cancels the jobs that this clone submitted. Returns their numbers.
    mutating func cancel() async throws -> [String] {
        try folder.lock()
        waves = try folder.waves()
        try await findLostSubmissions()
        var cancelled: [String] = []
        var problem: Refusal?
        for number in waves.indices where waves[number].isActive {
            do throws(Refusal) {
                try await scheduler.cancel(waves[number].job)
            } catch {
                guard case .forgotten = await scheduler.tasks(of: waves[number].job) else {
                    problem = error
                    continue
                }
            }
            waves[number].job.ended = cancelledPhrase
            try waves[number].folder.save(waves[number].job)
            cancelled.append(waves[number].job.id ?? waves[number].job.name)
        }
        if let problem { throw problem }
        return cancelled
    }

    /// What the claims need next.
    private struct NextWave {
        var planned: AuditSession.PlannedAudit
        var notes: [String]
        /// The runs that cannot be made.
        var failures: [FailedRun]
        var toSubmit: [PlannedRun]
        /// The number of runs that are in the queue.
        var waiting: Int
    }

    private func nextWave(
        _ prepared: AuditSession.PreparedClaims, _ again: Bool
    ) async throws -> NextWave {
        let collected = try await session.collect(results, prepared, executor, again: again)
        var planned = collected.planned
        let wave = planned.plan.startWave()
        let queued = Set(waves.filter(\.isActive).flatMap(\.names))
        let attempts = attempts
        var failures: [FailedRun] = []
        for run in wave where !planned.plan.hasFailedRun(of: run.study) {
            let study = planned.studies[run.study]
            guard let reason = obstacle(study.runName(run.index), attempts) else { continue }
            planned.plan.markFailed(run)
            failures.append(FailedRun(run: "\(study.title), seed \(run.index)", reason: reason))
        }
        let open = wave.filter { !planned.plan.hasFailedRun(of: $0.study) }
        let toSubmit = open.filter { !queued.contains(planned.studies[$0.study].runName($0.index)) }
        return NextWave(
            planned: planned, notes: collected.notes, failures: failures, toSubmit: toSubmit,
            waiting: open.count - toSubmit.count)
    }

    /// Why a run is not submitted again; nil if it can be.
    private func obstacle(_ name: String, _ attempts: [String: (count: Int, reason: String)]) -> String? {
        if let reason = current.lazy.compactMap({ results.missing[$0]?[name] }).first { return reason }
        guard let attempt = attempts[name], attempt.count >= mostAttempts else { return nil }
        return
            "\(counted(attempt.count, "job")) ended without a result that counts for it; the last one: \(losses[name] ?? attempt.reason); \(countsAllAttempts ? "without --detach, the command tries again" : "the same command tries again")"
    }

    /// How many jobs ended without a result that counts, and how the last of them ended, for each run by its name. If a shard
    /// made some of its runs, it does not count as an attempt for the others, because the next job makes them. Jobs that were
    /// submitted with another version of the profile do not count, and neither do those that had ended before this process
    /// started. With --detach, which scripts repeat, they count too.
    private var attempts: [String: (count: Int, reason: String)] {
        var attempts: [String: (count: Int, reason: String)] = [:]
        for wave in waves where wave.job.setup == scheduler.setup && wave.job.id != nil {
            let path = wave.folder.path
            guard let ended = wave.job.ended, ended != cancelledPhrase, countsAllAttempts || current.contains(path)
            else {
                continue
            }
            let (made, missing) = (results.made[path] ?? [], results.missing[path] ?? [:])
            for shard in wave.plan.shards(wave.job.shards) {
                let names = shard.joined().map(wave.plan.name)
                let isStuck = names.allSatisfy { !made.contains($0) }
                for name in names where isStuck || made.contains(name) || missing[name] != nil {
                    let reason =
                        missing[name]
                        ?? (made.contains(name) ? "its result is of another platform, or does not fit" : ended)
                    attempts[name] = ((attempts[name]?.count ?? 0) + 1, reason)
                }
            }
        }
        return attempts
    }

    private mutating func reportIgnored() {
        for reason in results.takeIgnored() { writeError("arbor-ledger: ignored: \(escapeHidden(reason))\n") }
    }

    // MARK: Submitting

    private mutating func submit(
        _ runs: [PlannedRun], of studies: [StudyToRun], _ prepared: AuditSession.PreparedClaims
    ) async throws {
        try scheduler.requireSubmission()
        let place = try folder.nextFolder()
        let plan = try session.write(
            runs, of: studies, prepared, into: place)
        let profile = scheduler.profile
        let shards = max(
            plan.shardCount(atMost: profile.slots, cores: profile.cpus, checked: passedChecks), scheduler.fewestTasks)
        let random = UUID().uuidString.prefix(8).lowercased()
        var job = ScheduledJob(setup: scheduler.setup, name: "arbor-\(random)", shards: shards)
        try writeFile(
            place.script,
            Array(
                scheduler.script(place, shards: shards, tool: try LocalExecutor.executablePath(), kernelOptions).utf8),
            mode: 0o755)
        // If this process is killed from here on, the job is found by its name.
        try place.save(job)
        let memory = memoryOfTask(runs, of: studies, cpus: profile.cpus)
        do {
            job.id = try await scheduler.submit(job, place, memory: memory)
        } catch {
            // The scheduler may have accepted the job anyway. If it does not answer, the next process asks it again.
            job.id = try await scheduler.find(job)
            guard job.id != nil else {
                job.ended = "it was not submitted: \(error.message)"
                try place.save(job)
                throw error
            }
        }
        try place.save(job)
        waves.append(ClusterFolder.Wave(folder: place, plan: plan, job: job))
        current.insert(place.path)
        say(
            "submitted \(counted(runs.count, "run")) of \(counted(plan.studies.count, "study", "studies")) as job \(job.id ?? job.name) with \(counted(shards, "shard")), about \(duration(plan.seconds / Double(shards * profile.cpus))) each"
        )
    }

    /// The options of shards that say how contributors' kernels are run, as the user gave them to this command.
    private var kernelOptions: [String] {
        let sandbox = choice.sandbox.map { ["--sandbox", $0 == .none ? "off" : $0.rawValue] } ?? []
        return sandbox + (choice.weightsFolder.map { ["--weights", session.workspace.absolutePath($0)] } ?? [])
    }

    /// The subjects whose self-check has passed, which is known because later runs have results.
    private var passedChecks: Set<String> {
        var passed: Set<String> = []
        for plan in waves.map(\.plan) {
            for run in plan.runs where results.contains(plan.name(of: run)) {
                if let subject = plan.studies[run.study].checkSubject { passed.insert(subject) }
            }
        }
        return passed
    }

    /// The memory of a task in MiB: the largest budget, for each run side by side, and this program.
    private func memoryOfTask(_ runs: [PlannedRun], of studies: [StudyToRun], cpus: Int) -> Int {
        let most = Set(runs.map(\.study)).map { studies[$0].verification.model.budget.memoryGibibytes.doubleValue }
            .max()
        return Int(((most ?? 1) * Double(cpus) + 0.25) * 1024)
    }

    /// Finds the numbers of jobs whose submission was interrupted.
    private mutating func findLostSubmissions() async throws {
        for number in waves.indices where waves[number].isActive && waves[number].job.id == nil {
            waves[number].job.id = try await scheduler.find(waves[number].job)
            if waves[number].job.id == nil { waves[number].job.ended = "its submission was interrupted" }
            try waves[number].folder.save(waves[number].job)
        }
    }

    // MARK: Waiting

    /// Waits until the runs of a job are finished, or the job has ended without them.
    private mutating func wait() async {
        var pause = 2.0
        while waves.contains(where: \.isActive) {
            do {
                if try await updateJobs() { return }
            } catch {
                say("arbor-ledger: \(error)")
            }
            try? await Task.sleep(for: .seconds(pause))
            pause = min(longestPause, pause * 1.5)
            results.read(waves.map(\.folder))
        }
    }

    /// Looks at the files and at the queue. Marks jobs that have ended, and returns whether there is one. Says what waits.
    @discardableResult
    private mutating func updateJobs() async throws -> Bool {
        var hasEnded = false
        var lines: [String] = []
        for number in waves.indices where waves[number].isActive {
            var state = JobState(waves[number], results)
            state.tasks = await scheduler.tasks(of: waves[number].job)
            if state.mayHaveEnded, !state.isFinished {
                // Results can become visible on this machine a moment after their job has ended on another.
                try? await Task.sleep(for: .seconds(graceSeconds))
                results.read([waves[number].folder])
                state = JobState(waves[number], results, state.tasks)
            }
            lines.append(state.line(waves[number].job, scheduler))
            guard state.isFinished || state.mayHaveEnded else { continue }
            waves[number].job.ended = state.isFinished ? "all its results are here" : state.endPhrase
            try waves[number].folder.save(waves[number].job)
            for (name, reason) in state.losses { losses[name] = reason }
            hasEnded = true
        }
        let line = lines.joined(separator: "\n")
        if !line.isEmpty, line != lastLine.text || lastLine.printed.duration(to: .now) > .seconds(30) { say(line) }
        return hasEnded
    }

    private mutating func say(_ text: String) {
        lastLine = (text, .now)
        if !isQuiet { writeError(escapeHiddenInLines(text) + "\n") }
    }
}

private let cancelledPhrase = "it was cancelled with --cancel"

/// After this many jobs that ended without its result, a run counts as one that cannot be made.
private let mostAttempts = 3

/// With it and the time that a command of a scheduler may take, there is a line at least once a minute.
private let longestPause = 25.0

/// The time that a shared file system may need to show the files of another machine.
private let graceSeconds = 3

extension KernelPlatforms {
    /// For claims of which no run was made.
    static let unknown = KernelPlatforms(
        compiled: PlatformKind(architecture: machineArchitecture, blasCore: "", blas: ""), contributed: [:])
}

extension StudyToRun {
    /// The name of the files with the result of a run.
    func runName(_ index: Int) -> String { "\(study.digest.prefix(16))-\(network(index).seed)" }
}
