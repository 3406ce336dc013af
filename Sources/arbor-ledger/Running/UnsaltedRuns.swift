import Evidence
import Kernels
import Records
import Reports

/// Runs whose seeds have no salt. They are never the runs of an audit, and no receipt records them.
struct UnsaltedRuns {
    /// The finished runs of each study, by index.
    var runs: [[Statement.Run]]
    var failures: [FailedRun]
}

extension Workspace {
    /// Makes the runs 0..<count of some studies whose seeds have no salt. Trained networks are kept as in an audit.
    func makeUnsaltedRuns(
        _ count: Int, of studies: [StudyToRun], _ options: KernelOptions.Choice, isQuiet: Bool = false
    ) async throws -> UnsaltedRuns {
        let executor = try LocalExecutor(kernelHome, options)
        for study in studies { try await executor.check(study) }
        let auditor = Auditor(
            networks: try NetworkFolder(kernelHome), store: nil, executor: executor,
            workers: coreCount, deadline: nil, terminal: .current, isQuiet: isQuiet)
        let planned = studies.indices.flatMap { study in
            (0..<min(count, studies[study].possibleRuns)).map { PlannedRun(study: study, index: $0) }
        }
        let audit = try await auditor.execute(
            AuditPlan(exactly: planned, of: studies, isCached: auditor.networks.isCached))
        let finished = Dictionary(grouping: audit.finished, by: \.run.study).mapValues { runs in
            runs.map(\.finished.run).sorted { $0.index < $1.index }
        }
        return UnsaltedRuns(runs: studies.indices.map { finished[$0] ?? [] }, failures: audit.failures)
    }
}
