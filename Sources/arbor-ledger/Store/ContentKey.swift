import Git
import Glibc

/// Identifies a file's content without reading it. A blob is identified by its id, and a work-tree file by its size,
/// times and inode.
struct ContentKey: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    static let byteCount = 4 * 8

    init(_ blob: ObjectID) {
        var words = SIMD4<UInt64>()
        for (index, byte) in blob.bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        // No work-tree file has this size, so its key cannot equal that of a blob.
        words[3] = .max
        self.words = words
    }

    /// Makes a file's key. Returns nil if the file changed so shortly before `now` that another change could have the
    /// same times.
    init?(_ status: stat, now: timespec) {
        let changed = nanoseconds(status.st_ctim)
        // File systems record times in steps of a few milliseconds, or of one or two seconds.
        let step = changed % 1_000_000_000 == 0 ? 2_000_000_000 : 50_000_000
        guard changed &+ step < nanoseconds(now) else { return nil }
        words = SIMD4(
            UInt64(status.st_ino) ^ UInt64(status.st_dev) << 40, UInt64(bitPattern: Int64(nanoseconds(status.st_mtim))),
            UInt64(bitPattern: Int64(changed)), UInt64(status.st_size))
    }

    /// Reads a key. Returns nil unless there are exactly `byteCount` bytes.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = words
    }

    var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> (56 - 8 * UInt64($0 % 8))) }
    }
}

private func nanoseconds(_ time: timespec) -> Int { time.tv_sec &* 1_000_000_000 &+ time.tv_nsec }
