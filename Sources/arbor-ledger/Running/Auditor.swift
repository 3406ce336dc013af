import Evidence
import FoundationEssentials
import KernelInterface
import Kernels
import Records
import Reports

/// Executes planned runs, one on each core, and saves each as soon as it is finished.
struct Auditor {
    let networks: NetworkFolder
    /// The store that keeps finished runs until their receipt is written; nil for runs without a receipt.
    let store: RunStore?
    let executor: LocalExecutor
    let workers: Int
    /// The time at which all runs are stopped.
    let deadline: ContinuousClock.Instant?
    let terminal: Terminal
    let isQuiet: Bool
    var purpose = RunRequest.Purpose.measure
    /// The folder for the networks' exports; nil for none.
    var exportFolder: String?

    /// Executes a plan until it is done or the deadline is reached. Each finished run is saved before it is reported.
    func execute(_ plan: AuditPlan) async throws -> Audit {
        var audit = Audit(plan, ProgressBoard(workers: workers, terminal: terminal, isQuiet: isQuiet))
        let workload = plan.queue.workload(cores: workers)
        guard workload.runs > 0 else { return audit }
        if purpose == .measure || workload.trainings > 0 { audit.board.writeLine(plan.announcement(cores: workers)) }
        audit.board.mayGrow = plan.mayGrow
        let (events, channel) = AsyncStream.makeStream(of: Audit.Event.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let deadline {
                group.addTask {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    channel.yield(.deadlineReached)
                }
            }
            var iterator = events.makeAsyncIterator()
            while true {
                while audit.activeRuns.count < workers, let run = audit.startNext(within: secondsLeft) {
                    let study = plan.studies[run.study]
                    group.addTask { channel.yield(await execute(run, of: study) { channel.yield(.message(run, $0)) }) }
                }
                guard !audit.activeRuns.isEmpty, let event = await iterator.next() else { break }
                try audit.handle(event)
                if audit.isPastDeadline { group.cancelAll() }
            }
            group.cancelAll()
        }
        audit.board.end()
        return audit
    }

    private var secondsLeft: Double { deadline.map { ($0 - .now) / .seconds(1) } ?? .infinity }

    private func execute(
        _ run: PlannedRun, of study: StudyToRun, onMessage: @escaping @Sendable (RunMessage) -> Void
    ) async -> Audit.Event {
        let coreType = study.training.coreType ?? CPU.blasCoreTypes.first
        let outcome = await executor.run(
            RunRequest(
                purpose, study, index: run.index, networks, exportFolder: exportFolder.map(study.exportFolder)),
            index: run.index, coreType: coreType, onMessage: onMessage)
        do {
            if case .run(let done, let place) = outcome {
                try store?.save(FinishedRun(done, at: place, salt: study.seeds.salt), of: study)
            }
            return .ended(run, outcome)
        } catch {
            return .notSaved(error)
        }
    }
}

/// A plan that is being executed, with the results so far.
struct Audit {
    enum Event: Sendable {
        case message(PlannedRun, RunMessage)
        case ended(PlannedRun, RunOutcome)
        case notSaved(any Error)
        case deadlineReached
    }

    var plan: AuditPlan
    var board: ProgressBoard
    var finished: [(run: PlannedRun, finished: FinishedRun)] = []
    var failures: [FailedRun] = []
    /// Pictures of networks, by run.
    var pictures: [PlannedRun: [Picture]] = [:]
    /// The start of each active run, and the duration of its training once the training has ended.
    var activeRuns: [PlannedRun: (start: ContinuousClock.Instant, trainingSeconds: Double?)] = [:]
    var isPastDeadline = false

    init(_ plan: AuditPlan, _ board: ProgressBoard) {
        self.plan = plan
        self.board = board
    }

    mutating func startNext(within seconds: Double) -> PlannedRun? {
        guard !isPastDeadline, let run = plan.queue.next(within: seconds) else { return nil }
        activeRuns[run] = (.now, nil)
        board.start(run, plan)
        return run
    }

    mutating func handle(_ event: Event) throws {
        switch event {
        case .message(let run, .progress(let share)): board.advance(run, to: share, plan)
        case .message(let run, .network(let trainingSeconds)):
            activeRuns[run]?.trainingSeconds = trainingSeconds
            plan.queue.networkIsReady(of: run)
            board.start(run, plan)
        case .message(let run, .picture(let picture)): pictures[run, default: []].append(picture)
        case .message(_, .text): break
        case .ended(let run, let outcome): end(run, outcome)
        case .notSaved(let error): throw error
        case .deadlineReached: isPastDeadline = true
        }
    }

    private mutating func end(_ run: PlannedRun, _ outcome: RunOutcome) {
        guard let (start, trainingSeconds) = activeRuns.removeValue(forKey: run) else { return }
        switch outcome {
        case .run(let done, let place):
            let salt = plan.studies[run.study].seeds.salt
            finished.append((run, FinishedRun(done, at: place, salt: salt)))
            plan.finish(run, done, seconds: (.now - start) / .seconds(1), trainingSeconds: trainingSeconds)
            board.finish(run, seconds: done.seconds, isTrained: trainingSeconds != nil, plan)
        case .noRun where isPastDeadline:
            plan.queue.requeue(run)
            board.remove(run)
        case .noRun(let reason):
            let title = "\(plan.studies[run.study].title), seed \(run.index)"
            plan.markFailed(run)
            board.remove(run)
            board.writeLine("no run of \(title): \(reason)")
            failures.append(FailedRun(run: title, reason: reason))
        }
    }
}

let coreCount = max(1, ProcessInfo.processInfo.activeProcessorCount)

extension RunRequest {
    /// Without `seed`, the run has the seed of its index.
    init(
        _ purpose: Purpose, _ study: StudyToRun, index: Int, seed: String? = nil, _ networks: NetworkFolder,
        exportFolder: String?
    ) {
        let seed = seed ?? study.network(index).seed
        let verification = study.verification
        self.init(
            purpose: purpose, kernel: verification.kernel, model: verification.model,
            measurement: verification.measurement.measurement.value, settings: Settings(study.study.settings),
            seed: seed, sample: study.batches?.batch(index).map { String(decoding: $0, as: UTF8.self) },
            sampleDigest: study.batches?.digest(index),
            networkPath: networks.path(
                study.training.modelDigest, seed: seed, study.training.settings, coreType: study.training.coreType),
            hmacKey: networks.hmacKey, exportFolder: exportFolder)
    }
}
