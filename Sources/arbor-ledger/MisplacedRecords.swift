import Records
import Words

extension WorkTree {
    /// Returns warnings about records that no command reads. There is one warning for each folder with a name like
    /// `findings`, and one for each YAML file in the top folder.
    func misplacedRecords(root: String) throws -> [Diagnostic] {
        try listFolder(root).sorted { $0.name < $1.name }.compactMap { name, kind in
            switch kind {
            case .folder:
                guard !ledgerFolders.contains(name), let folder = nearestName(to: name, among: ledgerFolders),
                    try holdsRecord(below: name)
                else { return nil }
                return misplaced(
                    name, "the records in this folder are not read", fix: "move its files into \"\(folder)\"")
            case .file:
                guard try holdsRecord(WorkTreeEntry(path: name, kind: .file)) else { return nil }
                return misplaced(
                    name, "this record is not read, because it lies outside \(ledgerFolders.joined(separator: ", "))",
                    fix: "move it into one of them: docs/format.md lists the place of each record")
            case .link, .other:
                return nil
            }
        }
    }

    private func holdsRecord(below folder: String) throws -> Bool {
        try list(below: [folder]).prefix(probedFileCount).contains(where: holdsRecord)
    }

    private func holdsRecord(_ entry: WorkTreeEntry) throws -> Bool {
        guard entry.kind == .file, !entry.path.hasPrefix("."),
            entry.path.endsWithBytes(".yaml") || entry.path.endsWithBytes(".yml")
        else { return false }
        return try looksLikeRecord(read(entry).bytes)
    }
}

/// The maximum number of files that are read to find out whether a folder has records.
private let probedFileCount = 20

private func misplaced(_ path: String, _ message: String, fix: String) -> Diagnostic {
    Diagnostic(.misplacedRecord, path: path, mark: .fileStart, message: message, fix: fix)
}
