import Git
import Ledger
import Synchronization

/// A checked ledger with its evidence: what every report is made from.
struct LoadedLedger: Sendable {
    var ledger: CheckedLedger
    var evidence: Evidence
    var trail: AuditTrail
    var settings: LedgerSettings

    func merge() -> Merge { keptToTheEnd(Merge(ledger, evidence)) }
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
        return keptToTheEnd(
            LoadedLedger(ledger: ledger.adding(notes), evidence: evidence, trail: trail, settings: settings))
    }
}

/// Taking a large ledger apart takes a tenth of a report's time; the end of the process does it for nothing.
private func keptToTheEnd<Value: Sendable>(_ value: Value) -> Value {
    kept.withLock { $0.append(value) }
    return value
}

private let kept = Mutex<[any Sendable]>([])
