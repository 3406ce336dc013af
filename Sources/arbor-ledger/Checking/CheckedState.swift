import Git
import Records
import Reports
import Words

/// A state of the ledger that a check is asked for, with all that the answer depends on.
struct CheckedState {
    enum Files {
        case tree(ObjectID)
        case workTree(WorkTreeStamp)
    }

    let files: Files
    /// All that it depends on but the files.
    let stamp: String
    let hasReceipts: Bool

    /// nil where there is none that could be known again: the index, or a work tree that cannot be listed.
    init?(_ snapshot: Snapshot, in workspace: Workspace) throws {
        let repository = try workspace.repository()
        let audit: String
        switch snapshot {
        case .staged: return nil
        case .revision(let revision):
            let state = try CommittedState(revision, in: workspace)
            (files, hasReceipts) = (.tree(state.tree), state.hasReceipts)
            audit = state.audit + (hasReceipts ? "\n\(state.identity)" : "")
        case .workTree:
            try workspace.requireWholeWorkTree()
            guard let stamp = WorkTreeStamp(root: workspace.root) else { return nil }
            files = .workTree(stamp)
            hasReceipts = stamp.hasReceipts
            let branch = try workspace.auditBranch()
            let settings = try branch.map { branch throws(GitError) in
                try repository.entry(at: settingsPath, inTree: repository.tree(of: branch.tip))?.id.description ?? "-"
            }
            audit = [
                branch?.name, settings, "\(repository.isShallow)", hasReceipts ? branch?.tip.description : nil,
            ].map { $0 ?? "" }.joined(separator: "\n")
        }
        let isOnAuditBranch = try workspace.isOnAuditBranch(workspace.auditBranch())
        stamp = "\(audit)\n\(isOnAuditBranch)\n\(today())"
    }

    var identity: String {
        switch files {
        case .tree(let tree): tree.description
        case .workTree(let stamp): stamp.digest
        }
    }

    /// Commits and the work tree are kept apart, the last one of each.
    var cacheName: String {
        switch files {
        case .tree: "check commit"
        case .workTree: "check work tree"
        }
    }

    var canBeKept: Bool {
        switch files {
        case .tree: true
        case .workTree(let stamp): stamp.isSettled
        }
    }

    var folders: [WorkTreeStamp.Folder] {
        switch files {
        case .tree: []
        case .workTree(let stamp): stamp.folders
        }
    }
}

extension CheckedState {
    /// Paths of findings that have come, gone or changed since a kept check; nil where it is too much, or anything else did.
    func changedFindings(since kept: KeptCheck, in repository: Repository) throws -> [String]? {
        let paths: [String]
        switch files {
        case .tree(let tree):
            guard let old = ObjectID(hex: kept.head.state) else { return nil }
            let changes = try repository.changes(from: old, to: tree, under: ledgerFolders)
            let entries = changes.flatMap { [$0.old, $0.new] }.compactMap(\.self)
            guard entries.allSatisfy({ $0.pathIsUTF8 && ($0.mode == .file || $0.mode == .executable) }) else {
                return nil
            }
            paths = changes.map(\.path)
        case .workTree(let stamp):
            guard let changed = try stamp.changedPaths(since: kept) else { return nil }
            paths = changed
        }
        guard paths.count <= Self.changeLimit, !paths.contains(where: isReadmePath) else { return nil }
        let records = paths.filter(isLedgerPath)
        let areFindings = records.allSatisfy { if case .finding? = RecordPlace(path: $0) { true } else { false } }
        return areFindings ? records : nil
    }

    /// More are not worth looking at one by one.
    private static let changeLimit = 200
}

extension WorkTreeStamp {
    /// nil where something is no plain file, or lies in a repository of its own.
    fileprivate func changedPaths(since kept: KeptCheck) throws -> [String]? {
        let old = Dictionary(
            kept.folderDigests.enumerated().map { ($1.path, (index: $0, digest: $1.digest)) },
            uniquingKeysWith: { first, _ in first })
        var paths: [String] = []
        func compare(_ folder: String, _ before: [UInt8], _ after: [UInt8]) -> Bool {
            let (before, after) = (statsByName(before), statsByName(after))
            for name in Set(before.keys).union(after.keys) where before[name] != after[name] {
                guard [before[name], after[name]].compactMap(\.self).allSatisfy(isPlainFile) else { return false }
                paths.append("\(folder)/\(name)")
            }
            return true
        }
        let now = Set(folders.map(\.path))
        for folder in folders where old[folder.path]?.digest != folder.digest {
            let before = try old[folder.path].map { try kept.listing($0.index) } ?? []
            guard !pathParts(folder.path).contains(".git"), compare(folder.path, before, folder.files) else {
                return nil
            }
        }
        for (path, folder) in old where !now.contains(path) {
            guard compare(path, try kept.listing(folder.index), []) else { return nil }
        }
        return paths
    }
}
