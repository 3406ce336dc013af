import Git
import Glibc
import Ledger

/// One file of the work tree as a directory listing shows it.
struct WorkTreeEntry: Sendable {
    var path: String
    var kind: SourceFile.Kind

    /// Reads the file's bytes; a link that took its place since the listing is not followed.
    func read(root: String) throws -> SourceFile {
        guard kind == .file else { return SourceFile(path: path, kind: kind, bytes: []) }
        switch try readFile("\(root)/\(path)", limit: recordByteLimit) {
        case .bytes(let bytes): return SourceFile(path: path, bytes: bytes)
        case .tooLarge(let size): return SourceFile(path: path, kind: .tooLarge(byteCount: size), bytes: [])
        }
    }
}

/// Everything below the ledger's folders that concerns it, sorted by path. Links are listed, never followed.
func listWorkTree(_ root: String) throws(FileError) -> [WorkTreeEntry] {
    var entries: [WorkTreeEntry] = []
    var folders = ledgerFolders
    while !folders.isEmpty {
        let listings = folders.mapSideBySide { folder in
            Result { () throws(FileError) in try FolderListing(of: folder, root: root) }
        }
        folders = []
        for listing in listings {
            let listing = try listing.get()
            entries += listing.entries
            folders += listing.folders
        }
    }
    return entries.sorted { $0.path < $1.path }
}

/// What one folder holds for a ledger, and the folders in it; sorted.
private struct FolderListing: Sendable {
    var entries: [WorkTreeEntry] = []
    var folders: [String] = []

    init(of folder: String, root: String) throws(FileError) {
        let content = try listFolder("\(root)/\(folder)")
        if !ledgerFolders.contains(folder), content.contains(where: { $0.name == ".git" }) {
            entries = [WorkTreeEntry(path: folder, kind: .submodule)]
            return
        }
        for (name, kind) in content {
            let path = "\(folder)/\(name)"
            switch kind {
            case .folder: folders.append(path)
            case .link: entries.append(WorkTreeEntry(path: path, kind: .symlink))
            case .file where isLedgerPath(path): entries.append(WorkTreeEntry(path: path, kind: .file))
            case .file, .other: break
            }
        }
        entries.sort { $0.path < $1.path }
        folders.sort()
    }
}
