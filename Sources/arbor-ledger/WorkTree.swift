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

/// The ledger's folders, opened one below the other and never through a link: whoever swaps a folder for a link while it is
/// read leads nowhere.
final class WorkTree {
    private let root: Int32
    private let rootPath: String
    /// The folder that was read from last: files come sorted by path.
    private var last: (path: ArraySlice<UInt8>, descriptor: Int32)?

    init(_ rootPath: String) throws(FileError) {
        self.rootPath = rootPath
        root = unsafe open(rootPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw FileError(path: rootPath, doing: "open", code: errno) }
    }

    deinit {
        if let last { close(last.descriptor) }
        close(root)
    }

    /// The file's bytes, or what took its place since the listing.
    func read(_ entry: WorkTreeEntry) throws(FileError) -> SourceFile {
        guard entry.kind == .file else { return SourceFile(path: entry.path, kind: entry.kind, bytes: []) }
        let bytes = entry.rawPath ?? Array(entry.path.utf8)
        let slash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? bytes.startIndex
        guard let folder = try folder(bytes[..<slash]) else {
            return SourceFile(path: entry.path, kind: .symlink, bytes: [])
        }
        let file = openPart(bytes[(slash + 1)...], in: folder, O_NONBLOCK)
        guard file >= 0 else {
            if errno == ELOOP { return SourceFile(path: entry.path, kind: .symlink, bytes: []) }
            throw FileError(path: "\(rootPath)/\(entry.path)", doing: "open", code: errno)
        }
        switch try readFile(file, "\(rootPath)/\(entry.path)", limit: recordByteLimit) {
        case .bytes(let bytes): return SourceFile(path: entry.path, bytes: bytes)
        case .tooLarge(let size): return SourceFile(path: entry.path, kind: .tooLarge(byteCount: size), bytes: [])
        }
    }

    /// Everything below some folders that concerns the ledger, sorted by path. Links are listed, never followed.
    func list(below places: [String] = ledgerFolders) throws -> [WorkTreeEntry] {
        var entries: [WorkTreeEntry] = []
        var visited = 0
        var folders = places.map { (path: Array($0.utf8), depth: 1) }
        while let (folder, depth) = folders.popLast() {
            let path = String(decoding: folder, as: UTF8.self)
            let descriptor: Int32
            switch try openFolder(folder[...]) {
            case .folder(let opened): descriptor = opened
            case .link:
                entries.append(WorkTreeEntry(path: path, kind: .symlink))
                continue
            case .absent: continue
            }
            let content = try listFolder(descriptor, "\(rootPath)/\(path)")
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

    /// An open folder of the work tree, kept for the next file; nil where something else has taken its place.
    private func folder(_ path: ArraySlice<UInt8>) throws(FileError) -> Int32? {
        if let last, last.path == path { return last.descriptor }
        guard case .folder(let descriptor) = try openFolder(path) else { return nil }
        if let last { close(last.descriptor) }
        last = (path, descriptor)
        return descriptor
    }

    private enum Opened {
        case folder(Int32)
        /// A part of the path is a link.
        case link
        case absent
    }

    private func openFolder(_ path: ArraySlice<UInt8>) throws(FileError) -> Opened {
        var folder = root
        for part in path.split(separator: UInt8(ascii: "/")) {
            let next = openPart(part, in: folder, O_DIRECTORY)
            let code = errno
            // A link is told as no folder.
            let isLink = next < 0 && code == ENOTDIR && isLink(part, in: folder)
            if folder != root { close(folder) }
            guard next >= 0 else {
                if isLink { return .link }
                if code == ENOENT || code == ENOTDIR { return .absent }
                let path = String(decoding: path, as: UTF8.self)
                throw FileError(path: "\(rootPath)/\(path)", doing: "list", code: code)
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

    private func openPart(_ name: ArraySlice<UInt8>, in folder: Int32, _ flags: Int32) -> Int32 {
        unsafe (name + [0]).withUnsafeBytes {
            unsafe openat(
                folder, $0.baseAddress!.assumingMemoryBound(to: CChar.self),
                O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags)
        }
    }
}
