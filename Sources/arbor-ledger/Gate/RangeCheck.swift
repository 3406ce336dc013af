import Checking
import Evidence
import Git
import Records
import Words

/// The result of checking a range of commits: the state at its end, and the changes in its commits.
struct RangeCheck {
    /// The state at TIP, with diagnostics of forbidden changes in the range.
    var ledger: CheckedLedger
    /// Errors that are in none of the base states; they make the check fail.
    var blocking: [Diagnostic]
    /// Warnings and notes on files that the range changed.
    var otherDiagnostics: [Diagnostic]
    var knownErrorCount: Int
    var range: CommitRange
    /// Whether a part of the history is missing, so that the salts of receipts could not be checked.
    var isSaltUnchecked: Bool

    var shown: [Diagnostic] { (blocking + otherDiagnostics).sorted() }

    /// Messages that accompany the diagnostics, one per line.
    var notes: String {
        var notes: [String] = []
        if range.hasDiverged {
            let base = ObjectID(hex: range.baseName).map { "commit \($0.description.prefix(12))" } ?? range.baseName
            notes.append("\(base) has commits that this branch lacks; only changes since the merge base are checked")
        }
        if knownErrorCount > 0 {
            let errors = "\(knownErrorCount) error\(knownErrorCount == 1 ? " was" : "s were")"
            notes.append("\(errors) already there; see `arbor-ledger check`")
        }
        return notes.map { "arbor-ledger: \(escapeHidden($0))\n" }.joined()
    }
}

extension Workspace {
    /// Checks a range. `branch` is the full name of the branch that the push updates, if known.
    func checkRange(_ range: CommitRange, updating branch: String? = nil) async throws -> RangeCheck {
        let audit = try auditBranch()
        let updatesAuditBranch = audit.map { branch == "refs/heads/\($0.name)" } ?? false
        let history = try RangeHistory(
            range, auditTips: auditTips(), updatesAuditBranch: updatesAuditBranch, in: repository())
        let tip = Snapshot.revision(range.tip.description)
        let files = try files(tip)
        let state = try load(files, from: .commit(range.tip), depth: .everything)
        let loaded = state.ledger
        var done = try losses(history)
        done += try changesOfBasis(history, to: loaded)
        done += try changedSettings(history)
        done += try unrelatedHistories(history)
        if updatesAuditBranch { done += try historyRewrites(range) }
        let ledger = loaded.adding(done)
        let new = try await errors(of: ledger, notIn: history.bases)
        let touched = Set(try changes(from: history.bases.first, to: range.tip).compactMap { $0.new?.path })
            .union(done.map(\.path))
        return RangeCheck(
            ledger: ledger, blocking: new,
            otherDiagnostics: ledger.diagnostics.filter { $0.severity != .error && touched.contains($0.path) },
            knownErrorCount: ledger.counts.errors - new.count, range: range,
            isSaltUnchecked: state.evidence.isSaltUnchecked)
    }

    private func losses(_ history: RangeHistory) throws -> [Diagnostic] {
        let repository = try repository()
        var losses: [RecordLoss] = []
        for commit in history.commits { losses += try self.losses(of: commit, in: repository) }
        guard !losses.isEmpty else { return [] }
        return try checkLosses(
            losses, bases: history.bases.map { try records(of: $0, in: repository) },
            tip: records(of: history.tip, in: repository)
        ) { version in
            try record(version, in: repository) != nil
        }
    }

    /// Reports the records of the audit branch that the next commit loses.
    func losses(of change: NextCommit) throws -> [Diagnostic] {
        let (losses, repository) = (change.losses, try repository())
        guard !losses.isEmpty else { return [] }
        var staged: [RecordKey: RecordVersion] = [:]
        for entry in try stagedEntries() { staged[RecordKey(path: entry.path)] = entry.version }
        return try checkLosses(losses, bases: auditTips().map { try records(of: $0, in: repository) }, tip: staged) {
            try record($0, in: repository) != nil
        }
    }

