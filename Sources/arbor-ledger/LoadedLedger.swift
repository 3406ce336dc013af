import Checking
import Evidence
import Git
import Merging
import Records
import Synchronization

/// A checked ledger with its evidence. Every report is made from it.
struct LoadedLedger: Sendable {
    var ledger: CheckedLedger
    var evidence: Evidence
    var trail: AuditTrail
    var settings: LedgerSettings

    var hasRefuted: Bool { evidence.claims.values.contains { $0.verdict == .refuted } }

    /// Merges the ledger as if the `failing` assumptions failed.
    func merge(failing: Set<String> = []) -> Merge { retainedUntilExit(Merge(ledger, evidence, failing: failing)) }
}

/// The relation between a state and the audit branch. It decides which receipts of the state count.
enum AuditRelation: Sendable {
    /// Receipts count if the tip of the audit branch contains them.
    case anywhere
    /// All receipts count if the commit is on the audit branch's first-parent line. If it is not, the rule of
    /// `anywhere` applies.
    case commit(ObjectID)
    /// The state is the next commit of the audit branch, so all its receipts count.
    case nextOnAuditBranch
}

/// The audit branch and its history, for one or several states of the ledger.
struct AuditState: Sendable {
    var branch: AuditBranch?
    var trail: AuditTrail
}

extension Workspace {
    func load(_ snapshot: Snapshot) throws -> LoadedLedger { try load(LedgerSource(snapshot, in: self)) }

    func load(_ source: LedgerSource, depth: CheckDepth = .errors) throws -> LoadedLedger {
        try load(retainedUntilExit(ledgerFiles(source)), from: auditRelation(of: source.snapshot), depth: depth)
    }

    func load(
        _ files: [DecodedFile], from auditRelation: AuditRelation = .anywhere, depth: CheckDepth = .errors
    ) throws -> LoadedLedger {
        let ledger = check(files, depth: depth)
        return load(ledger, try audit(of: [ledger]), from: auditRelation)
    }

    func auditRelation(of snapshot: Snapshot) throws(GitError) -> AuditRelation {
        switch snapshot {
        case .workTree, .staged: .anywhere
        case .revision(let revision): .commit(try repository().resolve(revision))
        }
    }

    func check(_ files: [DecodedFile], depth: CheckDepth = .errors) -> CheckedLedger {
        Checking.check(files, kernels: kernelDescriptions, today: today(), depth: depth)
    }

    func audit(of ledgers: [CheckedLedger]) throws(GitError) -> AuditState {
        let branch = try auditBranch()
        let salts = Set(ledgers.flatMap { $0.state.receipts.map(\.predicate.salt) })
        var trail = try auditTrail(branch, needsSalts: !salts.isEmpty)
        // Salts normally name commits on the first-parent line. After a merge with swapped parents, such a commit is
        // still in the history, but no longer on that line.
        let unknownSalts = salts.filter { !trail.contains(commit: $0) }
        if let branch, !unknownSalts.isEmpty, let history = try? repository().commits(from: branch.tip, hiding: []) {
            trail.saltsOffFirstParent = unknownSalts.intersection(history.map(\.description))
        }
        return AuditState(branch: branch, trail: trail)
    }

    func load(_ ledger: CheckedLedger, _ audit: AuditState, from auditRelation: AuditRelation) -> LoadedLedger {
        retainedUntilExit(weighed(ledger, audit, from: auditRelation))
    }

    /// Does what `load` does, for a state that is needed only for a short time.
    func weighed(_ ledger: CheckedLedger, _ audit: AuditState, from auditRelation: AuditRelation) -> LoadedLedger {
        var trail = audit.trail
        let countsAll =
            switch auditRelation {
            case .anywhere: false
            case .commit(let commit): trail.contains(commit: commit.description)
            case .nextOnAuditBranch: true
            }
        if countsAll { trail.arrive(ledger.state) }
        let settings = audit.branch?.settings ?? LedgerSettings()
        let evidence = recomputeEvidence(ledger, trail: trail, settings: settings)
        let notes = evidenceNotes(ledger, evidence)
        return LoadedLedger(ledger: ledger.adding(notes), evidence: evidence, trail: trail, settings: settings)
    }
}

/// Keeps a value alive until the process exits: deallocating a large ledger takes a tenth of a report's time.
func retainedUntilExit<Value: Sendable>(_ value: Value) -> Value {
    retained.withLock { $0.append(value) }
    return value
}

private let retained = Mutex<[any Sendable]>([])
