import Words

/// The header of a store file. It consists of a fixed text that identifies the format, the digest of the table, and the
/// table, which contains the length and checksum of each chunk.
package struct StoredTable: Sendable {
    package struct Row: Sendable {
        /// The SHA-256 of the chunk in hexadecimal digits.
        var checksum: ArraySlice<UInt8>
        package var offset: Int
        package var byteCount: Int

        package func fits(_ chunk: [UInt8]) -> Bool {
            chunk.count == byteCount && checksum.elementsEqual(sha256(chunk).utf8)
        }
    }

    package let rows: [Row]

    package static let chunkCountLimit = 50_000
    /// The maximum length of a header in bytes.
    package static let headByteLimit = rowsStart + chunkCountLimit * rowLength
    private static let chunkByteLimit = 128 << 20
    private static let magic = Array("arbor-ledger store 1\n".utf8)
    private static let digestLength = 64
    private static let lengthLength = 8
    private static let rowLength = digestLength + lengthLength
    private static let tableStart = magic.count + digestLength
    private static let rowsStart = tableStart + lengthLength

    /// Parses the header at the start of a file; nil if it is invalid or the table's digest is wrong.
    package init?(_ bytes: [UInt8], digest: ([UInt8]) -> String) {
        guard bytes.starts(with: Self.magic), let count = length(bytes.dropFirst(Self.tableStart)),
            count <= Self.chunkCountLimit, bytes.count >= Self.rowsStart + count * Self.rowLength
        else { return nil }
        let table = bytes[Self.tableStart..<Self.rowsStart + count * Self.rowLength]
        guard bytes[Self.magic.count..<Self.tableStart].elementsEqual(digest(Array(table)).utf8) else { return nil }
        var rows: [Row] = []
        var offset = table.endIndex
        for start in stride(from: Self.rowsStart, to: table.endIndex, by: Self.rowLength) {
            let checksum = table[start..<start + Self.digestLength]
            guard let byteCount = length(table[checksum.endIndex...]), byteCount <= Self.chunkByteLimit else {
                return nil
            }
            rows.append(Row(checksum: checksum, offset: offset, byteCount: byteCount))
            offset += byteCount
        }
        self.rows = rows
    }

    /// Returns the header of a file with these chunks.
    package static func head(of chunks: [[UInt8]], digest: ([UInt8]) -> String) -> [UInt8] {
        let rows = chunks.concurrentMap { sha256($0).utf8 + bytes(ofLength: $0.count) }
        let table = bytes(ofLength: chunks.count) + rows.flatMap(\.self)
        return magic + digest(table).utf8 + table
    }

    private static func bytes(ofLength length: Int) -> [UInt8] {
        (0..<lengthLength).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    }
}

/// Reads a little-endian length from the first eight bytes; returns nil if there are fewer bytes.
private func length(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= 8 else { return nil }
    return Int(exactly: bytes.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
}
