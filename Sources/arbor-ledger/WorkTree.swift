import Git
import Glibc
import Records
import Reports
import Synchronization
import Words

/// One file of the work tree, as a directory listing shows it.
struct WorkTreeEntry: Sendable {
    var path: String
    var kind: SourceFile.Kind
    /// The key of the content, or nil if the file changed too recently to be identified.
    fileprivate(set) var key: ContentKey?
    /// The raw path, if it is not UTF-8 and `path` contains U+FFFD.
    fileprivate var rawPath: [UInt8]?

    init(path: String, kind: SourceFile.Kind, key: ContentKey? = nil, rawPath: [UInt8]? = nil) {
        (self.path, self.kind, self.key, self.rawPath) = (path, kind, key, rawPath)
    }

    /// Whether this is a question's README. A link in place of a README counts as a record, and so becomes an error.
    var isReadme: Bool { isReadmePath(path) && !isLedgerPath(path) && kind != .symlink }
}

/// The limit on the depth of nested folders, which is the same as in `Repository`.
private let depthLimit = 64

/// Lists and reads the files of the ledger's folders.
final class WorkTree {
    private let root: WorkTreeRoot
    /// The last used folder and its parents, outermost first. They stay open because files are read in the order of
    /// their paths.
    private var last: [(name: ArraySlice<UInt8>, descriptor: Int32)] = []

    init(_ rootPath: String) throws(FileError) { root = try WorkTreeRoot(rootPath) }

    fileprivate init(_ root: WorkTreeRoot) { self.root = root }

    deinit {
        for folder in last { close(folder.descriptor) }
    }

    /// Reads a file. Its kind may have changed since the listing.
    func read(_ entry: WorkTreeEntry, limit: Int = recordByteLimit) throws(FileError) -> SourceFile {
        func nothing(_ kind: SourceFile.Kind) -> SourceFile { SourceFile(path: entry.path, kind: kind, bytes: []) }
        guard entry.kind == .file else { return nothing(entry.kind) }
        let path = "\(root.path)/\(entry.path)"
        let bytes = entry.rawPath ?? Array(entry.path.utf8)
        let name = bytes[(bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
        let parents = bytes[..<name.startIndex].split(separator: UInt8(ascii: "/"))
        let folder: Int32
        switch try keepOpen(parents[...], of: bytes[...]) {
        case .folder(let opened): folder = opened
        case .link: return nothing(.symlink)
        case .absent: throw FileError(path: path, doing: "open", code: ENOENT)
        }
        let file = openPart(name, in: folder, O_NONBLOCK)
        guard file >= 0 else {
            if errno == ELOOP { return nothing(.symlink) }
            throw FileError(path: path, doing: "open", code: errno)
        }
        switch try readFile(file, path, limit: limit) {
        case .bytes(let bytes): return SourceFile(path: entry.path, bytes: bytes)
        case .tooLarge(let size): return nothing(.tooLarge(byteCount: size))
        case .special: return nothing(.special)
        }
    }

    /// Lists the ledger's files below some folders, sorted by path, and includes READMEs of questions. Links are listed
    /// but never followed. Folders are listed level by level, on all cores.
    func list(below places: [String] = ledgerFolders) throws -> [WorkTreeEntry] {
        let visited = Atomic(0)
        let (root, now) = (root, currentTime())
        var listings: [[WorkTreeEntry]] = []
        var (folders, depth) = (places.map { Array($0.utf8) }, 1)
        while !folders.isEmpty {
            let level = depth
            let runs = folders.chunks(of: folders.count / 64 + 1).concurrentMap { run in
                Result {
                    let tree = WorkTree(root)
                    return try run.map { path in
                        guard level <= depthLimit else {
                            throw Refusal.tooManyFiles(String(decoding: path, as: UTF8.self))
                        }
                        return try tree.listing(of: path, isTop: level == 1, now) { count in
                            visited.add(count, ordering: .relaxed).newValue <= readingLimits.files
                        }
                    }
                }
            }
            let seen = try runs.flatMap { try $0.get() }
            listings += seen.map(\.entries)
            (folders, depth) = (seen.flatMap(\.folders), depth + 1)
        }
        // The listings are put in order first, because sorting a nearly sorted array is faster.
        let inOrder = listings.filter { !$0.isEmpty }.sorted { $0[0].path < $1[0].path }
        return inOrder.flatMap(\.self).sorted { $0.path < $1.path }
    }

    /// Lists a folder's ledger files, sorted by path, and its subfolders. `allows` enforces the limit on the number of
    /// names.
    private func listing(
        of folder: [UInt8], isTop: Bool, _ now: timespec, _ allows: (Int) -> Bool
    ) throws -> (entries: [WorkTreeEntry], folders: [[UInt8]]) {
        let folderPath = String(decoding: folder, as: UTF8.self)
        let descriptor: Int32
        switch try openFolder(folder[...]) {
        case .folder(let opened): descriptor = opened
        case .link: return ([WorkTreeEntry(path: folderPath, kind: .symlink)], [])
        case .absent: return ([], [])
        }
        defer { close(descriptor) }
        let content = try listFolder(dup(descriptor), "\(root.path)/\(folderPath)")
        guard allows(content.count) else { throw Refusal.tooManyFiles(folderPath) }
        if !isTop, content.contains(where: { $0.name.elementsEqual(".git".utf8) }) {
            return ([WorkTreeEntry(path: folderPath, kind: .submodule)], [])
        }
        var (entries, folders): ([WorkTreeEntry], [[UInt8]]) = ([], [])
        for (name, kind) in content {
            let bytes = folder + [UInt8(ascii: "/")] + name
            let text = String(validating: bytes, as: UTF8.self)
            let path = text ?? String(decoding: bytes, as: UTF8.self)
            func add(_ kind: SourceFile.Kind, _ key: ContentKey? = nil) {
                entries.append(WorkTreeEntry(path: path, kind: kind, key: key, rawPath: text == nil ? bytes : nil))
            }
            let isWanted = isLedgerPath(path) && !isTemporary(path) || isReadmePath(path)
            switch kind {
            case .folder:
                folders.append(bytes)
                if isReadmePath(path) { add(.special) }
            case .link: add(.symlink)
            case .file where isWanted: add(.file, contentKey(of: name, in: descriptor, now))
            case .other where isLedgerPath(path): add(.special)
            case .file, .other: break
            }
        }
        return (entries.sorted { $0.path < $1.path }, folders)
    }

    /// Returns the entry of one file; nil if there is none.
    func entry(at path: String) throws(FileError) -> WorkTreeEntry? {
        let bytes = Array(path.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "/"))
        guard let name = parts.last else { return nil }
        switch try keepOpen(parts.dropLast(), of: bytes[...]) {
        case .absent: return nil
        case .link: return WorkTreeEntry(path: path, kind: .symlink)
        case .folder(let folder):
            guard let status = status(of: name, in: folder) else { return nil }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return WorkTreeEntry(path: path, kind: .file, key: ContentKey(status, now: currentTime()))
            case S_IFLNK: return WorkTreeEntry(path: path, kind: .symlink)
            default: return WorkTreeEntry(path: path, kind: .special)
            }
        }
    }

