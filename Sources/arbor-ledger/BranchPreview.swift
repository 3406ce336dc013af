import Checking
import Git
import Records
import Reports
import Words

/// What git would make of HEAD and a branch, held in memory, beside what HEAD has: nothing is written.
struct BranchPreview {
    var branch: String
    var head: ObjectID
    /// The commits that both sides come from, git's choice first; it alone is merged against.
    var bases: [ObjectID]
    /// All of the branch is in HEAD already.
    var isMerged: Bool
    var unmerged: [TreeMerge.Unmerged]
    var before: LoadedLedger
    var after: LoadedLedger
    var diff: LedgerDiff
    /// Of the merged ledger, those that HEAD's has not.
    var newErrors: [Diagnostic]

    init(of branch: String, in workspace: Workspace) async throws {
        let repository = try workspace.repository()
        guard let head = try repository.head() else {
            throw Refusal(message: "HEAD has no commit yet to merge into", remedy: "commit something first")
        }
        let other = try repository.resolve(branch)
        let bases = try repository.mergeBases(head, other)
        let base = try bases.first.map { id throws(GitError) in try repository.tree(of: id) }
        let tree = try repository.tree(of: head)
        let merged = try repository.mergeTrees(
            base: base, ours: tree, theirs: repository.tree(of: other), under: ledgerFolders)
        let old = try workspace.identifiedFiles(at: head.description)
        var new = try workspace.identifiedFiles(of: merged.entries, like: old)
        for text in merged.texts where isLedgerPath(text.path) {
            let file =
                text.bytes.count > recordByteLimit
                ? SourceFile(path: text.path, kind: .tooLarge(byteCount: text.bytes.count), bytes: [])
                : SourceFile(path: text.path, bytes: text.bytes)
            let id = try Repository.hashOfBlob(text.bytes).description
            new.append(IdentifiedFile(file: decode(file), contentID: id))
        }
        let ledgers = (workspace.check(old.map(\.file)), workspace.check(new.map(\.file)))
        let audit = try workspace.audit(of: [ledgers.0, ledgers.1])
        let isAudit = try workspace.isOnAuditBranch(audit.branch)
        before = workspace.load(ledgers.0, audit, from: .commit(head))
        // What is merged into the audit branch is on it from then on, receipts too.
        after = workspace.load(ledgers.1, audit, from: isAudit ? .nextOnAuditBranch : .anywhere)
        diff = LedgerDiff(from: before.merge(), to: after.merge(), changes: fileChanges(from: old, to: new))
        newErrors = after.ledger.errors(notIn: before.ledger)
        self.branch = branch
        self.head = head
        self.bases = bases
        isMerged = bases == [other]
        unmerged = merged.unmerged
    }

    func text(style: TextStyle) -> String {
        let name = visible(branch)
        if isMerged { return "All of \(name) is in HEAD already.\n" }
        var lines: [String] = []
        if bases.isEmpty { lines.append("HEAD and \(name) have no common history: git merges them only when told to.") }
        if bases.count > 1 {
            lines.append(
                "\(bases.count) commits are a base of this merge; the preview takes git's first, \(bases[0].description.prefix(12))."
            )
        }
        lines = lines.map { style.wrapped($0, indent: 0) }
        if !unmerged.isEmpty {
            lines.append("git cannot merge this by itself; the preview has it as HEAD has it:")
            lines += unmerged.map { style.wrapped("\(visible($0.path)) (\($0.reason.phrase))", indent: 4, first: 2) }
        }
        if !lines.isEmpty { lines.append("") }
        var text = lines.map { $0 + "\n" }.joined()
        text += changedFilesText(diff.files, style: style) + "\nMerging \(name) would change:\n"
        text += diffText(diff, style: style)
        guard !newErrors.isEmpty else { return text }
        return text + "\nand bring these errors:\n" + checkText(after.ledger.summary, showing: newErrors, style: style)
    }

    func json() throws -> String {
        try Words.json(
            PreviewJSON(
                branch: branch, bases: bases.map(\.description),
                unmerged: unmerged.map { ($0.path, $0.reason.phrase) },
                errors: CheckJSON(after.ledger.summary, showing: newErrors),
                diff: DiffJSON(diff, from: head.description, to: nil)))
    }
}

extension TreeMerge.Unmerged.Reason {
    fileprivate var phrase: String {
        switch self {
        case .sameLines: "both changed the same lines"
        case .removed: "one changed it, the other removed or renamed it"
        case .folder: "a file on one side, a folder on the other"
        case .notText: "both changed it, and it is no text"
        }
    }
}

extension Workspace {
    /// Whether HEAD is the audit branch itself.
    func isOnAuditBranch(_ branch: AuditBranch?) throws(GitError) -> Bool {
        guard let branch, let head = try repository().headBranch() else { return false }
        return head == branch.name
    }
}
