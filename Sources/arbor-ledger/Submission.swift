import Git
import Records
import Reports

/// The files that `submit` would commit, and the ledger before and after the commit.
struct Submission {
    /// The files to commit. The submitted file comes first.
    var files: [SourceFile]
    /// The files of the last commit, first without and then with the submitted files.
    var before: [DecodedFile]
    var after: [DecodedFile]

    /// Collects the file and all new records that it names, directly or indirectly, from the work tree. Each file is
    /// read once, and the same bytes are checked and committed.
    init(of path: String, in workspace: Workspace) async throws {
        guard let place = RecordPlace(path: path) else {
            throw Refusal(
                message: "\"\(path)\" is not a record of a ledger",
                remedy: "findings are files such as Findings/topic/slug.yaml; see docs/format.md", exitCode: 64)
        }
        switch place {
        case .receipt, .signature:
            throw Refusal(
                message: "receipts and their signatures are committed with git, not submitted",
                remedy: "git add \(path)", exitCode: 64)
        case .question, .vote, .quantity, .condition, .conditionValue, .assumption, .constraint, .finding, .model,
            .measurement, .trace, .traceText, .annotation, .codebook, .resource, .kernel, .kernelFile:
            break
        }
        before = try workspace.files(.revision("HEAD"))
        let committed = Set(before.compactMap(\.place))
        var available: [RecordPlace: WorkTreeEntry] = [:]
        let reader = try EntryReader(workspace)
        for entry in try WorkTree(workspace.root).list() {
            guard let place = RecordPlace(path: entry.path), !committed.contains(place) || entry.path == path else {
                continue
            }
            // If two files have the same slug, it is not clear which of them a reference means.
            if let other = available[place], other.path != entry.path {
                throw Refusal(
                    message: "\(other.path) and \(entry.path) are both called \"\(place.name)\"",
                    remedy: "rename or move one of them aside")
            }
            available[place] = entry
        }
        guard available[place] != nil else {
            throw Refusal(message: "there is no file \"\(path)\" in the work tree", exitCode: 64)
        }
        var taken: [RecordPlace] = [place]
        var seen: Set<RecordPlace> = [place]
        var decoded: [DecodedFile] = []
        files = []
        while files.count < taken.count {
            guard let entry = available[taken[files.count]] else { break }
            let file = try reader.read(entry)
            files.append(file)
            decoded.append(decode(file))
            for named in decoded[decoded.count - 1].record?.namedPlaces ?? [] {
                if available[named] != nil, seen.insert(named).inserted { taken.append(named) }
            }
        }
        try Self.requireChange(files, in: workspace)
        let replaced = Set(files.map(\.path))
        after = before.filter { !replaced.contains($0.path) } + decoded
    }

    /// The differences from the last commit. `requireChange` ensures that the first file differs. All other files are
    /// new.
    var changes: [FileChange] {
        let committed = Set(before.map(\.path))
        return files.map { file in
            FileChange(
                path: file.path, before: committed.contains(file.path) ? "committed" : nil, after: "submitted")
        }
    }

    private static func requireChange(_ files: [SourceFile], in workspace: Workspace) throws {
        let repository = try workspace.repository()
        guard let head = try repository.head() else { return }
        let tree = try repository.tree(of: head)
        for file in files {
            guard let entry = try repository.entry(at: file.path, inTree: tree),
                try entry.id == Repository.hashOfBlob(file.bytes)
            else { return }
        }
        throw Refusal(message: "the last commit already holds this version of the file", remedy: "edit the file first")
    }
}
