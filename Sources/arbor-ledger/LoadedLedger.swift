import Git
import Ledger

/// A checked ledger with its evidence: what every report is made from.
struct LoadedLedger: Sendable {
    var ledger: CheckedLedger
    var evidence: Evidence
    var trail: AuditTrail
    var settings: LedgerSettings

    func merge() -> Merge { Merge(ledger, evidence) }
}

extension Workspace {
    func load(_ snapshot: Snapshot) async throws -> LoadedLedger {
        try await load(try await files(snapshot))
    }

    func load(_ files: [DecodedFile]) async throws -> LoadedLedger {
        let ledger = Ledger.check(files, kernels: kernelDescriptions, today: today())
        let branch = try auditBranch()
        let trail = try auditTrail(branch, needsSalts: !ledger.state.receipts.isEmpty)
        let settings = branch?.settings ?? LedgerSettings()
        let evidence = weigh(ledger, trail: trail, settings: settings)
        let notes = evidenceNotes(ledger, evidence) + (branch?.settingsDiagnostics ?? [])
        return LoadedLedger(ledger: ledger.adding(notes), evidence: evidence, trail: trail, settings: settings)
    }
}
