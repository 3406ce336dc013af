import Foundation
import Kernels
import Ledger

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

    private enum Event: Sendable {
        case told(PlannedRun, RunMessage)
        case ended(PlannedRun, RunOutcome)
        case notKept(any Error)
        case timeIsUp
    }

    /// Runs until nothing is left to do or the time is up; each finished run is kept on disk before it is told of.
    func carryOut(_ plan: inout AuditPlan) async throws -> (
        finished: [(run: PlannedRun, finished: FinishedRun)], failures: [FailedRun]
    ) {
        var finished: [(run: PlannedRun, finished: FinishedRun)] = []
        var failures: [FailedRun] = []
        let workload = plan.queue.workload(cores: workers)
        guard workload.runs > 0 else { return (finished, failures) }
        var board = ProgressBoard(workers: workers, terminal: terminal, isQuiet: isQuiet)
        board.say(workload.phrase)
        /// Runs under way, with when they began and how long their training took.
        var underWay: [PlannedRun: (start: ContinuousClock.Instant, trainingSeconds: Double?)] = [:]
        var isTimeUp = false
        let (events, channel) = AsyncStream.makeStream(of: Event.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let deadline {
                group.addTask {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    channel.yield(.timeIsUp)
                }
            }
            var iterator = events.makeAsyncIterator()
            while true {
                while !isTimeUp, underWay.count < workers, let run = plan.queue.next(within: secondsLeft) {
                    underWay[run] = (.now, nil)
                    board.start(run, plan)
                    let study = plan.studies[run.study]
                    group.addTask { channel.yield(await carryOut(run, of: study) { channel.yield(.told(run, $0)) }) }
                }
                guard !underWay.isEmpty, let event = await iterator.next() else { break }
                switch event {
                case .told(let run, .progress(let share)): board.advance(run, to: share, plan)
                case .told(let run, .network(let trainingSeconds)):
                    underWay[run]?.trainingSeconds = trainingSeconds
                    plan.queue.networkIsReady(of: run)
                case .told: break
                case .ended(let run, let outcome):
                    guard let (start, trainingSeconds) = underWay.removeValue(forKey: run) else { break }
                    switch outcome {
                    case .run(let done, let platform):
                        finished.append((run, FinishedRun(run: done, platform: platform)))
                        plan.finish(
                            run, done, seconds: (.now - start) / .seconds(1), trainingSeconds: trainingSeconds)
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
                case .notKept(let error): throw error
                case .timeIsUp:
                    isTimeUp = true
                    group.cancelAll()
                }
            }
            group.cancelAll()
        }
        board.end()
        return (finished, failures)
    }

    private var secondsLeft: Double { deadline.map { ($0 - .now) / .seconds(1) } ?? .infinity }

    private func carryOut(
        _ run: PlannedRun, of study: StudyToRun, tell: @escaping @Sendable (RunMessage) -> Void
    ) async -> Event {
        let coreType = study.training.coreType ?? CPU.blasCoreTypes.first
        let outcome = await executor.run(
            RunRequest(study, index: run.index, networkPath: networks.path(of: study.network(run.index))),
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

let coreCount = max(1, ProcessInfo.processInfo.activeProcessorCount)

extension RunRequest {
    fileprivate init(_ study: StudyToRun, index: Int, networkPath: String) {
        let verification = study.verification
        let budget = verification.model.budget
        self.init(
            kernel: verification.kernel.name, config: verification.model.completeConfig(verification.kernel).values,
            measurement: verification.measurement.measurement.value, settings: study.study.settings,
            seed: study.network(index).seed, networkPath: networkPath,
            timeLimitSeconds: max(1, Int((budget.minutes.doubleValue * 60).rounded(.up))),
            memoryLimitBytes: Int(budget.memoryGibibytes.doubleValue * 1_073_741_824))
    }
}
