internal import CLibgit2

extension Repository {
    /// Creates the branch `name` at a commit; throws `exists` if it already exists.
    package func createBranch(_ name: String, at commit: ObjectID) throws(GitError) {
        let reference = try branchReference(name)
        var raw = commit.raw
        var made: OpaquePointer?
        defer { git_reference_free(made) }
        let code = git_reference_create(&made, handle, reference, &raw, 0, "branch: Created from \(commit)")
        if code == GIT_EEXISTS.rawValue {
            throw GitError(.exists, "the branch '\(name)' already exists", remedy: "git switch \(shellQuoted(name))")
        }
        try checkReference(code, reference, "create the branch '\(name)'")
    }

    /// Moves the branch `name` from one commit to another; throws `moved` if the branch is no longer at `old`.
    package func moveBranch(_ name: String, from old: ObjectID, to new: ObjectID, log: String) throws(GitError) {
        let reference = try branchReference(name)
        var (oldRaw, newRaw) = (old.raw, new.raw)
        var made: OpaquePointer?
        defer { git_reference_free(made) }
        let code = git_reference_create_matching(&made, handle, reference, &newRaw, 1, &oldRaw, log)
        if code == GIT_EMODIFIED.rawValue || code == GIT_ENOTFOUND.rawValue { throw movedBranch(name) }
        try checkReference(code, reference, "move the branch '\(name)'")
    }

    /// Points HEAD at the branch `new` without changing files or the index; throws `moved` unless `old` is checked out.
    package func setHead(toBranch new: String, from old: String) throws(GitError) {
        let (target, current) = (try branchReference(new), try branchReference(old))
        var made: OpaquePointer?
        defer { git_reference_free(made) }
        let code = git_reference_symbolic_create_matching(
            &made, handle, "HEAD", target, 1, current, "checkout: moving from \(old) to \(new)")
        if code == GIT_EMODIFIED.rawValue {
            throw GitError(.moved, "'\(old)' is no longer checked out: another process switched branches")
        }
        try checkReference(code, "HEAD", "switch to the branch '\(new)'")
    }

    /// Deletes a branch that `createBranch` made, if the branch is still at this commit.
    func removeBranch(_ name: String, at commit: ObjectID) {
        var found: OpaquePointer?
        guard let name = try? branchReference(name), git_reference_lookup(&found, handle, name) == 0 else { return }
        defer { git_reference_free(found) }
        // libgit2 deletes the branch only if it still has the value that was just looked up.
        if let id = git_reference_target(found), ObjectID(id.pointee) == commit { _ = git_reference_delete(found) }
    }

    func movedBranch(_ name: String) -> GitError {
        GitError(.moved, "the branch '\(name)' was moved by another process", remedy: "run the command again")
    }

    func branchReference(_ name: String) throws(GitError) -> String {
        try requireNoNUL(name, "branch name")
        var valid: Int32 = 0
        guard git_branch_name_is_valid(&valid, name) == 0, valid == 1 else {
            throw GitError(.invalidName, "'\(name)' is not a branch name that git allows")
        }
        return "refs/heads/\(name)"
    }

    private func checkReference(_ code: Int32, _ reference: String, _ doing: String) throws(GitError) {
        if code == GIT_ELOCKED.rawValue {
            let folder = reference == "HEAD" ? gitDirectory : commonDirectory
            throw locked("\(folder)/\(reference).lock")
        }
        try check(code, doing)
    }
}
