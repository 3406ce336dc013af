internal import CLibgit2

extension Repository {
    /// Commits only these files, to the checked-out branch or to a new branch, which is then checked out. Leaves other
    /// staged or changed files and the work tree unchanged.
    ///
    /// If the process is killed, the repository is left in the old or the new state. Only a lock file, staged files, or
    /// a new branch that is not checked out may remain. The next attempt adopts such a branch. The following order of
    /// steps ensures this:
    /// 1. The blobs, the trees and the commit are stored, but no reference points to them.
    /// 2. The files are added to the index under git's lock. If the branch were moved first, the files would look
    ///    deleted, and the user's next commit would delete them.
    /// 3. The branch is moved or created by compare-and-swap.
    /// 4. If there is a new branch, HEAD is moved to it by compare-and-swap.
    ///
    /// If an error occurs, steps 2 and 3 are undone.
    ///
    /// `checked` is the commit against which the files were checked; throws `moved` if this commit is no longer checked
    /// out. Runs no hooks and does not sign the commit. Throws `unchanged`, `detachedHead`, `unbornHead`,
    /// `operationInProgress`, `bareRepository`, `conflictedIndex`, `locked`, `moved`, `exists`, and the errors of
    /// `writeCommit`.
    package func commit(
        _ files: [NewFile], checked: ObjectID? = nil, message: String, author: Identity, committer: Identity,
        newBranch: String? = nil
    ) throws(GitError) -> ObjectID {
        let (branch, parent) = try checkedOut()
        guard checked == nil || checked == parent else { throw movedBranch(branch) }
        if let newBranch { _ = try branchReference(newBranch) }
        var commit = try writeCommit(files, onto: parent, message: message, author: author, committer: committer)
        guard try tree(of: commit) != tree(of: parent) else {
            throw GitError(.unchanged, "the last commit already contains these files unchanged")
        }
        let staged = try entries(of: files, in: commit)
        git_repository_set_ident(handle, committer.name, committer.email)
        return try withIndexLocked { () throws(GitError) in
            guard try headBranch() == branch, try head() == parent else { throw movedBranch(branch) }
            let adopted = try newBranch.flatMap { name throws(GitError) in try abandonedTip(name, like: commit) }
            if let adopted { commit = adopted }
            let change = try stage(staged)
            do throws(GitError) {
                guard let newBranch else {
                    try moveBranch(branch, from: parent, to: commit, log: "commit: \(firstLine(message))")
                    return commit
                }
                if adopted == nil { try createBranch(newBranch, at: commit) }
                try setHead(toBranch: newBranch, from: branch)
                return commit
            } catch {
                // If the branch already points to the commit, only the final sync to disk failed.
                if (try? headBranch()) == newBranch ?? branch, (try? head()) == commit {
                    throw GitError(error.code, "the commit \(commit) was made, but \(error.message)")
                }
                if let newBranch, adopted == nil, error.code != .exists { removeBranch(newBranch, at: commit) }
                restoreIndex(change)
                throw error
            }
        }
    }

    private func checkedOut() throws(GitError) -> (branch: String, commit: ObjectID) {
        guard !isBare else {
            throw GitError(
                .bareRepository, "'\(gitDirectory)' is a bare repository, without a work tree to commit from")
        }
        guard let branch = try headBranch() else {
            throw GitError(.detachedHead, "no branch is checked out", remedy: "git switch -c NAME")
        }
        guard let commit = try head() else {
            throw GitError(
                .unbornHead, "the branch '\(branch)' has no commit yet",
                remedy: "git commit --allow-empty -m 'Begin the ledger'")
        }
        let state = git_repository_state(handle)
        guard state == Int32(GIT_REPOSITORY_STATE_NONE.rawValue) else {
            throw GitError(
                .operationInProgress, "a merge, rebase or similar operation is unfinished",
                remedy: "run 'git status' to see how to finish or abort it")
        }
        return (branch, commit)
    }

    /// Returns the tip of the branch if its tree and parents equal those of `new`; nil if they differ. If they are
    /// equal, an earlier attempt that was killed made the branch.
    private func abandonedTip(_ branch: String, like new: ObjectID) throws(GitError) -> ObjectID? {
        guard let tip = try reference("refs/heads/\(branch)") else { return nil }
        let (found, wanted) = (try commit(tip), try commit(new))
        return found.tree == wanted.tree && found.parents == wanted.parents ? tip : nil
    }

    private func entries(of files: [NewFile], in commit: ObjectID) throws(GitError) -> [TreeEntry] {
        let tree = try tree(of: commit)
        var entries: [TreeEntry] = []
        for file in files {
            if let entry = try entry(at: file.path, inTree: tree) { entries.append(entry) }
        }
        return entries
    }

    private func firstLine(_ message: String) -> String {
        String(message.prefix { !$0.isNewline })
    }
}
