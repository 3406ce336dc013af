internal import CLibgit2

extension Repository {
    /// Returns the short name of the checked-out branch, which may be unborn; nil if HEAD is detached.
    package func headBranch() throws(GitError) -> String? {
        let reference = try acquire("read HEAD") { git_reference_lookup(&$0, handle, "HEAD") }
        defer { git_reference_free(reference) }
        guard git_reference_type(reference) == GIT_REFERENCE_SYMBOLIC,
            let target = git_reference_symbolic_target(reference)
        else { return nil }
        guard let name = String(validatingCString: target) else {
            throw GitError(.invalidName, "the name of the checked-out branch is not valid UTF-8")
        }
        let prefix = "refs/heads/".utf8
        return name.utf8.starts(with: prefix) ? String(name.unicodeScalars.dropFirst(prefix.count)) : name
    }

    /// Returns the checked-out commit; nil before the first commit.
    package func head() throws(GitError) -> ObjectID? { try reference("HEAD") }

    /// Resolves a full reference name such as `refs/heads/main`; returns nil if the reference does not exist.
    package func reference(_ name: String) throws(GitError) -> ObjectID? {
        try requireNoNUL(name, "reference")
        var id = git_oid()
        let code = git_reference_name_to_id(&id, handle, name)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try check(code, "read the reference '\(name)'")
        return ObjectID(id)
    }

    /// Resolves a revision that the user typed (such as `main`, `v1~3` or an id) to a commit.
    ///
    /// Throws `unknownRevision`, or `wrongKind` if the revision is not a commit.
    package func resolve(_ revision: String) throws(GitError) -> ObjectID {
        guard let first = revision.utf8.first, first != UInt8(ascii: "-") else {
            throw GitError(.unknownRevision, "'\(revision)' is not a revision: it is empty or begins with '-'")
        }
        try requireNoNUL(revision, "revision")
        var object: OpaquePointer?
        defer { git_object_free(object) }
        let code = git_revparse_single(&object, handle, revision)
        guard code == 0 else { throw unresolved(revision, code) }
        var commit: OpaquePointer?
        defer { git_object_free(commit) }
        guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0, let id = git_object_id(commit) else {
            let kind = git_object_type2string(git_object_type(object)).map { String(cString: $0) } ?? "object"
            throw GitError(.wrongKind, "'\(revision)' names a \(kind), not a commit")
        }
        return ObjectID(id.pointee)
    }

    private func unresolved(_ revision: String, _ code: Int32) -> GitError {
        if code == GIT_EAMBIGUOUS.rawValue {
            return GitError(
                .unknownRevision, "'\(revision)' is an ambiguous abbreviated id", remedy: "give more digits")
        }
        return GitError(
            .unknownRevision, "there is no commit, branch or tag '\(revision)'",
            remedy: isShallow ? "history is cut off in this shallow clone: git fetch --unshallow" : nil)
    }
}
