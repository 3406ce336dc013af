import Checking
import Git
import Records
import Signatures
import Words

extension Workspace {
    /// Reports changes of the settings and the signers that no maintainer signed. The maintainers are those of BASE, so
    /// that a range cannot name its own.
    ///
    /// Listings are dated by the first-parent line. So a change on this line needs a signature even if a later commit
    /// undoes it.
    func changedSettings(_ history: RangeHistory) throws -> [Diagnostic] {
        guard let judge = history.judge, !history.bases.isEmpty else { return [] }
        let repository = try repository()
        let line = history.firstParentLine(in: repository)
        var diagnostics: [Diagnostic] = []
        for path in [settingsPath, signersPath] {
            let now = try content(of: path, at: history.tip, in: repository)
            // Content of TIP that equals that of a base state was merged from it.
            let isShared = try history.bases.contains { try content(of: path, at: $0, in: repository) == now }
            let changes = try line.filter { try edits(path, $0, in: repository) }
            guard !isShared || !changes.isEmpty else { continue }
            let signers = try signers(at: judge, in: repository)
            // The oldest unsigned change, or one of the range as a whole, such as a merge that drops a change of BASE.
            let unsigned = try changes.last { try !isSigned($0, of: path, by: signers, history, in: repository) }
            let isUnsigned =
                try !isShared
                && !history.commits.contains { commit in
                    try writes(now, to: path, commit, in: repository)
                        && isSigned(commit.id, by: signers, in: repository)
                }
            guard unsigned != nil || isUnsigned else { continue }
            diagnostics.append(
                signers.hasMaintainers
                    ? unsignedSettings(path, commit: unsigned.map { ($0.id.description, $0.summary) })
                    : unguardedSettings(path))
        }
        return diagnostics
    }

    /// Returns whether a maintainer signed the content that a commit gives a file: the commit itself or, in the merged
    /// side, a commit that writes this content. Commits that the side merged from BASE need no signature, because BASE
    /// has accepted them.
    private func isSigned(
        _ commit: Commit, of path: String, by signers: Signers, _ history: RangeHistory, in repository: Repository
    ) throws(GitError) -> Bool {
        let content = try content(of: path, at: commit.id, in: repository)
        let own = Set(history.commits.map(\.id))
        let first = repository.presentParents(of: commit).prefix(1)
        let side = try repository.commits(from: commit.id, hiding: Array(first))
        var parents: Set<ObjectID> = []
        for id in side where own.contains(id) { parents.formUnion(try repository.commit(id).parents) }
        for id in side where !own.contains(id) && parents.contains(id) {
            if try self.content(of: path, at: id, in: repository) == content { return true }
        }
        for id in side where own.contains(id) {
            let isWriter = try writes(content, to: path, repository.commit(id), in: repository)
            if isWriter, try isSigned(id, by: signers, in: repository) { return true }
        }
        return false
    }

    /// Returns the id of a file's content, or nil if there is no such file. A link is none.
    private func content(of path: String, at commit: ObjectID, in repository: Repository) throws(GitError) -> ObjectID?
    {
        guard let entry = try repository.entry(at: path, inTree: repository.tree(of: commit)),
            entry.mode == .file || entry.mode == .executable
        else { return nil }
        return entry.id
    }

    func signers(at commit: ObjectID, in repository: Repository) throws(GitError) -> Signers {
        let content = try content(of: signersPath, inTree: repository.tree(of: commit), repository)
        return content.map { decodeSigners($0).signers } ?? Signers()
    }

    /// Whether a commit gives a file this content, which its first parent does not have.
    private func writes(
        _ content: ObjectID?, to path: String, _ commit: Commit, in repository: Repository
    ) throws(GitError) -> Bool {
        guard try self.content(of: path, at: commit.id, in: repository) == content else { return false }
        return try edits(path, commit, in: repository)
    }

    /// Whether the content of a file differs between a commit and its first parent. A root commit gives a file its
    /// content.
    private func edits(_ path: String, _ commit: Commit, in repository: Repository) throws(GitError) -> Bool {
        guard let parent = repository.presentParents(of: commit).first else { return commit.parents.isEmpty }
        return try content(of: path, at: parent, in: repository) != content(of: path, at: commit.id, in: repository)
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
