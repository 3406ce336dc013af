import Evidence
import KernelInterface
import Records
import Reports
import Words

extension Workspace {
    /// Draws one network for each training setting in a toy model's measurements, each in a child process. Uses the
    /// first cached network for the setting. If there is none and `trains` is true, trains one with a fixed seed.
    /// Exports the networks to a folder, if one is given.
    func showNetworks(
        of model: ToyModel, _ loaded: LoadedLedger, trains: Bool, exportFolder: String?, isQuiet: Bool
    ) async throws -> NetworkViews {
        var studies = loaded.ledger.studiesToShow(model)
        let networks: NetworkFolder
        do throws(Refusal) {
            networks = try NetworkFolder(kernelHome)
        } catch {
            // Records are shown even on machines that cannot run kernels.
            guard !trains, exportFolder == nil else { throw error }
            writeError("arbor-ledger: networks are not drawn: \(escapeHidden(error.message))\n")
            return NetworkViews(missing: studies)
        }
        let seeds = loaded.ledger.seedSources(of: model, loaded.trail) + [SeedSource(salt: "")]
        var runs: [PlannedRun] = []
        var cached: Set<PlannedRun> = []
        var missing: [StudyToRun] = []
        for number in studies.indices {
            if let found = networks.firstCached(studies[number], seeds) {
                studies[number].training.seeds = found.seeds
                runs.append(PlannedRun(study: number, index: found.index))
                cached.insert(runs[runs.count - 1])
            } else if trains {
                runs.append(PlannedRun(study: number, index: 0))
            } else {
                missing.append(studies[number])
            }
        }
        if let exportFolder {
            guard missing.isEmpty else {
                throw Refusal(
                    message:
                        "\(counted(missing.count, "network")) of \(model.slug) \(missing.count == 1 ? "is" : "are") not trained yet",
                    remedy: "add --train to train \(missing.count == 1 ? "it" : "them") first", exitCode: 64)
            }
            try makeEmptyFolder(exportFolder, for: "the export")
        }
        return try await draw(
            runs, of: studies, networks, cached: cached, missing: missing, trains: trains, exportFolder: exportFolder,
            isQuiet: isQuiet || cached.count == runs.count)
    }

    /// Draws the networks of some runs, each in a child process. Trains those that are not cached if `trains` is true.
    func draw(
        _ runs: [PlannedRun], of studies: [StudyToRun], _ networks: NetworkFolder, cached: Set<PlannedRun> = [],
        missing: [StudyToRun] = [], trains: Bool = true, exportFolder: String? = nil, isQuiet: Bool
    ) async throws -> NetworkViews {
        let auditor = Auditor(
            networks: networks, store: nil, executor: try LocalExecutor(kernelHome),
            workers: coreCount, deadline: nil, terminal: .current, isQuiet: isQuiet,
            purpose: trains ? .draw : .drawCached, exportFolder: exportFolder)
        let audit = try await auditor.execute(AuditPlan(exactly: runs, of: studies, isCached: networks.isCached))
        let seen = audit.finished.sorted { $0.run.study < $1.run.study }.map { run, finished in
            NetworkViews.Network(
                cell: studies[run.study].cell, seed: finished.run.seed, isCached: cached.contains(run),
                failure: finished.run.failure,
                exportFolder: finished.run.failure == nil ? exportFolder.map(studies[run.study].exportFolder) : nil,
                pictures: audit.pictures[run] ?? [])
        }
        return NetworkViews(seen, missing: missing, failures: audit.failures)
    }
}

extension StudyToRun {
    /// Returns the folder for the export of this study's network. It is named after the settings, if there are any.
    func exportFolder(in folder: String) -> String {
        let settings = cell.sorted { $0.key < $1.key }.map { "\($0.key)-\($0.value)" }
        return settings.isEmpty ? folder : "\(folder)/\(settings.joined(separator: "-"))"
    }
}

/// Creates a folder if it does not exist. Refuses a folder that contains something, so that nothing is
/// overwritten.
func makeEmptyFolder(_ folder: String, for content: String) throws {
    try makeFolder(folder)
    guard try listFolder(folder).isEmpty else {
        throw Refusal(
            message: "\(folder) is not empty", remedy: "name a new folder for \(content)", exitCode: 64)
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
    fileprivate func firstCached(_ study: StudyToRun, _ sources: [SeedSource]) -> (seeds: SeedSource, index: Int)? {
        var study = study
        for seeds in sources {
            study.training.seeds = seeds
            if let index = (0..<runLimit).first(where: { isCached(study.network($0)) }) { return (seeds, index) }
        }
        return nil
    }
}
