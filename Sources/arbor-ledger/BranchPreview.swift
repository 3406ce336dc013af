import Checking
import Git
import Records
import Reports
import Words

extension Workspace {
    /// Merges HEAD and a branch in memory as git would, and returns the report with both ledgers.
    func preview(of branch: String) throws -> (report: BranchPreview, before: LoadedLedger, after: LoadedLedger) {
        let repository = try repository()
        guard let head = try repository.head() else {
            throw Refusal(message: "HEAD has no commit to merge into", remedy: "make the first commit")
        }
        let other = try repository.resolve(branch)
        let bases = try repository.mergeBases(head, other)
        let base = try bases.first.map { id throws(GitError) in try repository.tree(of: id) }
        let tree = try repository.tree(of: head)
        let merged = try repository.mergeTrees(
            base: base, ours: tree, theirs: repository.tree(of: other), under: ledgerNames)
        let old = try identifiedFiles(at: head.description)
        var new = try identifiedFiles(of: merged.entries, like: old)
        for text in merged.texts where isLedgerPath(text.path) {
            let file =
                text.bytes.count > recordByteLimit
                ? SourceFile(path: text.path, kind: .tooLarge(byteCount: text.bytes.count), bytes: [])
                : SourceFile(path: text.path, bytes: text.bytes)
            let id = try Repository.hashOfBlob(text.bytes).description
            new.append(IdentifiedFile(file: decode(file), contentID: id))
        }
        let ledgers = (check(old.map(\.file)), check(new.map(\.file)))
        let audit = try audit(of: [ledgers.0, ledgers.1])
        let isAudit = try isOnAuditBranch(audit.branch)
        let before = load(ledgers.0, audit, from: .commit(head))
        // If HEAD is the audit branch, all receipts in the merged state count.
        let after = load(ledgers.1, audit, from: isAudit ? .nextOnAuditBranch : .anywhere)
        let diff = LedgerDiff(
            from: before.merge(), to: after.merge(), changes: fileChanges(from: old, to: new),
            commits: (head.description, nil))
        let report = BranchPreview(
            branch: branch, bases: bases.map(\.description), isMerged: bases == [other],
            unmerged: merged.unmerged.map { BranchPreview.Unmerged(path: $0.path, reason: $0.reason.phrase) },
            diff: diff, newErrors: after.ledger.errors(notIn: before.ledger), summary: after.ledger.summary)
        return (report, before, after)
    }
}

extension TreeMerge.Unmerged.Reason {
    fileprivate var phrase: String {
        switch self {
        case .sameLines: "both changed the same lines"
        case .removed: "one changed it, the other removed or renamed it"
        case .folder: "a file on one side, a folder on the other"
        case .notText: "both changed it, and it is not text"
        }
    }
}

extension Workspace {
    /// Whether HEAD is the audit branch.
    func isOnAuditBranch(_ branch: AuditBranch?) throws(GitError) -> Bool {
        guard let branch, let head = try repository().headBranch() else { return false }
        return head == branch.name
    }
}
