import Glibc
import Records
import Words

/// A file of the cache in pieces, each with a checksum of its own: reading one costs the same whatever the size of the
/// rest. Begins with a digest of the table that follows: a checksum and a length for each piece.
struct KeptPieces: Sendable {
    private let path: String
    private let rows: [Row]

    private struct Row: Sendable {
        var checksum: ArraySlice<UInt8>
        /// Where the piece begins.
        var place: Int
        var byteCount: Int
    }

    /// So many that the table of them is read at once.
    static let countLimit = 50_000
    private static let pieceLimit = 64 << 20
    private static let magic = Array("arbor-ledger pieces 2\n".utf8)
    /// In hexadecimal digits.
    private static let checksumLength = 64
    private static let rowLength = checksumLength + lengthLength
    private static let lengthLength = 8

    var count: Int { rows.count }

    /// nil where there is no such file, or its table has another `digest`.
    init?(path: String, digest: ([UInt8]) -> String) {
        let tableStart = Self.magic.count + Self.checksumLength + Self.lengthLength
        guard let head = readPart(of: path, from: 0, count: tableStart + Self.countLimit * Self.rowLength),
            head.starts(with: Self.magic), head.count >= tableStart
        else { return nil }
        let counted = head[(tableStart - Self.lengthLength)...]
        guard let count = length(counted), count <= Self.countLimit,
            counted.count >= Self.lengthLength + count * Self.rowLength
        else { return nil }
        let table = counted.prefix(Self.lengthLength + count * Self.rowLength)
        guard head[Self.magic.count..<table.startIndex].elementsEqual(digest(Array(table)).utf8) else { return nil }
        var rows: [Row] = []
        var place = table.endIndex
        for start in stride(from: tableStart, to: table.endIndex, by: Self.rowLength) {
            let checksum = table[start..<start + Self.checksumLength]
            guard let count = length(table[checksum.endIndex...]), count <= Self.pieceLimit else { return nil }
            rows.append(Row(checksum: checksum, place: place, byteCount: count))
            place += count
        }
        (self.path, self.rows) = (path, rows)
    }

    /// nil where it cannot be read, or is not what was written.
    subscript(index: Int) -> [UInt8]? {
        guard rows.indices.contains(index), case let row = rows[index],
            let bytes = readPart(of: path, from: row.place, count: row.byteCount), bytes.count == row.byteCount,
            row.checksum.elementsEqual(sha256(bytes).utf8)
        else { return nil }
        return bytes
    }

    static func write(_ pieces: [[UInt8]], path: String, digest: ([UInt8]) -> String) throws(FileError) {
        let rows = pieces.mapSideBySide { sha256($0).utf8 + bytes(ofLength: $0.count) }
        let table = bytes(ofLength: pieces.count) + rows.flatMap(\.self)
        let head = magic + digest(table).utf8 + table
        try writeFile(path, [head[...]] + pieces.map { $0[...] }, mode: 0o600, survivesPowerLoss: false)
    }

    private static func bytes(ofLength length: Int) -> [UInt8] {
        (0..<lengthLength).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    }
}

/// The length that bytes begin with, lowest byte first; nil where there is none.
private func length(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= 8 else { return nil }
    let length = bytes.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return Int(exactly: length)
}

/// Up to `count` bytes of a regular file, never through a symbolic link; nil where it cannot be read.
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
