extension Repository {
    /// Returns the entries that `stagedEntries` returns, but reads them with the git program, because libgit2 1.5 does
    /// not support split or sparse indexes.
    ///
    /// Throws `refusal`, the error of libgit2, if git cannot read the index either.
    func stagedEntriesByGit(
        _ indexFile: String, under names: [String]?, after refusal: GitError
    ) throws(GitError) -> [TreeEntry] {
        let changes: [TreeChange]
        do throws(GitError) {
            changes = try indexChanges(of: indexFile, against: emptyTree, under: names ?? []).changes()
        } catch  where error.code == .failed {
            throw refusal
        }
        return changes.compactMap(\.new)
    }

    /// Returns the path of a file below the top-level entries in `names` that a sparse checkout excludes from the work
    /// tree; nil if there is no such file.
    package func fileExcludedBySparseCheckout(under names: [String]) throws(GitError) -> String? {
        guard let workDirectory, configFlag("core.sparseCheckout") else { return nil }
        let wanted = Set(names.map { Array($0.utf8) })
        let fields = try Command(["ls-files", "-t", "-z"], gitDirectory: gitDirectory).fields("list the index")
        for field in fields where field.starts(with: "S ".utf8) {
            let path = field.dropFirst(2)
            guard wanted.contains(Array(path.prefix { $0 != UInt8(ascii: "/") })) else { continue }
            let name = String(decoding: path, as: UTF8.self)
            if !exists("\(workDirectory)/\(name)") { return name }
        }
        return nil
    }
}
