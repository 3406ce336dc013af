internal import CLibgit2
import Glibc

extension Repository {
    /// Returns the index entries below the top-level entries in `names`, sorted by path. Returns all entries if `names`
    /// is nil.
    ///
    /// `indexFile` is the caller's GIT_INDEX_FILE, relative to `currentDirectory`; for a pre-commit hook, it may name a
    /// temporary index. Throws `conflictedIndex`. Throws `unsupportedIndex` if the index is damaged, or if neither
    /// libgit2 nor the git program can read it.
    package func stagedEntries(
        indexFile: String? = nil, currentDirectory: String = ".", under names: [String]? = nil
    ) throws(GitError) -> [TreeEntry] {
        let file = try path(ofIndex: indexFile, currentDirectory)
        let wanted = names.map { Set($0.map { Array($0.utf8) }) }
        let index: OpaquePointer
        do throws(GitError) {
            index = try openIndex(file)
        } catch {
            guard error.code == .unsupportedIndex, !isDamaged(error) else { throw error }
            return try stagedEntriesByGit(file, under: names, after: error)
        }
        defer { git_index_free(index) }
        var found: [TreeEntry] = []
        for position in 0..<git_index_entrycount(index) {
            guard let entry = git_index_get_byindex(index, position)?.pointee, let name = entry.path else { continue }
            if let wanted, !wanted.contains(firstPart(of: name)) { continue }
            let valid = String(validatingCString: name)
            let path = valid ?? String(cString: name)
            if entry.stage != 0 { throw conflict(path) }
            if entry.isIntentToAdd { continue }
            found.append(
                TreeEntry(
                    path: path, pathIsUTF8: valid != nil, id: ObjectID(entry.id), mode: TreeEntry.Mode(entry.mode)))
        }
        return found
    }

    func path(ofIndex file: String?, _ currentDirectory: String) throws(GitError) -> String {
        guard let file, !file.isEmpty else { return "\(gitDirectory)/index" }
        try requireNoNUL(file, "index file's name")
        return file.utf8.first == UInt8(ascii: "/") ? file : "\(currentDirectory)/\(file)"
    }

    private func firstPart(of path: UnsafePointer<CChar>) -> [UInt8] {
        var part: [UInt8] = []
        var next = path
        while next.pointee != 0, next.pointee != CChar(UInt8(ascii: "/")) {
            part.append(UInt8(bitPattern: next.pointee))
            next += 1
        }
        return part
    }

    /// Reads an index from its file without libgit2's cache, so that changes by other processes are seen. A missing
    /// file counts as an empty index.
    ///
    /// If `path` is a copy, `original` is the path that error messages name.
    func openIndex(_ path: String, copyOf original: String? = nil) throws(GitError) -> OpaquePointer {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw unreadable(original ?? path, "it is not a regular file")
        }
        var index: OpaquePointer?
        guard git_index_open(&index, path) < 0 else {
            guard let index else { throw GitError(.failed, "cannot open the index '\(path)'") }
            return index
        }
        let text = GitError.lastText()
        let path = original ?? path
        if text.contains("'link'") {
            throw GitError(
                .unsupportedIndex, "the index '\(path)' is split over two files",
                remedy: "git update-index --no-split-index")
        }
        if text.contains("'sdir'") {
            throw GitError(
                .unsupportedIndex, "the index '\(path)' is sparse",
                remedy: "git sparse-checkout reapply --no-sparse-index")
        }
        throw unreadable(path, text)
    }

    private func unreadable(_ path: String, _ why: String) -> GitError {
        GitError(
            .unsupportedIndex, "cannot read the index '\(path)': \(why)",
            remedy: "run git read-tree HEAD to rebuild it from the last commit, then stage changes again")
    }
}

/// Whether the index is damaged. If so, the git program must not be used instead, because it may read only a part of
/// the index. If the index is not damaged, libgit2's message names an extension that libgit2 does not support.
private func isDamaged(_ error: GitError) -> Bool {
    !["is split", "is sparse", "unsupported mandatory extension"].contains { error.message.contains($0) }
}

func conflict(_ path: String) -> GitError {
    GitError(
        .conflictedIndex, "'\(path)' has a merge conflict in the index", remedy: "resolve it, then 'git add' the file")
}

extension git_index_entry {
    var stage: UInt16 { flags >> 12 & 3 }
    /// Whether `git add -N` added the entry. Such an entry has no content, and git does not commit it.
    var isIntentToAdd: Bool { flags_extended & UInt16(GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue) != 0 }
}
