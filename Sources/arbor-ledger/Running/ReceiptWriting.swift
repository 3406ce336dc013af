import Ledger

/// Writes one receipt per study and only then forgets the kept runs; returns the paths from the ledger's root.
func writeReceipts(
    _ groups: [SaltedRuns], claims: [AuditedClaim], workspace: Workspace, store: RunStore, runBy: String
) throws -> [String] {
    var paths: [String] = []
    for group in groups {
        guard
            let verification = claims.first(where: { audited in
                audited.verification.cells.contains { $0.study == group.study || $0.control == group.study }
            })?.verification
        else { continue }
        let statement = verification.statement(
            of: group.study, salt: group.salt, runs: group.finished.map(\.run), platform: group.platform, runBy: runBy)
        let (name, bytes) = try Receipt.encode(statement)
        let path = RecordPlace.receipt(model: verification.model.slug, name: name).path
        try writeFile("\(workspace.root)/\(path)", bytes)
        try store.forget(group.finished, of: group.study, salt: group.salt)
        paths.append(path)
    }
    return paths.sorted()
}
