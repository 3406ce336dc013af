import Checking
import Evidence
import Git
import Records

extension Workspace {
    /// Reports changes of what counted runs rest on, and changes that strangers made to findings.
    func changesOfBasis(_ history: RangeHistory, to tip: CheckedLedger) throws -> [Diagnostic] {
        let bases = try history.bases.map { try BasisComparison($0, history.tip, tip, in: self) }
        let authors = RangeAuthors(
            history.commits.filter { $0.parents.count < 2 }.map { ($0.authorName, $0.authorEmail) })
        var diagnostics: Set<Diagnostic> = []
        for base in bases {
            // Content of TIP that equals that of a base state was merged from it, and is not a change of the range.
            let changes = base.changes.flatMap { key, changes in
                changes.filter { change in
                    bases.allSatisfy { $0.base == base.base || $0.contains(change, of: key) }
                }
            }
            // Reading the base state and the audit branch's history is slow, so this is done only if needed.
            diagnostics.formUnion(
                try checkBasisChanges(
                    changes, counted: countedRuns(at: history.receipts(countedAt: base.base)), authors: authors))
        }
        return diagnostics.sorted()
    }

    private func countedRuns(at base: ObjectID) throws -> CountedRuns {
        let loaded = try load(.revision(base.description))
        let claims = loaded.evidence.claims.mapValues { evidence in
            (runs: evidence.accountableRuns, settings: evidence.cells.count { $0.count.runs > 0 })
        }
        return CountedRuns(loaded.ledger, claims: claims, receipts: loaded.evidence.runs.namedReceipts)
    }

    /// Reports root commits in a range that builds on a ledger. Branches without a ledger, such as those of web pages,
    /// may have a history of their own.
    func unrelatedHistories(_ history: RangeHistory) throws(GitError) -> [Diagnostic] {
        guard let judge = history.judge, try holdsLedger(judge) else { return [] }
        return history.commits.filter(\.parents.isEmpty).map {
            unrelatedHistory($0.id.description, summary: $0.summary)
        }
    }
}

/// The changes of records between a base state and the end of a range.
private struct BasisComparison {
    var base: ObjectID
    var changes: [RecordKey: [BasisChange]] = [:]
    /// The records that only TIP has in a readable version.
    private var added: Set<RecordKey> = []

    init(_ base: ObjectID, _ tip: ObjectID, _ ledger: CheckedLedger, in workspace: Workspace) throws {
        self.base = base
        let repository = try workspace.repository()
        for (key, change) in try workspace.records(from: base, to: tip).changes where key.isBasis {
            guard let old = change.old, let before = try workspace.record(old, in: repository) else {
                added.insert(key)
                continue
            }
            let after = try change.new.map { try workspace.record($0, in: repository) }
            // If the new version has errors, these are reported instead.
            if case .some(nil) = after { continue }
            let found = basisChanges(from: before, to: after ?? nil, in: ledger)
            if !found.isEmpty { changes[key] = found }
        }
    }

    /// Whether the same part of the record also differs between TIP and this base state.
    func contains(_ change: BasisChange, of key: RecordKey) -> Bool {
        added.contains(key) || changes[key, default: []].contains { $0.isSameChange(as: change) }
    }
}

extension RecordKey {
    /// Whether conclusions may rest on the record.
    fileprivate var isBasis: Bool {
        switch self {
        case .finding: return true
        case .receipt, .signature, .annotation: return false
        case .other(let path):
            switch RecordPlace(path: path) {
            case .quantity?, .model?, .measurement?, .conditionValue?, .trace?, .kernel?: return true
            case .question?, .vote?, .condition?, .assumption?, .constraint?, .finding?, .receipt?, .signature?,
                .traceText?, .annotation?, .codebook?, .resource?, .kernelFile?, nil:
                return false
            }
        }
    }
}
