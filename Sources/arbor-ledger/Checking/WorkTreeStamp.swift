import Glibc
import Records

/// The ledger's folders in a work tree by names, sizes and times: the same stamp again tells that no file was touched.
struct WorkTreeStamp: Sendable {
    struct Folder: Sendable {
        var path: String
        var digest: String
        /// Of every file in it: name, NUL, and what `stat` tells, in the order of the listing.
        var files: [UInt8]
        var fileCount: Int
    }

    /// In the order in which they were found.
    let folders: [Folder]
    /// Whether what is read now may be taken for what this stamp stands for: a file that was touched just before the
    /// listing may be touched again without another time.
    let isSettled: Bool

    var digest: String { sha256(Array(folders.map { "\($0.path)\n\($0.digest)\n" }.joined().utf8)) }

    /// nil where something cannot be listed, or a folder is a link: then all is looked at.
    init?(root: String) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let looked = try? WorkTree(root).lookBelow(ledgerFolders) { path, _, tree in
            guard let listing = Listing(path, in: tree) else { throw Unlisted() }
            let folder = Folder(
                path: path, digest: sha256(listing.files), files: listing.files, fileCount: listing.fileCount)
            return ((folder: folder, settled: listing.settled), below: listing.folders.map { "\(path)/\($0)" })
        }
        guard let looked else { return nil }
        folders = looked.map(\.folder)
        let settled = looked.map(\.settled).max() ?? 0
        isSettled = settled < nanoseconds(now)
    }

    var hasReceipts: Bool { folders.contains { $0.path.hasSuffix("/receipts") && $0.fileCount > 0 } }
}

/// What `stat` tells of each file in a folder's listing, by name.
func statsByName(_ files: [UInt8]) -> [String: ArraySlice<UInt8>] {
    var stats: [String: ArraySlice<UInt8>] = [:]
    var rest = files[...]
    while let end = rest.firstIndex(of: 0), rest.endIndex - end > Listing.statByteCount {
        let stat = rest[(end + 1)...(end + Listing.statByteCount)]
        stats[String(decoding: rest[..<end], as: UTF8.self)] = stat
        rest = rest[stat.endIndex...]
    }
    return stats
}

func isPlainFile(_ stat: ArraySlice<UInt8>) -> Bool {
    let mode = stat.prefix(4).reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    return mode & S_IFMT == S_IFREG
}

private func nanoseconds(_ time: timespec) -> Int { time.tv_sec &* 1_000_000_000 &+ time.tv_nsec }

private struct Unlisted: Error {}

private struct Listing {
    static let statByteCount = 6 * 8

    var files: [UInt8] = []
    var fileCount = 0
    var folders: [String] = []
    /// When the last change of a file is sure to have another time than the next one, in nanoseconds.
    var settled = 0

    /// A folder that is not there is empty.
    init?(_ path: String, in tree: WorkTree) {
        let descriptor: Int32
        switch try? tree.openFolder(Array(path.utf8)[...]) {
        case .folder(let opened)?: descriptor = opened
        case .absent?: return
        case .link?, nil: return nil
        }
        guard let stream = unsafe fdopendir(descriptor) else {
            close(descriptor)
            return nil
        }
        defer { unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            var status = stat()
            let isRead = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let name = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                let bytes = unsafe UnsafeBufferPointer(start: name, count: strlen(name))
                if unsafe bytes.elementsEqual(".".utf8.map(CChar.init))
                    || bytes.elementsEqual("..".utf8.map(CChar.init))
                {
                    return true
                }
                guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
                if status.st_mode & S_IFMT == S_IFDIR {
                    folders.append(unsafe String(cString: name))
                } else {
                    unsafe files.append(contentsOf: UnsafeRawBufferPointer(bytes))
                    add(status)
                }
                return true
            }
            guard isRead else { return nil }
        }
    }

    private mutating func add(_ status: stat) {
        let changed = nanoseconds(status.st_ctim)
        files.append(0)
        let fields = (
            Int(status.st_mode), Int(status.st_size), nanoseconds(status.st_mtim), changed, Int(status.st_ino),
            Int(status.st_dev)
        )
        unsafe withUnsafeBytes(of: fields) { unsafe files.append(contentsOf: $0) }
        fileCount += 1
        // File systems tell times in steps: of a few milliseconds, or of one or two seconds.
        let step = changed % 1_000_000_000 == 0 ? 2_000_000_000 : 50_000_000
        settled = max(settled, changed &+ step)
    }
}
