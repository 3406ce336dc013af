internal import CLibgit2
import Glibc

extension Repository {
    /// What the index would commit below the named top-level entries (nil: everywhere), sorted by path.
    ///
    /// `indexFile` is the caller's GIT_INDEX_FILE, relative to its `currentDirectory`: in a pre-commit hook git names a
    /// temporary index there. Throws `conflictedIndex`, or `unsupportedIndex` for one that is damaged, or that git cannot
    /// read either.
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

    /// An index read afresh from its file, so that another process's changes are seen; a missing file is an empty one.
    ///
    /// `original` is the index that a copy at `path` is told of as.
    func openIndex(_ path: String, copyOf original: String? = nil) throws(GitError) -> OpaquePointer {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw unreadable(original ?? path, "it is no plain file")
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
                .unsupportedIndex, "the index '\(path)' is sparse: it leaves folders folded",
                remedy: "git sparse-checkout reapply --no-sparse-index")
        }
        throw unreadable(path, text)
    }

    private func unreadable(_ path: String, _ why: String) -> GitError {
        GitError(
            .unsupportedIndex, "cannot read the index '\(path)': \(why)",
            remedy: "git read-tree HEAD makes it anew from the last commit; what was staged must be added again")
    }
}

/// git itself may read a part of a damaged index; libgit2 names the parts that it does not know.
private func isDamaged(_ error: GitError) -> Bool {
    !["is split", "is sparse", "unsupported mandatory extension"].contains { error.message.contains($0) }
}

func conflict(_ path: String) -> GitError {
    GitError(
        .conflictedIndex, "'\(path)' has a merge conflict in the index", remedy: "resolve it, then 'git add' the file")
}

extension git_index_entry {
    var stage: UInt16 { flags >> 12 & 3 }
    /// `git add -N`: a promise without content, which git leaves out of a commit.
    var isIntentToAdd: Bool { flags_extended & UInt16(GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue) != 0 }
}
