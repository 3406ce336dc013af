import Foundation
import Ledger

/// Carries out planned runs, side by side, and keeps each as soon as it is finished.
struct Auditor {
    let claims: [AuditedClaim]
    let store: RunStore
    let executor: LocalExecutor
    let workers: Int
    let terminal: Terminal
    let isQuiet: Bool
    /// Whether a network that was trained before may be measured again; a repeat trains its own.
    var takesKeptNetworks = true

    /// Studies of which a run could not be made, with the reason.
    struct Failure: Sendable {
        var title: String
        var reason: String
    }

    /// Runs until every claim is decided, open at the limit, or cannot be run; returns the runs with those that were new.
    func audit(_ recorded: RunIndex, alpha: Double) async throws -> (
        runs: RunIndex, new: [SaltedRuns], failures: [Failure]
    ) {
        var runs = recorded
        var new: [PlannedRun: FinishedRun] = [:]
        var failures: [Failure] = []
        var exhausted: Set<Study> = []
        takeUpKept(&runs, &new)
        while true {
            let planned = plannedRuns(claims, runs, alpha: alpha, exhausted: exhausted)
            if planned.isEmpty { break }
            for (run, outcome) in try await carryOut(planned) {
                switch outcome {
                case .run(let done, let platform):
                    runs.add(done, to: run.study, salt: run.salt)
                    new[run] = FinishedRun(run: done, platform: platform)
                case .noRun(let reason):
                    exhausted.insert(run.study)
                    failures.append(Failure(title: title(of: run), reason: reason))
                }
            }
        }
        return (runs, SaltedRuns.group(new), failures)
    }

    /// Carries out exactly these runs; each finished one is kept on disk before the next is told of.
    func carryOut(_ planned: [PlannedRun]) async throws -> [(PlannedRun, RunOutcome)] {
        let board = ProgressBoard(total: planned.count, workers: workers, terminal: terminal, isQuiet: isQuiet)
        let runCounts = Dictionary(grouping: planned, by: studyTitle).mapValues(\.count)
        var results: [(Int, RunOutcome)] = []
        // Of a study that went over its budget once, no further run is tried.
        var hopeless: Set<Study> = []
        try await withThrowingTaskGroup(of: (Int, RunOutcome).self) { group in
            var next = 0
            func startNext() {
                while next < planned.count && hopeless.contains(planned[next].study) { next += 1 }
                guard next < planned.count else { return }
                let id = next
                let run = planned[id]
                next += 1
                guard let request = request(for: run) else { return }
                let (store, executor, title, study) = (store, executor, title(of: run), studyTitle(of: run))
                let runCount = runCounts[study, default: 0]
                group.addTask {
                    await board.start(id)
                    let outcome = await executor.run(request, index: run.index) { await board.advance(id, to: $0) }
                    switch outcome {
                    case .run(let done, let platform):
                        try store.keep(FinishedRun(run: done, platform: platform), of: run.study, salt: run.salt)
                        await board.finish(id, study, seconds: done.seconds, of: runCount)
                    case .noRun(let reason):
                        await board.say("no run of \(title): \(reason)")
                    }
                    return (id, outcome)
                }
            }
            for _ in 0..<workers { startNext() }
            while let result = try await group.next() {
                results.append(result)
                if case .noRun = result.1 { hopeless.insert(planned[result.0].study) }
                startNext()
            }
        }
        await board.end()
        return results.sorted { $0.0 < $1.0 }.map { (planned[$0.0], $0.1) }
    }

    /// Runs that an earlier, interrupted call finished.
    private func takeUpKept(_ runs: inout RunIndex, _ new: inout [PlannedRun: FinishedRun]) {
        for audited in claims {
            for study in audited.verification.cells.flatMap({ [$0.study, $0.control].compactMap(\.self) }) {
                for kept in store.runs(of: study, salt: audited.salt, modelDigest: study.modelDigest) {
                    let run = PlannedRun(study: study, salt: audited.salt, index: kept.run.index)
                    guard !runs.holds(run) else { continue }
                    runs.add(kept.run, to: study, salt: audited.salt)
                    new[run] = kept
                }
            }
        }
    }

    private func verification(of study: Study) -> Verification? {
        claims.first { $0.verification.cells.contains { $0.study == study || $0.control == study } }?.verification
    }

    private func request(for run: PlannedRun) -> RunRequest? {
        guard let verification = verification(of: run.study) else { return nil }
        let description = verification.kernel.measurements.first {
            $0.name == verification.measurement.measurement.value
        }
        let training = run.study.settings.filter { description?.trainingSettings.contains($0.key) ?? true }
        let seed = seedText(modelDigest: run.study.modelDigest, salt: run.salt, index: run.index)
        let budget = verification.model.budget
        return RunRequest(
            kernel: verification.kernel.name, config: verification.model.completeConfig(verification.kernel).values,
            measurement: verification.measurement.measurement.value, settings: run.study.settings, seed: seed,
            checkpointPath: takesKeptNetworks
                ? store.checkpointPath(modelDigest: run.study.modelDigest, seed: seed, trainingSettings: training)
                : nil,
            timeLimitSeconds: max(1, Int((budget.minutes.doubleValue * 60).rounded(.up))),
            memoryLimitBytes: Int(budget.memoryGibibytes.doubleValue * 1_073_741_824))
    }

    /// `superposition-geometry/dimensionality at density 0.3, control`.
    private func studyTitle(of run: PlannedRun) -> String {
        guard let verification = verification(of: run.study) else { return "unknown study" }
        let cell = verification.cells.first { $0.study == run.study || $0.control == run.study }?.cell ?? [:]
        return verification.measurement.id + cellSuffix(cell) + (run.study.isControl ? ", control" : "")
    }

    private func title(of run: PlannedRun) -> String {
        "\(studyTitle(of: run)), seed \(run.index)"
    }
}

/// ` at density 0.3, layer 2`; nothing for a measurement without conditions.
func cellSuffix(_ cell: [String: String]) -> String {
    cell.isEmpty ? "" : " at " + cell.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}

/// New runs of one study on one platform: what one receipt holds.
struct SaltedRuns: Sendable {
    var study: Study
    var salt: String
    var platform: Statement.Platform
    var finished: [FinishedRun]

    static func group(_ runs: [PlannedRun: FinishedRun]) -> [SaltedRuns] {
        var groups: [SaltedRuns] = []
        for (run, finished) in runs.sorted(by: { ($0.key.salt, $0.key.index) < ($1.key.salt, $1.key.index) }) {
            if let index = groups.firstIndex(where: {
                $0.study == run.study && $0.salt == run.salt && $0.platform == finished.platform
            }) {
                groups[index].finished.append(finished)
            } else {
                groups.append(
                    SaltedRuns(study: run.study, salt: run.salt, platform: finished.platform, finished: [finished]))
            }
        }
        return groups
    }
}
