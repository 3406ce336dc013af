import Evidence
import Git
import Records
import Words

/// The audit branch of this repository.
struct AuditBranch {
    var name: String
    var tip: ObjectID
    var settings: LedgerSettings
    var settingsDiagnostics: [Diagnostic]
}

extension Workspace {
    /// Finds the audit branch, local or at `origin`. This is the branch that git's configuration names
    /// (`arbor-ledger.auditBranch`), or else `main` or `master`. The settings on this branch may name another branch,
    /// but the settings on that one cannot name a third. Returns nil if there is no audit branch.
    ///
    /// The settings on a branch under review are not used, because such a branch could name itself as the audit branch.
    func auditBranch() throws(GitError) -> AuditBranch? {
        let repository = try repository()
        let configured = repository.configValue("arbor-ledger.auditBranch")
        for name in configured.map({ [$0] }) ?? [LedgerSettings.defaultAuditBranch, "master"] {
            guard let branch = try auditBranch(named: name, in: repository) else { continue }
            // Default settings do not override the configured name.
            let named = branch.settings.auditBranch
            guard named != name, configured == nil || named != LedgerSettings.defaultAuditBranch else { return branch }
            return try auditBranch(named: named, in: repository) ?? branch
        }
        return nil
    }

    /// Returns the tips of a branch, local and at `origin`.
    private func tips(ofBranch name: String, in repository: Repository) throws(GitError) -> [ObjectID] {
        var tips: [ObjectID] = []
        for reference in ["refs/heads/\(name)", "refs/remotes/origin/\(name)"] {
            if let tip = try repository.reference(reference), !tips.contains(tip) { tips.append(tip) }
        }
        return tips
    }

    /// Returns the tips of the audit branch, local and at `origin`.
    func auditTips() throws(GitError) -> [ObjectID] {
        guard let name = try auditBranch()?.name else { return [] }
        return try tips(ofBranch: name, in: repository())
    }

    private func auditBranch(named name: String, in repository: Repository) throws(GitError) -> AuditBranch? {
        for tip in try tips(ofBranch: name, in: repository).prefix(1) {
            let tree = try repository.tree(of: tip)
            guard let entry = try repository.entry(at: settingsPath, inTree: tree) else {
                return AuditBranch(name: name, tip: tip, settings: LedgerSettings(), settingsDiagnostics: [])
            }
            let (settings, diagnostics) = decodeSettings(try repository.blob(entry.id, limit: recordByteLimit))
            return AuditBranch(name: name, tip: tip, settings: settings, settingsDiagnostics: diagnostics)
        }
        return nil
    }

    /// Reads the salts of claims and the receipts from the audit branch. Reads its history only if salts are needed.
    func auditTrail(_ branch: AuditBranch?, needsSalts: Bool) throws(GitError) -> AuditTrail {
        var trail = AuditTrail()
        guard let branch else { return trail }
        let repository = try repository()
        trail.branch = branch.name
        trail.isShallow = repository.isShallow
        guard needsSalts else { return trail }
        let tipTree = try repository.tree(of: branch.tip)
        for entry in try repository.entries(ofTree: tipTree, under: ["Verifiers"]) {
            if case .receipt(_, let name)? = RecordPlace(path: entry.path) { trail.receipts.insert(name) }
        }
        var history = AuditHistory(kernels: kernelDescriptions)
        var parentTree: ObjectID?
        for commit in try repository.firstParentHistory(from: branch.tip).reversed() {
            trail.commits.insert(commit.description)
            let tree = try repository.tree(of: commit)
            var changed: [(path: String, record: Record?)] = []
            for change in try repository.changes(from: parentTree, to: tree, under: ["Findings", "Verifiers"]) {
                guard let entry = change.new ?? change.old, entry.path.endsWithBytes(".yaml") else { continue }
                if let new = change.new {
                    changed.append((new.path, decode(try repository.sourceFile(new)).record))
                } else {
                    changed.append((entry.path, nil))
                }
            }
            trail.add(commit: commit.description, audits: history.apply(changed))
            parentTree = tree
        }
        return trail
    }
}
