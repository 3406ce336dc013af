import Evidence
import KernelInterface
import Records
import Reports
import Words

extension Workspace {
    /// Draws one network for each training setting in a toy model's measurements, each in a child process. Uses the
    /// first cached network for the setting. If there is none and `trains` is true, trains one with a fixed seed.
    func showNetworks(
        of model: ToyModel, _ loaded: LoadedLedger, trains: Bool, isQuiet: Bool
    ) async throws -> NetworkViews {
        var studies = loaded.ledger.studiesToShow(model)
        let networks: NetworkFolder
        do throws(Refusal) {
            networks = try NetworkFolder(self)
        } catch {
            // Records are shown even on machines that cannot run kernels.
            guard !trains else { throw error }
            writeError("arbor-ledger: networks are not drawn: \(escapeHidden(error.message))\n")
            return NetworkViews(missing: studies)
        }
        let salts = loaded.ledger.salts(of: model, loaded.trail) + [""]
        var runs: [PlannedRun] = []
        var cached: Set<PlannedRun> = []
        var missing: [StudyToRun] = []
        for number in studies.indices {
            if let found = networks.firstCached(studies[number], salts: salts) {
                studies[number].training.salt = found.salt
                runs.append(PlannedRun(study: number, index: found.index))
                cached.insert(runs[runs.count - 1])
            } else if trains {
                runs.append(PlannedRun(study: number, index: 0))
            } else {
                missing.append(studies[number])
            }
        }
        let auditor = Auditor(
            networks: networks, store: nil, executor: try LocalExecutor(environment: environment),
            workers: coreCount, deadline: nil, terminal: .current, isQuiet: isQuiet || cached.count == runs.count,
            purpose: trains ? .draw : .drawCached)
        let audit = try await auditor.execute(AuditPlan(exactly: runs, of: studies, isCached: networks.isCached))
        let seen = audit.finished.sorted { $0.run.study < $1.run.study }.map { run, finished in
            NetworkViews.Network(
                cell: studies[run.study].cell, seed: finished.run.seed, isCached: cached.contains(run),
                failure: finished.run.failure, pictures: audit.pictures[run] ?? [])
        }
        return NetworkViews(seen, missing: missing, failures: audit.failures)
    }
}

extension NetworkViews {
    fileprivate init(_ networks: [Network] = [], missing: [StudyToRun], failures: [FailedRun] = []) {
        self.init(
            networks: networks, missing: missing.map(\.cell),
            missingSeconds: missing.reduce(0) { $0 + $1.cost.trainingSeconds }, failures: failures)
    }
}

extension NetworkFolder {
    fileprivate func firstCached(_ study: StudyToRun, salts: [String]) -> (salt: String, index: Int)? {
        var study = study
        for salt in salts {
            study.training.salt = salt
            if let index = (0..<runLimit).first(where: { isCached(study.network($0)) }) { return (salt, index) }
        }
        return nil
    }
}
