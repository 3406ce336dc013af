import FoundationEssentials
import Glibc
import Words

/// Limits on the memory and the number of all processes of a worker together.
///
/// A limit on the address space of each process would do something else: libraries reserve much more memory than they
/// use, and some hang when they get none.
struct ProcessLimits: Sendable {
    var bytes: Int
    /// The folder in which the worker writes, if its size has to be watched; nil if the sandbox limits it.
    var writableFolder: String?

    static let processCount = 256
    static let writableBytes = 1 << 30

    /// Looks at the processes of a worker until the task is cancelled. Calls `stop` with a reason if they exceed a limit.
    func watch(_ id: pid_t, stop: (String) -> Void) async throws {
        var round = 0
        while true {
            try await Task.sleep(for: .milliseconds(100))
            let found = ProcessTable(under: id)
            if found.count > Self.processCount {
                stop("it started more than \(Self.processCount) processes")
            } else if found.bytes > bytes {
                stop("exceeded the memory of its budget")
            } else if round % 10 == 0, let folder = writableFolder, folderSize(folder) > Self.writableBytes {
                stop("it wrote more than \(Self.writableBytes >> 30) GiB")
            }
            round += 1
        }
    }
}

/// The processes below one process, and those of its group.
private struct ProcessTable {
    private(set) var count = 0
    private(set) var bytes = 0

    init(under root: pid_t) {
        var parents: [pid_t: pid_t] = [:]
        var members: Set<pid_t> = [root]
        let ids = ((try? listFolder("/proc")) ?? []).compactMap { pid_t($0.name) }
        for id in ids {
            guard let fields = statFields(id) else { continue }
            parents[id] = fields.parent
            if fields.group == root { members.insert(id) }
        }
        for id in ids where !members.contains(id) {
            var line = [id]
            var next = parents[id]
            while let parent = next, parent > 1, !members.contains(parent), line.count < 64 {
                line.append(parent)
                next = parents[parent]
            }
            if let next, members.contains(next) { members.formUnion(line) }
        }
        for id in members where parents[id] != nil {
            count += 1
            bytes += residentBytes(id)
        }
    }
}

/// Returns the parent and the process group of a process; nil if it has ended.
private func statFields(_ id: pid_t) -> (parent: pid_t, group: pid_t)? {
    guard case .bytes(let bytes)? = try? readFile("/proc/\(id)/stat", limit: 4096),
        // The name of the program, in parentheses, may contain anything.
        let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 3, let parent = pid_t(String(decoding: fields[1], as: UTF8.self)),
        let group = pid_t(String(decoding: fields[2], as: UTF8.self))
    else { return nil }
    return (parent, group)
}

private func residentBytes(_ id: pid_t) -> Int {
    guard case .bytes(let bytes)? = try? readFile("/proc/\(id)/statm", limit: 4096) else { return 0 }
    let fields = bytes.split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// Returns the size of the files below a folder. Links are not followed.
private func folderSize(_ folder: String) -> Int {
    ((try? listFolder(folder)) ?? []).reduce(0) { sum, entry in
        switch entry.kind {
        case .folder: return sum + folderSize("\(folder)/\(entry.name)")
        case .file:
            var status = stat()
            guard unsafe lstat("\(folder)/\(entry.name)", &status) == 0 else { return sum }
            return sum + Int(status.st_blocks) * 512
        case .link, .other: return sum
        }
    }
}
