import Checking
import Git
import Records
import Signatures
import Words

extension Workspace {
    /// Reports changes of the settings and the signers that no maintainer signed. The maintainers are those of BASE, so
    /// that a range cannot name its own.
    func changedSettings(_ history: RangeHistory) throws -> [Diagnostic] {
        guard let judge = history.judge, !history.bases.isEmpty else { return [] }
        let repository = try repository()
        var diagnostics: [Diagnostic] = []
        for path in [settingsPath, signersPath] {
            let now = try content(of: path, at: history.tip, in: repository)
            // What TIP shares with one of the base states was merged from it.
            let bases = try history.bases.map { try content(of: path, at: $0, in: repository) }
            guard !bases.contains(now) else { continue }
            let signers = try signers(at: judge, in: repository)
            let isAllowed = try history.commits.contains { commit in
                try writes(now, to: path, commit, in: repository) && isSigned(commit.id, by: signers, in: repository)
            }
            guard !isAllowed else { continue }
            diagnostics.append(signers.hasMaintainers ? unsignedSettings(path) : unguardedSettings(path))
        }
        return diagnostics
    }

    /// Returns the id of a file's content, or nil if there is no such file.
    private func content(of path: String, at commit: ObjectID, in repository: Repository) throws(GitError) -> ObjectID?
    {
        try repository.entry(at: path, inTree: repository.tree(of: commit))?.id
    }

    private func signers(at commit: ObjectID, in repository: Repository) throws(GitError) -> Signers {
        guard let entry = try repository.entry(at: signersPath, inTree: repository.tree(of: commit)),
            entry.mode == .file || entry.mode == .executable
        else { return Signers() }
        return decodeSigners(try repository.blob(entry.id, limit: recordByteLimit)).signers
    }

    /// Whether a commit gives a file this content, which its first parent does not have.
    private func writes(
        _ content: ObjectID?, to path: String, _ commit: Commit, in repository: Repository
    ) throws(GitError) -> Bool {
        guard try self.content(of: path, at: commit.id, in: repository) == content else { return false }
        guard let parent = repository.presentParents(of: commit).first else { return commit.parents.isEmpty }
        return try self.content(of: path, at: parent, in: repository) != content
    }

    private func isSigned(
        _ commit: ObjectID, by signers: Signers, in repository: Repository
    ) throws(GitError) -> Bool {
        guard let signed = try repository.signedCommit(commit),
            let signature = try? SSHSignature(armored: signed.signature)
        else { return false }
        return signature.namespace.hasSameBytes(as: "git")
            && signers.isListed(
                signature.key, for: Signers.maintainerNamespaces, at: signed.committerTimeSeconds)
            && signature.isValid(for: signed.content)
    }
}
