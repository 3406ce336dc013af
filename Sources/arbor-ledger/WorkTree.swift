import Git
import Glibc
import Ledger

/// One file of the work tree as a directory listing shows it.
struct WorkTreeEntry: Sendable {
    var path: String
    var kind: SourceFile.Kind
    /// The path as it is, where it is no UTF-8 and `path` shows U+FFFD instead.
    fileprivate var rawPath: [UInt8]?

    init(path: String, kind: SourceFile.Kind, rawPath: [UInt8]? = nil) {
        (self.path, self.kind, self.rawPath) = (path, kind, rawPath)
    }
}

/// More folders in one another than anybody makes; `Repository` walks as far.
private let depthLimit = 64

/// The ledger's folders, whose files are read one after the other.
final class WorkTree {
    private let root: WorkTreeRoot
    /// The folder that was read from last: files come sorted by path.
    private var last: (path: ArraySlice<UInt8>, descriptor: Int32)?

    init(_ rootPath: String) throws(FileError) {
        root = try WorkTreeRoot(rootPath)
    }

    deinit {
        if let last { close(last.descriptor) }
    }

    /// The file's bytes, or what took its place since the listing.
    func read(_ entry: WorkTreeEntry, limit: Int = recordByteLimit) throws(FileError) -> SourceFile {
        func nothing(_ kind: SourceFile.Kind) -> SourceFile { SourceFile(path: entry.path, kind: kind, bytes: []) }
        guard entry.kind == .file else { return nothing(entry.kind) }
        let path = "\(root.path)/\(entry.path)"
        let bytes = entry.rawPath ?? Array(entry.path.utf8)
        let slash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? bytes.startIndex
        guard let folder = try folder(bytes[..<slash], of: path) else { return nothing(.symlink) }
        let file = openPart(bytes[(slash + 1)...], in: folder, O_NONBLOCK)
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

    /// The names in a folder with what they are; nothing where there is no such folder, or a link.
    func names(in folder: String) throws(FileError) -> [(name: [UInt8], kind: FileKind)] {
        guard case .folder(let descriptor) = try root.openFolder(Array(folder.utf8)[...]) else { return [] }
        return try listFolder(descriptor, "\(root.path)/\(folder)")
    }

    /// Everything below some folders that concerns the ledger, sorted by path. Links are listed, never followed.
    func list(below places: [String] = ledgerFolders) throws -> [WorkTreeEntry] {
        var entries: [WorkTreeEntry] = []
        var visited = 0
        var folders = places.map { (path: Array($0.utf8), depth: 1) }
        while let (folder, depth) = folders.popLast() {
            let path = String(decoding: folder, as: UTF8.self)
            let descriptor: Int32
            switch try root.openFolder(folder[...]) {
            case .folder(let opened): descriptor = opened
            case .link:
                entries.append(WorkTreeEntry(path: path, kind: .symlink))
                continue
            case .absent: continue
            }
            let content = try listFolder(descriptor, "\(root.path)/\(path)")
            visited += content.count
            if visited > readingLimits.files || depth > depthLimit { throw Refusal.tooManyFiles(path) }
            if depth > 1, content.contains(where: { $0.name.elementsEqual(".git".utf8) }) {
                entries.append(WorkTreeEntry(path: path, kind: .submodule))
                continue
            }
            for (name, kind) in content {
                let bytes = folder + [UInt8(ascii: "/")] + name
                let text = String(validating: bytes, as: UTF8.self)
                let path = text ?? String(decoding: bytes, as: UTF8.self)
                func add(_ kind: SourceFile.Kind) {
                    entries.append(WorkTreeEntry(path: path, kind: kind, rawPath: text == nil ? bytes : nil))
                }
                switch kind {
                case .folder: folders.append((bytes, depth + 1))
                case .link: add(.symlink)
                case .file where isLedgerPath(path) && !isTemporary(path): add(.file)
                case .other where isLedgerPath(path): add(.special)
                case .file, .other: break
                }
            }
        }
        return entries.sorted { $0.path < $1.path }
    }

    /// An open folder of the work tree, kept for the next file; nil where a link has taken its place.
    private func folder(_ path: ArraySlice<UInt8>, of file: String) throws(FileError) -> Int32? {
        if let last, last.path == path { return last.descriptor }
        switch try root.openFolder(path) {
        case .link: return nil
        case .absent: throw FileError(path: file, doing: "open", code: ENOENT)
        case .folder(let descriptor):
            if let last { close(last.descriptor) }
            last = (path, descriptor)
            return descriptor
        }
    }
}

/// The top of a work tree, from which folders are opened one below the other and never through a link: whoever swaps a
/// folder for a link while it is read leads nowhere.
final class WorkTreeRoot: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, doing: "open", code: errno) }
    }

    deinit { close(descriptor) }

    enum Opened {
        case folder(Int32)
        /// A part of the path is a link.
        case link
        case absent
    }

    func openFolder(_ path: ArraySlice<UInt8>) throws(FileError) -> Opened {
        var folder = descriptor
        for part in path.split(separator: UInt8(ascii: "/")) {
            let next = openPart(part, in: folder, O_DIRECTORY)
            let code = errno
            // A link is told as no folder.
            let isLink = next < 0 && code == ENOTDIR && isLink(part, in: folder)
            if folder != descriptor { close(folder) }
            guard next >= 0 else {
                if isLink { return .link }
                if code == ENOENT || code == ENOTDIR { return .absent }
                let path = String(decoding: path, as: UTF8.self)
                throw FileError(path: "\(self.path)/\(path)", doing: "list", code: code)
            }
            folder = next
        }
        return .folder(folder)
    }

    private func isLink(_ name: ArraySlice<UInt8>, in folder: Int32) -> Bool {
        let file = openPart(name, in: folder, O_NONBLOCK)
        let code = errno
        if file >= 0 { close(file) }
        return file < 0 && code == ELOOP
    }
}

private func openPart(_ name: ArraySlice<UInt8>, in folder: Int32, _ flags: Int32) -> Int32 {
    unsafe (name + [0]).withUnsafeBytes {
        unsafe openat(
            folder, $0.baseAddress!.assumingMemoryBound(to: CChar.self),
            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags)
    }
}
