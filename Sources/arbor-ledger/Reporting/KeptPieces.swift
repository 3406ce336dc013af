import Glibc
import Ledger

/// A file of the cache in pieces, each with a checksum of its own: reading one costs the same whatever the size of the
/// rest. Begins with a table, one line a piece: checksum, place, length.
struct KeptPieces {
    private let path: String
    private let rows: [Row]
    /// Where the first piece begins.
    private let start: Int

    private struct Row {
        var digest: Substring
        var place: Int
        var byteCount: Int
    }

    /// So many that the table of them is read at once: a row takes less than 100 bytes.
    static let countLimit = 10_000
    private static let tableLimit = 1 << 20
    private static let pieceLimit = 64 << 20
    private static let magic = "arbor-ledger pieces 1"

    var count: Int { rows.count }

    /// nil where there is no such file, or its table has another `digest`.
    init?(path: String, digest: ([UInt8]) -> String) {
        self.path = path
        guard let head = readPart(of: path, from: 0, count: Self.tableLimit),
            let end = head.indices.dropLast().first(where: { head[$0] == newline && head[$0 + 1] == newline }),
            let text = String(validating: head[..<end], as: UTF8.self)
        else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 2, lines[0] == Self.magic, lines[1] == digest(Self.bytes(lines.dropFirst(2))) else {
            return nil
        }
        var rows: [Row] = []
        for line in lines.dropFirst(2) {
            let words = line.split(separator: " ")
            guard words.count == 3, let place = Int(words[1]), let count = Int(words[2]), place >= 0,
                (0...Self.pieceLimit).contains(count)
            else { return nil }
            rows.append(Row(digest: words[0], place: place, byteCount: count))
        }
        (self.rows, start) = (rows, end + 2)
    }

    /// nil where it cannot be read, or is not what was written.
    subscript(index: Int) -> [UInt8]? {
        guard rows.indices.contains(index), case let row = rows[index],
            let bytes = readPart(of: path, from: start + row.place, count: row.byteCount),
            bytes.count == row.byteCount, sha256(bytes) == row.digest
        else { return nil }
        return bytes
    }

    static func write(_ pieces: [[UInt8]], path: String, digest: ([UInt8]) -> String) throws(FileError) {
        var place = 0
        var lines: [Substring] = []
        for piece in pieces {
            lines.append("\(sha256(piece)) \(place) \(piece.count)")
            place += piece.count
        }
        let head = [Substring(magic), Substring(digest(bytes(lines[...])))] + lines
        let table = Array((head.joined(separator: "\n") + "\n\n").utf8)
        try writeFile(path, [table[...]] + pieces.map { $0[...] }, mode: 0o600, survivesPowerLoss: false)
    }

    private static func bytes(_ lines: ArraySlice<Substring>) -> [UInt8] { Array(lines.joined(separator: "\n").utf8) }
}

private let newline = UInt8(ascii: "\n")

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
