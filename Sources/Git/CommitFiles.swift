internal import CLibgit2

extension Repository {
    /// Commits these files, and nothing else that is staged or changed, onto the checked-out branch or, with
    /// `newBranch`, onto a branch made here and switched to; no file of the work tree is touched.
    ///
    /// Killed at any moment, the repository is as before or as after, but for files already staged, a new branch not
    /// yet switched to (which the next try adopts), or a lock file. The order makes it so:
    /// 1. blobs, trees and the commit are stored, with nothing pointing at them;
    /// 2. the files enter the index under git's lock. After this step alone they are staged; after the next one alone
    ///    they would look deleted, and the user's next commit would delete them;
    /// 3. the branch moves, or is made, by compare-and-swap;
    /// 4. with a new branch, HEAD moves by compare-and-swap.
    /// An error undoes 2 and 3.
    ///
    /// `checked` is the commit beside which the files were found to be good: another one is no longer that.
    /// Runs no hooks and does not sign. Throws `unchanged`, `detachedHead`, `unbornHead`, `operationInProgress`,
    /// `bareRepository`, `conflictedIndex`, `locked`, `moved`, `exists`, and what `writeCommit` throws.
    package func commit(
        _ files: [NewFile], checked: ObjectID? = nil, message: String, author: Identity, committer: Identity,
        newBranch: String? = nil
    ) throws(GitError) -> ObjectID {
        let (branch, parent) = try checkedOut()
        guard checked == nil || checked == parent else { throw movedBranch(branch) }
        if let newBranch { _ = try branchReference(newBranch) }
        var commit = try writeCommit(files, onto: parent, message: message, author: author, committer: committer)
        guard try tree(of: commit) != tree(of: parent) else {
            throw GitError(.unchanged, "the last commit holds these files already, as they are")
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
                // What fails last is the wait for the disk, and then the change is made.
                if (try? headBranch()) == newBranch ?? branch, (try? head()) == commit {
                    throw GitError(error.code, "the commit \(commit) is made, but \(error.message)")
                }
                if let newBranch, adopted == nil, error.code != .exists { removeBranch(newBranch, at: commit) }
                restoreIndex(change)
                throw error
            }
        }
    }

    private func checkedOut() throws(GitError) -> (branch: String, commit: ObjectID) {
        guard !isBare else {
            throw GitError(.bareRepository, "'\(gitDirectory)' is bare: it has no work tree to commit from")
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
                .operationInProgress, "a merge, rebase or the like has not been finished",
                remedy: "'git status' says how to finish or abort it")
        }
        return (branch, commit)
    }

    /// The tip of a branch that a killed try left behind: the same tree on the same parent.
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
