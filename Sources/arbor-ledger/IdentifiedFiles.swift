import Git
import Records
import Reports

/// A file of a ledger with the id of its content, which shows whether the file has changed.
struct IdentifiedFile: Sendable {
    var file: DecodedFile
    var contentID: String
}

extension Workspace {
    /// Reads the files of a commit. Files in `others` with the same content are reused.
    func identifiedFiles(at revision: String, like others: [IdentifiedFile] = []) throws -> [IdentifiedFile] {
        let repository = try repository()
        let tree = try repository.tree(of: repository.resolve(revision))
        return try identifiedFiles(of: repository.entries(ofTree: tree, under: ledgerNames), like: others)
    }

    func identifiedFilesOfWorkTree() throws -> [IdentifiedFile] {
        try requireWorkTree(remedy: "name two commits: diff A B")
        let allowance = ReadingAllowance()
        return try readAll(LedgerSource(.workTree, in: self).entries(), in: self) { reader, entry in
            let file = try allowance.take(reader.read(entry))
            let id = file.kind == .file ? try Repository.hashOfBlob(file.bytes).description : "\(file.kind)"
            return IdentifiedFile(file: decode(file), contentID: id)
        }
    }

    func identifiedFiles(of entries: [TreeEntry], like others: [IdentifiedFile]) throws -> [IdentifiedFile] {
        let entries = entries.filter(\.concernsLedger)
        let known = Dictionary(others.map { ($0.file.path, $0) }, uniquingKeysWith: { first, _ in first })
        func same(_ entry: TreeEntry) -> IdentifiedFile? {
            known[entry.path].flatMap { $0.contentID == entry.contentID ? $0 : nil }
        }
        let unknown = entries.filter { same($0) == nil }
        let files = try decodedFiles(of: unknown.map(LedgerEntry.init), isWholeState: others.isEmpty)
        let read = zip(unknown, files).map { IdentifiedFile(file: $1, contentID: $0.contentID) }
        return entries.compactMap(same) + read
    }
}

extension TreeEntry {
    /// The id of the blob, or the kind of an entry that is not a file.
    fileprivate var contentID: String {
        switch mode {
        case .file, .executable: id.description
        case .symlink: "\(SourceFile.Kind.symlink)"
        case .submodule, .tree: "\(SourceFile.Kind.submodule)"
        }
    }
}

/// Returns the differences between two sets of files.
func fileChanges(from before: [IdentifiedFile], to after: [IdentifiedFile]) -> [FileChange] {
    var changes: [String: FileChange] = [:]
    for item in before {
        changes[item.file.path] = FileChange(path: item.file.path, before: item.contentID, after: nil)
    }
    for item in after {
        changes[item.file.path, default: FileChange(path: item.file.path, before: nil, after: nil)].after =
            item.contentID
    }
    return changes.values.filter { $0.before != $0.after }
}
