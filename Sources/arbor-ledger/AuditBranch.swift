import Evidence
import Git
import Records
import Signatures
import Words

/// The audit branch of this repository.
struct AuditBranch {
    var name: String
    var tip: ObjectID
    var settings: LedgerSettings
    var signers: Signers
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
            let settings = try content(of: settingsPath, inTree: tree, repository).map(decodeSettings)
            let signers = try content(of: signersPath, inTree: tree, repository).map(decodeSigners)
            return AuditBranch(
                name: name, tip: tip, settings: settings?.settings ?? LedgerSettings(),
                signers: signers?.signers ?? Signers(),
                settingsDiagnostics: (settings?.diagnostics ?? []) + (signers?.diagnostics ?? []))
        }
        return nil
    }

    /// Reads a file of a commit. Returns nil if there is none, or if it is a link.
    func content(of path: String, inTree tree: ObjectID, _ repository: Repository) throws(GitError) -> [UInt8]? {
        guard let entry = try repository.entry(at: path, inTree: tree), entry.mode == .file || entry.mode == .executable
        else { return nil }
        return try repository.blob(entry.id, limit: recordByteLimit)
    }

    /// Reads the history of the audit branch: the position at which each record entered. Reads it only if salts are
    /// needed.
    func auditTrail(_ branch: AuditBranch?, needsSalts: Bool) throws(GitError) -> AuditTrail {
        var trail = AuditTrail()
        guard let branch else { return trail }
        let repository = try repository()
        trail.branch = branch.name
        trail.signers = branch.signers
        trail.countsUnsandboxedRuns = branch.settings.countsUnsandboxedRuns
        trail.isShallow = repository.isShallow
        guard needsSalts else { return trail }
        var history = AuditHistory(kernels: kernelDescriptions)
        let line = try repository.firstParentHistory(from: branch.tip).reversed()
        var parent: (commit: ObjectID, tree: ObjectID)?
        for id in line {
            let commit = try repository.commit(id)
            trail.add(commit: id.description, date: commit.committerTimeSeconds)
            let tree = try repository.tree(of: id)
            var records: [(path: String, record: Record?)] = []
            let folders = ["Findings", "Kernels", "Traces", "Verifiers", settingsFolder]
            for change in try repository.changes(from: parent?.tree, to: tree, under: folders) {
                guard let entry = change.new ?? change.old else { continue }
                if entry.path == signersPath {
                    let content = try content(of: signersPath, inTree: tree, repository)
                    trail.add(content.map { decodeSigners($0).signers } ?? Signers())
                } else if entry.path.endsWithBytes(".yaml"), !entry.path.startsWithBytes("Traces/"),
                    entry.path.endsWithBytes("/\(RecordPlace.kernelFileName)")
                        || !entry.path.startsWithBytes("Kernels/")
                {
                    records.append(
                        (
                            entry.path,
                            try change.new.map { new throws(GitError) in
                                decode(try repository.sourceFile(new)).record
                            } ?? nil
                        ))
                } else if change.new != nil, let place = RecordPlace(path: entry.path) {
                    trail.add(place)
                }
            }
            let (audits, ended) = history.apply(records)
            trail.add(audits, ended: ended)
            parent = (id, tree)
        }
        if trail.hasSigners { try addAuthors(to: &trail, Array(line), repository) }
        return trail
    }

    /// Adds the authors of each finding's commits. Merge commits are left out, because a person who merges a finding
    /// does not become its contributor.
    private func addAuthors(
        to trail: inout AuditTrail, _ line: [ObjectID], _ repository: Repository
    ) throws(GitError) {
        for (position, id) in line.enumerated() {
            let earlier = position == 0 ? [] : [line[position - 1]]
            let isMerge = try repository.commit(id).parents.count > 1
            for arrived in isMerge ? try repository.commits(from: id, hiding: earlier) : [id] {
                let commit = try repository.commit(arrived)
                let parents = repository.presentParents(of: commit)
                guard parents.count < 2 else { continue }
                let tree = try parents.first.map { parent throws(GitError) in try repository.tree(of: parent) }
                for change in try repository.changes(
                    from: tree, to: repository.tree(of: arrived), under: ["Findings"])
                {
                    guard case .finding(let slug)? = (change.new ?? change.old).flatMap({ RecordPlace(path: $0.path) })
                    else { continue }
                    trail.add(author: commit.authorEmail, of: slug, at: position)
                }
            }
        }
    }
}
