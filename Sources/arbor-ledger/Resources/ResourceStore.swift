import Glibc
import Records
import Words

/// The contents of resources, each in a file named by its digest. All work trees share the store. It can be deleted at
/// any time.
struct ResourceStore: Sendable {
    let folder: String
    let hmacKey: HMACKey

    init(_ workspace: Workspace) {
        folder = "\(workspace.cacheDirectory)/resources"
        hmacKey = workspace.hmacKey
    }

    func path(of digest: String) -> String { "\(subfolder(of: digest))/\(digest)" }

    private func subfolder(of digest: String) -> String { "\(folder)/\(digest.prefix(2))" }

    func byteCount(of digest: String) -> Int? { regularFileSize(path(of: digest)) }

    /// The number of bytes of an unfinished download.
    func partialByteCount(of digest: String) -> Int? { regularFileSize(partialPath(digest)) }

    /// Whether the stored content has its digest.
    func isIntact(_ digest: String) throws -> Bool { try fileDigest(path(of: digest)).digest == digest }

    func remove(_ digest: String) throws(FileError) { try removeFile(path(of: digest)) }

    /// Returns the digests of all stored contents, sorted.
    func digests() throws(FileError) -> [String] {
        var digests: [String] = []
        for (name, kind) in try listFolder(folder) where kind == .folder && isHexadecimal(name[...], digits: 2) {
            digests += try listFolder("\(folder)/\(name)").filter {
                $0.kind == .file && isHexadecimal($0.name[...], digits: 64) && $0.name.startsWithBytes(name)
            }.map(\.name)
        }
        return digests.sorted()
    }

    /// Opens the file for an unfinished download. `name` is 64 hexadecimal digits.
    func partialFile(_ name: String) throws -> PartialFile { try PartialFile(partialPath(name), store: self) }

    private func partialPath(_ name: String) -> String { "\(folder)/partial/\(name)" }

    /// Moves a complete file into place.
    fileprivate func adopt(_ path: String, as digest: String) throws(FileError) {
        let place = subfolder(of: digest)
        try makeFolder(place, survivesPowerLoss: true)
        guard !isLink(place) else { throw FileError(path: place, doing: "write into", code: ELOOP) }
        guard unsafe rename(path, self.path(of: digest)) == 0 else {
            throw FileError(path: self.path(of: digest), doing: "move into place", code: errno)
        }
        try syncFolder(place)
    }
}

/// A file that is being downloaded. It contains at most the bytes of one resource, and only one process writes to it.
final class PartialFile {
    private let path: String
    private let store: ResourceStore
    private let descriptor: Int32
    private var digest = RunningDigest()
    private(set) var byteCount = 0

    fileprivate init(_ path: String, store: ResourceStore) throws {
        (self.path, self.store) = (path, store)
        try makeFolder(folder(of: path))
        guard !isLink(folder(of: path)) else {
            throw FileError(path: folder(of: path), doing: "write into", code: ELOOP)
        }
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, doing: "create", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw Refusal(message: "another process downloads this resource", remedy: "wait for it")
        }
        try readPieces(descriptor, path) { bytes in
            digest.update(bytes)
            byteCount += bytes.count
            return true
        }
    }

    deinit { close(descriptor) }

    /// The digest of the bytes so far.
    var sha256: String { digest.text }

    func append(_ bytes: [UInt8]) throws(FetchFailure) {
        guard writeAll(bytes[...], to: descriptor) else {
            throw FetchFailure("\(FileError(path: path, doing: "write", code: errno))")
        }
        digest.update(bytes)
        byteCount += bytes.count
    }

    /// Appends the content of a regular file. Returns false if it is too large.
    func append(contentsOf path: String, byteLimit: Int) throws -> Bool {
        var isTooLarge = false
        try readPieces(of: path) { bytes in
            isTooLarge = byteCount + bytes.count > byteLimit
            if !isTooLarge { try append(bytes) }
            return !isTooLarge
        }
        return !isTooLarge
    }

    /// Removes all bytes.
    func restart() throws(FetchFailure) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw FetchFailure("\(FileError(path: path, doing: "write", code: errno))")
        }
        (digest, byteCount) = (RunningDigest(), 0)
    }

    func remove() throws(FileError) { try removeFile(path) }

    /// Moves the file into the store, under the digest of its bytes.
    func keep() throws(FileError) {
        guard fsync(descriptor) == 0, fchmod(descriptor, 0o444) == 0 else {
            throw FileError(path: path, doing: "write", code: errno)
        }
        try store.adopt(path, as: sha256)
    }
}

/// Returns the digest and the size of a regular file.
func fileDigest(_ path: String) throws -> (digest: String, byteCount: Int) {
    var (digest, byteCount) = (RunningDigest(), 0)
    try readPieces(of: path) { bytes in
        digest.update(bytes)
        byteCount += bytes.count
        return true
    }
    return (digest.text, byteCount)
}

/// Reads a regular file in pieces, until `body` returns false.
private func readPieces(of path: String, _ body: ([UInt8]) throws -> Bool) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "open", code: errno) }
    defer { close(descriptor) }
    try readPieces(descriptor, path, body)
}

private func readPieces(_ descriptor: Int32, _ path: String, _ body: ([UInt8]) throws -> Bool) throws {
    while true {
        let bytes = try readBytes(descriptor, path, atMost: 1 << 20)
        guard !bytes.isEmpty, try body(bytes) else { return }
    }
}
