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

/// Everything below some folders that concerns the ledger, sorted by path. Links are listed, never followed.
func listWorkTree(_ root: String, below folders: [String] = ledgerFolders) throws(FileError) -> [WorkTreeEntry] {
    var entries: [WorkTreeEntry] = []
    var folders = folders
    while let folder = folders.popLast() {
        let content = try listFolder("\(root)/\(folder)")
        if !ledgerFolders.contains(folder), content.contains(where: { $0.name == ".git" }) {
            entries.append(WorkTreeEntry(path: folder, kind: .submodule))
            continue
        }
        for (name, kind) in content {
            let path = "\(folder)/\(name)"
            switch kind {
            case .folder: folders.append(path)
            case .link: entries.append(WorkTreeEntry(path: path, kind: .symlink))
            case .file where isLedgerPath(path) && !isTemporary(name):
                entries.append(WorkTreeEntry(path: path, kind: .file))
            case .file, .other: break
            }
        }
    }
    return entries.sorted { $0.path < $1.path }
}
