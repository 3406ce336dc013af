import Glibc

/// Returns a path `path.PROCESS-RANDOM.tmp` for a temporary file, which `writeFile` renames to `path`.
func temporaryPath(for path: String) -> String {
    "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
}

/// Returns whether `temporaryPath` made this name. Such files are not part of a ledger.
func isTemporary(_ name: String) -> Bool {
    guard name.endsWithBytes(".tmp") else { return false }
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count > 2 else { return false }
    let numbers = parts[parts.count - 2].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return numbers.count == 2
        && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
}

/// Removes the temporary files of killed processes, which are no longer locked. Errors are ignored.
func removeAbandonedFiles(in folder: String) {
    for (name, kind) in (try? listFolder(folder)) ?? [] where kind == .file && isTemporary(name) {
        let path = "\(folder)/\(name)"
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { continue }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { _ = unsafe unlink(path) }
    }
}
