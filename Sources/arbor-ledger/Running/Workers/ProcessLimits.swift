import FoundationEssentials
import Glibc
import Words

/// Limits on the memory and the number of all processes of a worker together.
///
/// A limit on the address space of each process would not work: libraries reserve much more memory than they use, and
/// some hang if a reservation fails.
struct ProcessLimits: Sendable {
    var bytes: Int
    /// The folder in which the worker writes, if its size has to be watched; nil if the sandbox limits it.
    var writableFolder: String?

    static let processCount = 256
    static let writableBytes = 1 << 30

    /// Watches the processes of a worker until the task is cancelled. Calls `stop` with a reason if they exceed a
    /// limit.
    func watch(_ id: pid_t, stop: (String) -> Void) async throws {
        var round = 0
        var found = ProcessTable(under: id)
        while true {
            try await Task.sleep(for: .milliseconds(100))
            found.update()
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
///
/// The machine has many processes that are not the worker's. Each process is checked once, and again every two seconds,
/// because a new process of the worker can get the number of one that has ended. No foreign process can join the
/// worker's group or become its child.
struct ProcessTable {
    private let root: pid_t
    private(set) var count = 0
    private(set) var bytes = 0
    /// Processes that are not the worker's.
    private var others: Set<pid_t> = []
    private var round = 0

    init(under root: pid_t) { self.root = root }

    mutating func update() {
        if round.isMultiple(of: 20) { others = [] }
        round += 1
        let ids = processIDs()
        others.formIntersection(ids)
        var parents: [pid_t: pid_t] = [:]
        var members: Set<pid_t> = [root]
        for id in ids where !others.contains(id) {
            guard let fields = statFields(id) else { continue }
            parents[id] = fields.parent
            if fields.group == root { members.insert(id) }
        }
        for id in parents.keys where !members.contains(id) {
            var line = [id]
            var next = parents[id]
            while let parent = next, parent > 1, !members.contains(parent), line.count < 64 {
                line.append(parent)
                next = parents[parent]
            }
            if let next, members.contains(next) { members.formUnion(line) }
        }
        others.formUnion(parents.keys.filter { !members.contains($0) })
        (count, bytes) = (0, 0)
        for id in members where parents[id] != nil {
            count += 1
            bytes += residentBytes(id)
        }
    }
}

/// Returns the numbers of all processes.
private func processIDs() -> [pid_t] {
    guard let folder = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(folder) }
    var ids: [pid_t] = []
    while let entry = unsafe readdir(folder) {
        let id = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe UnsafeRawPointer(name).withMemoryRebound(to: CChar.self, capacity: 256) {
                unsafe strtol($0, nil, 10)
            }
        }
        if id > 0 { ids.append(pid_t(id)) }
    }
    return ids
}

/// Returns the parent and the process group of a process; nil if it has ended.
private func statFields(_ id: pid_t) -> (parent: pid_t, group: pid_t)? {
    guard let bytes = readProcessFile("/proc/\(id)/stat"),
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
    guard let bytes = readProcessFile("/proc/\(id)/statm") else { return 0 }
    let fields = bytes.split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// Reads a file of /proc, whose size is not known before it is read.
private func readProcessFile(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return try? readBytes(descriptor, path, atMost: 1024)
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
