internal import CLibgit2

extension Repository {
    /// Returns the merge bases of two commits, beginning with the one that git prefers. Returns an empty list if the
    /// histories of the commits are unrelated.
    ///
    /// Throws `missingObject` if a shallow clone lacks the merge bases.
    package func mergeBases(_ one: ObjectID, _ two: ObjectID) throws(GitError) -> [ObjectID] {
        var (first, second) = (one.raw, two.raw)
        var found = git_oidarray()
        let code = git_merge_bases(&found, handle, &first, &second)
        if code < 0, isShallow {
            throw GitError(
                .missingObject, "this shallow clone lacks the merge base of the two histories",
                remedy: "git fetch --unshallow")
        }
        if code == GIT_ENOTFOUND.rawValue { return [] }
        try check(code, "find the merge base of two histories")
        defer { git_oidarray_dispose(&found) }
        return (0..<found.count).map { ObjectID(found.ids[$0]) }
    }
}
