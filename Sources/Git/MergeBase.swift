internal import CLibgit2

extension Repository {
    /// The best common ancestors of two commits, git's first choice first; none where their histories share nothing.
    ///
    /// Throws `missingObject` where a shallow clone leaves out what would tell.
    package func mergeBases(_ one: ObjectID, _ two: ObjectID) throws(GitError) -> [ObjectID] {
        var (first, second) = (one.raw, two.raw)
        var found = git_oidarray()
        let code = git_merge_bases(&found, handle, &first, &second)
        if code < 0, isShallow {
            throw GitError(
                .missingObject, "this shallow clone does not reach back to where the two histories part",
                remedy: "git fetch --unshallow")
        }
        if code == GIT_ENOTFOUND.rawValue { return [] }
        try check(code, "find where two histories part")
        defer { git_oidarray_dispose(&found) }
        return (0..<found.count).map { ObjectID(found.ids[$0]) }
    }
}
