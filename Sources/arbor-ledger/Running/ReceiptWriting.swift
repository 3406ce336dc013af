import Evidence
import Records

/// A receipt in the work tree.
struct WrittenReceipt {
    var model: String
    var name: String
    var bytes: [UInt8]

    var path: String { RecordPlace.receipt(model: model, name: name).path }
}

/// Writes one receipt per study, platform and sandbox, then removes the saved runs.
func writeReceipts(
    _ finished: [(run: PlannedRun, finished: FinishedRun)], of studies: [StudyToRun], workspace: Workspace,
    store: RunStore, signing: (StudyToRun) -> RunSigning
) throws -> [WrittenReceipt] {
    var receipts: [WrittenReceipt] = []
    for (number, runs) in Dictionary(grouping: finished, by: \.run.study) {
        let study = studies[number]
        for (place, runs) in Dictionary(grouping: runs.map(\.finished), by: \.place) {
            let statement = study.verification.statement(
                of: study.study, runs: runs.map(\.run), platform: place.platform, signing(study), sandbox: place.sandbox
            )
            receipts.append(try writeReceipt(statement, of: study.verification.model.slug, workspace))
            try store.remove(runs, of: study)
        }
    }
    return receipts.sorted { $0.path < $1.path }
}

func writeReceipt(_ statement: Statement, of model: String, _ workspace: Workspace) throws -> WrittenReceipt {
    let (name, bytes) = try Receipt.encode(statement)
    let receipt = WrittenReceipt(model: model, name: name, bytes: bytes)
    let file = "\(workspace.root)/\(receipt.path)"
    removeAbandonedFiles(in: folder(of: file))
    try writeFile(file, bytes)
    return receipt
}
