import Evidence
import FoundationEssentials
import KernelInterface
import Kernels
import Records
import Reports

/// Carries out planned runs, one on each core, and keeps each as soon as it is finished.
struct Auditor {
    let networks: NetworkFolder
    /// Where finished runs outlive this process; nil for runs that no receipt will hold.
    let store: RunStore?
    let executor: LocalExecutor
    let workers: Int
    /// When it stops, whatever is under way.
    let deadline: ContinuousClock.Instant?
    let terminal: Terminal
    let isQuiet: Bool
    var purpose = RunRequest.Purpose.measuring

    /// Runs until nothing is left to do or the time is up; each finished run is kept on disk before it is told of.
    func carryOut(_ plan: AuditPlan) async throws -> Audit {
        var audit = Audit(plan, ProgressBoard(workers: workers, terminal: terminal, isQuiet: isQuiet))
        let workload = plan.queue.workload(cores: workers)
        guard workload.runs > 0 else { return audit }
        if purpose == .measuring || workload.trainings > 0 { audit.board.say(plan.announcement(cores: workers)) }
        let (events, channel) = AsyncStream.makeStream(of: Audit.Event.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let deadline {
                group.addTask {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    channel.yield(.timeIsUp)
                }
            }
            var iterator = events.makeAsyncIterator()
            while true {
                while audit.underWay.count < workers, let run = audit.startNext(within: secondsLeft) {
                    let study = plan.studies[run.study]
                    group.addTask { channel.yield(await carryOut(run, of: study) { channel.yield(.told(run, $0)) }) }
                }
                guard !audit.underWay.isEmpty, let event = await iterator.next() else { break }
                try audit.take(event)
                if audit.isTimeUp { group.cancelAll() }
            }
            group.cancelAll()
        }
        audit.board.end()
        return audit
    }

    private var secondsLeft: Double { deadline.map { ($0 - .now) / .seconds(1) } ?? .infinity }

    private func carryOut(
        _ run: PlannedRun, of study: StudyToRun, tell: @escaping @Sendable (RunMessage) -> Void
    ) async -> Audit.Event {
        let coreType = study.training.coreType ?? CPU.blasCoreTypes.first
        let outcome = await executor.run(
            RunRequest(purpose, study, index: run.index, networks),
            index: run.index, coreType: coreType, tell: tell)
        do {
            if case .run(let done, let platform) = outcome {
                try store?.keep(FinishedRun(run: done, platform: platform), of: study)
            }
            return .ended(run, outcome)
        } catch {
            return .notKept(error)
        }
    }
}

/// A plan that is being carried out, and what came of it.
struct Audit {
    enum Event: Sendable {
        case told(PlannedRun, RunMessage)
        case ended(PlannedRun, RunOutcome)
        case notKept(any Error)
        case timeIsUp
    }

    var plan: AuditPlan
    var board: ProgressBoard
    var finished: [(run: PlannedRun, finished: FinishedRun)] = []
    var failures: [FailedRun] = []
    /// Of networks that were looked at.
    var pictures: [PlannedRun: [Picture]] = [:]
    /// When each run under way began, and how long its training took.
    var underWay: [PlannedRun: (start: ContinuousClock.Instant, trainingSeconds: Double?)] = [:]
    var isTimeUp = false

    init(_ plan: AuditPlan, _ board: ProgressBoard) {
        self.plan = plan
        self.board = board
    }

    mutating func startNext(within seconds: Double) -> PlannedRun? {
        guard !isTimeUp, let run = plan.queue.next(within: seconds) else { return nil }
        underWay[run] = (.now, nil)
        board.start(run, plan)
        return run
    }

    mutating func take(_ event: Event) throws {
        switch event {
        case .told(let run, .progress(let share)): board.advance(run, to: share, plan)
        case .told(let run, .network(let trainingSeconds)):
            underWay[run]?.trainingSeconds = trainingSeconds
            plan.queue.networkIsReady(of: run)
            board.start(run, plan)
        case .told(let run, .picture(let picture)): pictures[run, default: []].append(picture)
        case .told(_, .finished), .told(_, .failed), .told(_, .unsupported): break
        case .ended(let run, let outcome): end(run, outcome)
        case .notKept(let error): throw error
        case .timeIsUp: isTimeUp = true
        }
    }

    private mutating func end(_ run: PlannedRun, _ outcome: RunOutcome) {
        guard let (start, trainingSeconds) = underWay.removeValue(forKey: run) else { return }
        switch outcome {
        case .run(let done, let platform):
            finished.append((run, FinishedRun(run: done, platform: platform)))
            plan.finish(run, done, seconds: (.now - start) / .seconds(1), trainingSeconds: trainingSeconds)
            board.finish(run, seconds: done.seconds, plan)
        case .noRun where isTimeUp:
            plan.queue.putBack(run)
            board.leave(run)
        case .noRun(let reason):
            let title = "\(plan.studies[run.study].title), seed \(run.index)"
            plan.giveUp(run)
            board.leave(run)
            board.say("no run of \(title): \(reason)")
            failures.append(FailedRun(run: title, reason: reason))
        }
    }
}

let coreCount = max(1, ProcessInfo.processInfo.activeProcessorCount)

extension RunRequest {
    fileprivate init(_ purpose: Purpose, _ study: StudyToRun, index: Int, _ networks: NetworkFolder) {
        let verification = study.verification
        let budget = verification.model.budget
        self.init(
            purpose: purpose, kernel: verification.kernel.name,
            config: verification.model.completeConfig(verification.kernel).values,
            measurement: verification.measurement.measurement.value, settings: study.study.settings,
            seed: study.network(index).seed, networkPath: networks.path(of: study.network(index)), seal: networks.seal,
            timeLimitSeconds: max(1, Int((budget.minutes.doubleValue * 60).rounded(.up))),
            memoryLimitBytes: Int(budget.memoryGibibytes.doubleValue * 1_073_741_824))
    }
}
