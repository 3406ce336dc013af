internal import CLibgit2
import Glibc

extension Repository {
    /// Adds these committed files to the index, without changing other entries.
    ///
    /// The caller must hold the lock of the index. Writes a new index and renames it over the old one. Returns a backup
    /// for `restoreIndex`.
    func stage(_ files: [TreeEntry]) throws(GitError) -> IndexBackup {
        let draft = "\(gitDirectory)/index.arbor-ledger"
        // A killed process may have left these files. Removing them is safe, because every writer holds the lock of the
        // index.
        unlink(draft)
        unlink("\(draft).lock")
        defer { unlink(draft) }
        var status = stat()
        let former = stat(indexPath, &status) == 0 ? try readFile(indexPath) : nil
        if let former { try writeFile(draft, former, mode: status.st_mode & 0o777) }
        let index = try openIndex(draft, copyOf: indexPath)
        defer { git_index_free(index) }
        try requireNoConflict(index)
        try invalidateRacyEntries(index, since: status.st_mtim.tv_sec)

        var expected = git_index_entrycount(index)
        for file in files {
            if git_index_get_bypath(index, file.path, 0) == nil { expected += 1 }
            let code = file.path.withCString { path in
                var entry = git_index_entry()
                entry.path = path
                entry.id = file.id.raw
                entry.mode = file.mode == .executable ? 0o100755 : 0o100644
                return git_index_add(index, &entry)
            }
            try check(code, "put '\(file.path)' into the index")
        }
        guard git_index_entrycount(index) == expected else {
            throw GitError(
                .exists, "a staged file has the path of a needed folder, or a staged folder that of a file",
                remedy: "run 'git restore --staged' on it first")
        }
        try check(git_index_write(index), "write the index")
        if former != nil { chmod(draft, status.st_mode & 0o777) }
        guard rename(draft, indexPath) == 0 else { throw systemError("replace the index '\(indexPath)'") }
        syncFolder(gitDirectory)
        return IndexBackup(former: former, mode: status.st_mode & 0o777)
    }

    /// Restores the index from a backup if possible. Failures are ignored, because the caller already reports an error,
    /// and files that remain staged are not lost.
    func restoreIndex(_ change: IndexBackup) {
        guard let former = change.former else {
            unlink(indexPath)
            return
        }
        let draft = "\(gitDirectory)/index.arbor-ledger"
        if (try? writeFile(draft, former, mode: change.mode)) != nil { rename(draft, indexPath) }
    }

    private func requireNoConflict(_ index: OpaquePointer) throws(GitError) {
        guard git_index_has_conflicts(index) == 1 else { return }
        for position in 0..<git_index_entrycount(index) {
            if let entry = git_index_get_byindex(index, position)?.pointee, entry.stage != 0, let path = entry.path {
                throw conflict(String(cString: path))
            }
        }
    }

    /// Makes git compare the content of files that changed in the same second in which the index was written ("racy
    /// git"). The time stamp of such a file does not show the change. git detects this case by the time stamp of the
    /// index file, but the new index has a later time stamp. Therefore the size of each such entry is set to zero, and
    /// git compares the content.
    private func invalidateRacyEntries(_ index: OpaquePointer, since seconds: Int) throws(GitError) {
        for position in 0..<git_index_entrycount(index) {
            guard var entry = git_index_get_byindex(index, position)?.pointee, entry.stage == 0,
                Int(entry.mtime.seconds) >= seconds, entry.mtime.seconds != 0
            else { continue }
            entry.file_size = 0
            try check(git_index_add(index, &entry), "update an entry of the index")
        }
    }
}

/// The index file before `stage` changed it; `former` is nil if there was no index file.
struct IndexBackup {
    var former: [UInt8]?
    var mode: mode_t
}

func readFile(_ path: String) throws(GitError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw systemError("read '\(path)'") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(file, &part, part.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw systemError("read '\(path)'") }
        if count == 0 { return bytes }
        bytes += part[..<count]
    }
}

private func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(GitError) {
    let file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else { throw systemError("write '\(path)'") }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw systemError("write '\(path)'") }
        rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else { throw systemError("write '\(path)' to disk") }
}

/// Syncs a folder to disk, so that a rename in it survives a power cut.
private func syncFolder(_ path: String) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
}
