import Foundation

/// A separate file system in memory, which can be filled completely.
enum SmallDisk {
    static let canBeMade: Bool = {
        let place = "\(temporaryFolder)/disk-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: place) }
        guard (try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)) != nil,
            (try? mount(at: place)) != nil
        else { return false }
        unmount(place)
        return true
    }()

    static func mount(at place: String) throws {
        try RunningProcess("/bin/mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", place], in: "/", [:]).wait()
            .requireSuccess()
    }

    static func unmount(_ place: String) {
        _ = try? RunningProcess("/bin/umount", [place], in: "/", [:]).wait()
    }

    /// Writes a file that leaves only the given number of bytes free.
    static func fill(_ path: String, butFor freeBytes: Int) throws {
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        defer { close(file) }
        let page = [UInt8](repeating: 1, count: 4096)
        var size = 0
        while case let count = write(file, page, page.count), count > 0 { size += count }
        guard size > freeBytes, ftruncate(file, off_t(size - freeBytes)) == 0 else {
            throw Failure(description: "cannot fill the disk")
        }
    }
}
