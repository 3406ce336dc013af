import Glibc

/// A failed file operation.
struct FileError: Error, CustomStringConvertible {
    var path: String
    var doing: String
    var code: Int32

    var description: String {
        "cannot \(doing) \(path): \(unsafe String(cString: strerror(code)))"
    }
}

enum FileKind {
    case file, folder, link, other
}

enum FileContent {
    case bytes([UInt8])
    case tooLarge(Int)
    /// A pipe, socket or device.
    case special
}

/// Lists the names and kinds of a folder's entries. If the folder is missing, the list is empty.
func listFolder(_ path: String) throws(FileError) -> [(name: String, kind: FileKind)] {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if errno == ENOENT { return [] }
        throw FileError(path: path, doing: "list", code: errno)
    }
    return try listFolder(descriptor, path).map { (String(decoding: $0.name, as: UTF8.self), $0.kind) }
}

/// Lists an open folder and closes it. The names are raw bytes; `path` is used only in messages.
func listFolder(_ descriptor: Int32, _ path: String) throws(FileError) -> [(name: [UInt8], kind: FileKind)] {
    guard let folder = unsafe fdopendir(descriptor) else {
        let code = errno
        close(descriptor)
        throw FileError(path: path, doing: "list", code: code)
    }
    defer { unsafe closedir(folder) }
    var names: [(name: [UInt8], kind: FileKind)] = []
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            let start = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self)
            return unsafe Array(
                UnsafeBufferPointer(
                    start: start, count: strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))))
        }
        guard name != Array(".".utf8), name != Array("..".utf8) else { continue }
        let kind: FileKind =
            switch unsafe Int(entry.pointee.d_type) {
            case DT_REG: .file
            case DT_DIR: .folder
            case DT_LNK: .link
            case DT_UNKNOWN: try kindOfFile(name, in: descriptor, path)
            default: .other
            }
        names.append((name, kind))
    }
    return names
}

/// Returns the kind of a file. Links are not followed.
func kindOfFile(_ path: String) throws(FileError) -> FileKind {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw FileError(path: path, doing: "look at", code: errno) }
    return kind(of: status)
}

/// Returns the kind of a file, for file systems whose directory listings lack it.
private func kindOfFile(_ name: [UInt8], in folder: Int32, _ path: String) throws(FileError) -> FileKind {
    var status = stat()
    let code = unsafe (name + [0]).withUnsafeBytes {
        unsafe fstatat(folder, $0.baseAddress!.assumingMemoryBound(to: CChar.self), &status, AT_SYMLINK_NOFOLLOW)
    }
    guard code == 0 else { throw FileError(path: path, doing: "look into", code: errno) }
    return kind(of: status)
}

private func kind(of status: stat) -> FileKind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
}

/// Reads a regular file, never through a symbolic link, up to a limit.
func readFile(_ path: String, limit: Int) throws(FileError) -> FileContent {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "open", code: errno) }
    return try readFile(descriptor, path, limit: limit)
}

/// Reads a regular file as `readFile` does, but reads no further if it begins with `start`: it then counts as special.
func readFile(_ path: String, limit: Int, refusing start: String) throws(FileError) -> FileContent {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "open", code: errno) }
    var first = [UInt8](repeating: 0, count: start.utf8.count)
    let count = unsafe pread(descriptor, &first, first.count, 0)
    if count == first.count, first.elementsEqual(start.utf8) {
        close(descriptor)
        return .special
    }
    return try readFile(descriptor, path, limit: limit)
}

/// Reads an open file and closes it; `path` is used only in messages.
func readFile(_ descriptor: Int32, _ path: String, limit: Int) throws(FileError) -> FileContent {
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(path: path, doing: "look at", code: errno) }
    switch kind(of: status) {
    case .file: break
    case .folder: throw FileError(path: path, doing: "read", code: EISDIR)
    case .link, .other: return .special
    }
    guard status.st_size <= limit else { return .tooLarge(Int(status.st_size)) }
    // One more byte than `fstat` reported shows whether the file has grown since.
    var bytes = try readBytes(descriptor, path, atMost: Int(status.st_size) + 1)
    if bytes.count > Int(status.st_size) { bytes += try readBytes(descriptor, path, atMost: limit + 1 - bytes.count) }
    return bytes.count > limit ? .tooLarge(bytes.count) : .bytes(bytes)
}

/// Reads the next bytes of an open file.
func readBytes(_ descriptor: Int32, _ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        while count < buffer.count {
            let got = unsafe Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
            if got == 0 { return }
            if got < 0 {
                if errno == EINTR { continue }
                failure = errno
                return
            }
            count += got
            // The file has ended, because callers ask for one byte more than they expect.
            if count == buffer.count - 1 { return }
        }
    }
    if failure != 0 { throw FileError(path: path, doing: "read", code: failure) }
    return bytes
}

/// Reads standard input to its end.
func readStandardInput() throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
        let part = try readBytes(STDIN_FILENO, "standard input", atMost: 1 << 16)
        if part.isEmpty { return bytes }
        bytes += part
    }
}