    /// Decodes a record; returns nil if it has errors.
    func record(_ version: RecordVersion, in repository: Repository) throws(GitError) -> Record? {
        guard let id = ObjectID(hex: version.contentID), try repository.blobSize(id) <= recordByteLimit else {
            return nil
        }
        return decode(SourceFile(path: version.path, bytes: try repository.blob(id, limit: recordByteLimit))).record
    }

    /// Finds the records that one commit lost from its parents, sorted by path.
    private func losses(of commit: Commit, in repository: Repository) throws -> [RecordLoss] {
        let parents = repository.presentParents(of: commit)
        guard let first = parents.first else { return [] }
        let changes = try records(from: first, to: commit.id)
        // A criss-cross merge has several bases. A record counts as lost only if it is lost relative to each of them.
        var bases: [[ObjectID]] = []
        for other in parents.dropFirst() { bases.append(try repository.mergeBases(first, other)) }
        var losses: [RecordLoss]?
        for choice in 0..<max(1, bases.map(\.count).max() ?? 1) {
            var sides: [(first: RecordChanges, other: RecordChanges)] = []
            for (other, bases) in zip(parents.dropFirst(), bases) {
                let base = bases.isEmpty ? nil : bases[min(choice, bases.count - 1)]
                sides.append((try records(from: base, to: first), try records(from: base, to: other)))
            }
            let step = CommitStep(id: commit.id.description, summary: commit.summary, changes: changes, sides: sides)
            let found = step.losses
            let keys = Set(found.map(\.key))
            losses = losses?.filter { keys.contains($0.key) } ?? found
        }
        return (losses ?? []).sorted { $0.lost.path < $1.lost.path }
    }

    /// Reports rewritten history on the audit branch. TIP must contain BASE. If BASE has receipts or signers, it must be on TIP's
    /// first-parent line.
    private func historyRewrites(_ range: CommitRange) throws -> [Diagnostic] {
        let repository = try repository()
        guard let base = range.base else { return [] }
        if base != range.start {
            return [
                rewrittenHistory(
                    leaving: base.description, isMerged: false,
                    remedy: "rebase onto it or merge it, and push without --force")
            ]
        }
        let hasReceipts = try records(of: base, in: repository).keys.contains { key in
            if case .receipt = key { true } else { false }
        }
        // Listings of keys are dated by the first-parent line, too.
        let listsSigners = try !signers(at: base, in: repository).entries.isEmpty
        guard hasReceipts || listsSigners, try !repository.firstParentHistory(from: range.tip).contains(base) else {
            return []
        }
        return [
            rewrittenHistory(
                leaving: base.description, isMerged: true,
                remedy: "merge the other way round: check that commit out and merge yours into it, or rebase onto it")
        ]
    }

    private func changes(from old: ObjectID?, to new: ObjectID) throws(GitError) -> [TreeChange] {
        let repository = try repository()
        let tree = try old.map { id throws(GitError) in try repository.tree(of: id) }
        return try repository.changes(from: tree, to: repository.tree(of: new), under: ledgerNames)
    }

    func records(from old: ObjectID?, to new: ObjectID) throws(GitError) -> RecordChanges {
        RecordChanges(try changes(from: old, to: new).map { ($0.old?.version, $0.new?.version) })
    }

    func records(of commit: ObjectID, in repository: Repository) throws(GitError) -> [RecordKey: RecordVersion] {
        var records: [RecordKey: RecordVersion] = [:]
        for entry in try repository.entries(ofTree: repository.tree(of: commit), under: ledgerNames) {
            records[RecordKey(path: entry.path)] = entry.version
        }
        return records
    }
}

extension TreeEntry {
    /// The version of a record; nil for links and submodules, which are never records.
    var version: RecordVersion? {
        guard mode == .file || mode == .executable, pathIsUTF8 else { return nil }
        return RecordVersion(path: path, contentID: id.description)
    }
}
