import Glibc
import Records

/// A file of the store. It consists of chunks, which have checksums and can be read independently.
struct StoredFile: Sendable {
    private let path: String
    private let table: StoredTable

    var count: Int { table.rows.count }

    /// Opens a file. Returns nil if the file is missing or its table has another `digest`.
    init?(path: String, digest: ([UInt8]) -> String) {
        guard let head = readPart(of: path, from: 0, count: StoredTable.headByteLimit),
            let table = StoredTable(head, digest: digest)
        else { return nil }
        (self.path, self.table) = (path, table)
    }

    /// Returns a chunk, or nil if the chunk cannot be read or its checksum differs.
    subscript(index: Int) -> [UInt8]? {
        guard table.rows.indices.contains(index), case let row = table.rows[index],
            let bytes = readPart(of: path, from: row.offset, count: row.byteCount), row.fits(bytes)
        else { return nil }
        return bytes
    }
}

/// Reads up to `count` bytes of a regular file, never through a symbolic link; nil on errors.
private func readPart(of path: String, from offset: Int, count: Int) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let wanted = min(count, max(0, Int(status.st_size) - offset))
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        while filled < wanted {
            let got = unsafe pread(descriptor, buffer.baseAddress! + filled, wanted - filled, off_t(offset + filled))
            if got < 0 && errno == EINTR { continue }
            failed = got < 0
            guard got > 0 else { return }
            filled += got
        }
    }
    return failed ? nil : bytes
}
