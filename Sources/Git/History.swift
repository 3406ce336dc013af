internal import CLibgit2

/// The metadata of a commit. In its texts, U+FFFD replaces invalid UTF-8.
package struct Commit: Sendable, Equatable {
    package var id: ObjectID
    package var tree: ObjectID
    package var parents: [ObjectID]
    package var authorName: String
    package var authorEmail: String
    package var authorTimeSeconds: Int64
    package var summary: String
}

/// The maximum size of a commit object in bytes; real commit objects are far smaller.
let commitByteLimit = 16 << 20

extension Repository {
    /// Returns the commit with this id. Throws `missingObject`, or `wrongKind` if the object is not a commit.
    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        let commit = try lookupCommit(id)
        defer { git_commit_free(commit) }
        guard let tree = git_commit_tree_id(commit) else { throw missing(id, "commit") }
        let author = git_commit_author(commit)?.pointee
        return Commit(
            id: id, tree: ObjectID(tree.pointee),
            parents: (0..<git_commit_parentcount(commit)).compactMap {
                git_commit_parent_id(commit, $0).map { ObjectID($0.pointee) }
            },
            authorName: author?.name.map { String(cString: $0) } ?? "",
            authorEmail: author?.email.map { String(cString: $0) } ?? "",
            authorTimeSeconds: author?.when.time ?? 0,
            summary: git_commit_summary(commit).map { String(cString: $0) } ?? "")
    }

    package func tree(of commit: ObjectID) throws(GitError) -> ObjectID {
        let handle = try lookupCommit(commit)
        defer { git_commit_free(handle) }
        guard let tree = git_commit_tree_id(handle) else { throw missing(commit, "commit") }
        return ObjectID(tree.pointee)
    }

    /// Returns the first parent of a commit, or nil for a root commit and at the boundary of a shallow clone.
    package func firstParent(of commit: ObjectID) throws(GitError) -> ObjectID? {
        let handle = try lookupCommit(commit)
        defer { git_commit_free(handle) }
        guard let parent = git_commit_parent_id(handle, 0) else { return nil }
        return isShallow && !contains(ObjectID(parent.pointee)) ? nil : ObjectID(parent.pointee)
    }

    /// Returns the chain of first parents from `tip` to the root commit or to the boundary of a shallow clone.
    package func firstParentHistory(from tip: ObjectID) throws(GitError) -> [ObjectID] {
        var history = [tip]
        while let parent = try firstParent(of: history[history.count - 1]) { history.append(parent) }
        return history
    }

    func contains(_ id: ObjectID) -> Bool {
        var raw = id.raw
        return git_odb_exists(objects, &raw) == 1
    }

    func lookupCommit(_ id: ObjectID) throws(GitError) -> OpaquePointer {
        var raw = id.raw
        try requireSize(of: id, atMost: commitByteLimit)
        var commit: OpaquePointer?
        let code = git_commit_lookup(&commit, handle, &raw)
        if code == GIT_ENOTFOUND.rawValue {
            guard !contains(id) else { throw GitError(.wrongKind, "the object \(id) is not a commit") }
            throw missing(id, "commit")
        }
        try check(code, "read the commit \(id)")
        guard let commit else { throw missing(id, "commit") }
        return commit
    }
}