    /// Opens a folder of the work tree. The caller must close it.
    func openFolder(_ path: ArraySlice<UInt8>) throws(FileError) -> OpenResult {
        let parts = path.split(separator: UInt8(ascii: "/"))
        guard let name = parts.last else { return .absent }
        switch try keepOpen(parts.dropLast(), of: path) {
        case .folder(let outer): return try root.openFolder(name, in: outer, on: path)
        case .link: return .link
        case .absent: return .absent
        }
    }

    /// Opens nested folders and keeps them open for the next path.
    private func keepOpen(
        _ names: ArraySlice<ArraySlice<UInt8>>, of path: ArraySlice<UInt8>
    ) throws(FileError) -> OpenResult {
        let shared = zip(names, last).prefix { $0 == $1.name }.count
        while last.count > shared { close(last.removeLast().descriptor) }
        for name in names.dropFirst(shared) {
            let opened = try root.openFolder(name, in: last.last?.descriptor ?? root.descriptor, on: path)
            guard case .folder(let next) = opened else { return opened }
            last.append((name, next))
        }
        return .folder(last.last?.descriptor ?? root.descriptor)
    }

    enum OpenResult {
        case folder(Int32)
        /// A part of the path is a link.
        case link
        case absent
    }
}

/// The top of a work tree. Folders are opened one by one, never through a link. Replacing a folder with a link during a
/// read therefore has no effect.
private final class WorkTreeRoot: Sendable {
    let path: String
    let descriptor: Int32

    init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, doing: "open", code: errno) }
    }

    deinit { close(descriptor) }

    /// Opens a folder inside another one. `path` is the requested path, which is used only in messages.
    func openFolder(
        _ part: ArraySlice<UInt8>, in folder: Int32, on path: ArraySlice<UInt8>
    ) throws(FileError) -> WorkTree.OpenResult {
        let next = openPart(part, in: folder, O_DIRECTORY)
        guard next < 0 else { return .folder(next) }
        let code = errno
        // With O_DIRECTORY, opening a link fails with ENOTDIR.
        if code == ENOTDIR && isLink(part, in: folder) { return .link }
        if code == ENOENT || code == ENOTDIR { return .absent }
        throw FileError(path: "\(self.path)/\(String(decoding: path, as: UTF8.self))", doing: "list", code: code)
    }

    private func isLink(_ name: ArraySlice<UInt8>, in folder: Int32) -> Bool {
        let file = openPart(name, in: folder, O_NONBLOCK)
        let code = errno
        if file >= 0 { close(file) }
        return file < 0 && code == ELOOP
    }
}

/// Returns the key of a file, or nil if the file was removed since the listing or changed too recently.
private func contentKey(of name: [UInt8], in folder: Int32, _ now: timespec) -> ContentKey? {
    status(of: name[...], in: folder).flatMap { ContentKey($0, now: now) }
}

/// Returns the status of a file without following a link; nil if there is no such file.
private func status(of name: ArraySlice<UInt8>, in folder: Int32) -> stat? {
    var status = stat()
    let code = unsafe (name + [0]).withUnsafeBytes {
        unsafe fstatat(folder, $0.baseAddress!.assumingMemoryBound(to: CChar.self), &status, AT_SYMLINK_NOFOLLOW)
    }
    return code == 0 ? status : nil
}

private func currentTime() -> timespec {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return now
}

private func openPart(_ name: ArraySlice<UInt8>, in folder: Int32, _ flags: Int32) -> Int32 {
    unsafe (name + [0]).withUnsafeBytes {
        unsafe openat(
            folder, $0.baseAddress!.assumingMemoryBound(to: CChar.self),
            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags)
    }
}
