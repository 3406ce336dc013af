import Evidence
import Records

/// Writes one receipt per study and platform, then removes the saved runs. Returns the paths of the receipts in the
/// ledger.
func writeReceipts(
    _ finished: [(run: PlannedRun, finished: FinishedRun)], of studies: [StudyToRun], workspace: Workspace,
    store: RunStore, runBy: String
) throws -> [String] {
    var paths: [String] = []
    for (number, runs) in Dictionary(grouping: finished, by: \.run.study) {
        let study = studies[number]
        for (platform, runs) in Dictionary(grouping: runs.map(\.finished), by: \.platform) {
            let statement = study.verification.statement(
                of: study.study, salt: study.salt, runs: runs.map(\.run), platform: platform, runBy: runBy)
            let (name, bytes) = try Receipt.encode(statement)
            let path = RecordPlace.receipt(model: study.verification.model.slug, name: name).path
            let file = "\(workspace.root)/\(path)"
            removeAbandonedFiles(in: folder(of: file))
            try writeFile(file, bytes)
            try store.remove(runs, of: study)
            paths.append(path)
        }
    }
    return paths.sorted()
}