/// Writes a file atomically: writes a temporary file, calls fsync, and renames the file.
///
/// Without `survivesPowerLoss`, there is no fsync. After a power loss, the file may then be incomplete.
func writeFile(
    _ path: String, _ pieces: [ArraySlice<UInt8>], mode: mode_t = 0o644, survivesPowerLoss: Bool = true
) throws(FileError) {
    let folder = folder(of: path)
    for isLastAttempt in [false, true] {
        try makeFolder(folder, survivesPowerLoss: survivesPowerLoss)
        do throws(FileError) {
            try writeFile(path, in: folder, pieces, mode, survivesPowerLoss)
            return
        } catch {
            // Another process may have removed the folder. It may also have removed the new file before the file was
            // locked.
            guard error.code == ENOENT, !isLastAttempt else { throw error }
        }
    }
}

private func writeFile(
    _ path: String, in folder: String, _ pieces: [ArraySlice<UInt8>], _ mode: mode_t, _ survivesPowerLoss: Bool
) throws(FileError) {
    let (temporary, descriptor) = try createTemporary(for: path, mode)
    defer { close(descriptor) }
    func fail(_ doing: String) -> FileError {
        let code = errno
        unsafe unlink(temporary)
        return FileError(path: path, doing: doing, code: code)
    }
    for piece in pieces {
        guard writeAll(piece, to: descriptor) else { throw fail("write") }
    }
    guard !survivesPowerLoss || fsync(descriptor) == 0 else { throw fail("write") }
    guard unsafe rename(temporary, path) == 0 else { throw fail("move into place") }
    // The directory entry must also survive a power loss.
    if survivesPowerLoss { try syncFolder(folder) }
}

/// Writes a file that does not exist yet, and returns whether it did not. Other processes can see a partly written
/// file.
func createFile(_ path: String, _ bytes: [UInt8]) throws(FileError) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
        if errno == EEXIST { return false }
        throw FileError(path: path, doing: "create", code: errno)
    }
    defer { close(descriptor) }
    guard writeAll(bytes[...], to: descriptor) else {
        let code = errno
        unsafe unlink(path)
        throw FileError(path: path, doing: "write", code: code)
    }
    return true
}

/// Writes all bytes, and returns whether that succeeded.
func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        guard written >= 0 else { return false }
        rest = rest.dropFirst(written)
    }
    return true
}

/// Creates and locks a temporary file. If a writer is killed, its lock is released, which shows that the file is
/// abandoned.
private func createTemporary(for path: String, _ mode: mode_t) throws(FileError) -> (path: String, descriptor: Int32) {
    while true {
        let temporary = temporaryPath(for: path)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError(path: temporary, doing: "create", code: errno) }
        _ = flock(descriptor, LOCK_EX)
        // `removeAbandonedFiles` may have removed the file before it was locked.
        var status = stat()
        if unsafe fstat(descriptor, &status) != 0 || status.st_nlink > 0 { return (temporary, descriptor) }
        close(descriptor)
    }
}

/// Makes new and changed directory entries survive a power loss.
func syncFolder(_ path: String) throws(FileError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Some file systems do not support fsync of a folder.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
        throw FileError(path: path, doing: "write", code: errno)
    }
}

func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(FileError) {
    try writeFile(path, [bytes[...]], mode: mode)
}

/// Creates a folder and its parents.
func makeFolder(_ path: String, survivesPowerLoss: Bool = false) throws(FileError) {
    if unsafe mkdir(path, 0o777) != 0 {
        if errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw FileError(path: path, doing: "make the folder", code: errno)
        }
        try makeFolder(String(path[..<slash]), survivesPowerLoss: survivesPowerLoss)
        if unsafe mkdir(path, 0o777) != 0 {
            if errno == EEXIST { return }
            throw FileError(path: path, doing: "make the folder", code: errno)
        }
    }
    if survivesPowerLoss { try syncFolder(folder(of: path)) }
}

/// Opens and locks a folder. Closing the descriptor, or the end of the process, releases the lock.
func lockFolder(_ path: String, waits: Bool) throws(FileError) -> Int32 {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "lock", code: errno) }
    while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
        let code = errno
        guard code != EINTR else { continue }
        close(descriptor)
        throw FileError(path: path, doing: "lock", code: code)
    }
    return descriptor
}

/// Returns the folder of a file.
func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

/// Returns the absolute path without links; nil if there is no such file.
func realPath(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard unsafe realpath(path, &buffer) != nil else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && kind(of: status) == .link
}

/// Returns the size of a regular file in bytes; nil if there is none.
func regularFileSize(_ path: String) -> Int? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && kind(of: status) == .file ? Int(status.st_size) : nil
}

/// Returns the permissions of a file.
func fileMode(_ path: String) throws(FileError) -> mode_t {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw FileError(path: path, doing: "look at", code: errno) }
    return status.st_mode & 0o777
}

func fileExists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
}

func removeFile(_ path: String) throws(FileError) {
    if unsafe unlink(path) != 0 && errno != ENOENT { throw FileError(path: path, doing: "remove", code: errno) }
}
