import Checking
import Git
import Records

/// The changes that the next commit would make to the ledger.
struct NextCommit {
    /// The tree of HEAD; nil before the first commit.
    private let head: ObjectID?
    /// The changes by path.
    private let changes: [String: TreeChange]
    /// Changed YAML files in folders such as `findings`, which are not read, sorted.
    let misplaced: [String]
    private let repository: Repository
    private let names: LedgerNames

    var isEmpty: Bool { changes.isEmpty }

    /// Compares HEAD with the index that git names in an environment variable.
    init(_ workspace: Workspace) throws {
        let repository = try workspace.repository()
        let pending = try repository.stagedChanges(
            indexFile: workspace.environment["GIT_INDEX_FILE"], currentDirectory: workspace.startDirectory,
            under: ledgerNames + ledgerFolders.map { $0.lowercased() })
        // These files are read while git compares.
        let commit = try repository.head()
        let tree = try commit.map { commit throws(GitError) in try repository.tree(of: commit) }
        var names = try LedgerNames(of: tree, in: repository, store: Store(workspace))
        let all = try pending.changes()
        let places = Set(ledgerNames.map { Array($0.utf8) })
        func isPlaced(_ change: TreeChange) -> Bool {
            places.contains(Array(change.path.utf8.prefix { $0 != UInt8(ascii: "/") }))
        }
        misplaced = all.filter { $0.new != nil && !isPlaced($0) }.map(\.path).filter {
            $0.endsWithBytes(".yaml") || $0.endsWithBytes(".yml")
        }.sorted()
        let found = all.filter { change in
            isPlaced(change) && (change.old?.concernsLedger ?? false || change.new?.concernsLedger ?? false)
        }
        names.add(found)
        (self.repository, head, self.names) = (repository, tree, names)
        changes = Dictionary(found.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Returns whether the commit certainly adds no error to those of HEAD. Returns false if that needs a check of the
    /// whole ledger.
    func certainlyAddsNoError() throws -> Bool {
        let sorted = changes.values.sorted { $0.path < $1.path }
        guard sorted.allSatisfy({ $0.new?.mode == .file || $0.new?.mode == .executable }) else { return false }
        let files = try sorted.map { change in
            FileChange(before: try change.old.map(read), after: try change.new.map(read))
        }
        return try Checking.certainlyAddsNoError(files, to: self, kernels: kernelDescriptions, today: today())
    }

    /// The records that the commit removes or alters although it must not.
    var losses: [RecordLoss] {
        let changes = changes.values.map { ($0.old?.version, $0.new?.version) }
        return CommitStep(id: nil, summary: "", changes: RecordChanges(changes), sides: []).losses
            .sorted { $0.lost.path < $1.lost.path }
    }

    private func read(_ entry: TreeEntry) throws -> DecodedFile { decode(try repository.sourceFile(entry)) }
}

extension NextCommit: ChangedLedger {
    func file(at path: String) throws -> DecodedFile? {
        if let change = changes[path] { return try change.new.map(read) }
        guard let head, let entry = try repository.entry(at: path, inTree: head), entry.mode != .tree else {
            return nil
        }
        return try read(entry)
    }

    func paths(namedLike place: RecordPlace) throws -> [String] { try names.paths(namedLike: place) }

    func paths(in folder: String) throws -> [String] {
        var paths: Set<String> = []
        if let head, let entry = try repository.entry(at: folder, inTree: head), entry.mode == .tree {
            paths = Set(try repository.entries(ofTree: entry.id).map { "\(folder)/\($0.path)" })
        }
        for (path, change) in changes where path.utf8.starts(with: "\(folder)/".utf8) {
            if change.new == nil { paths.remove(path) } else { paths.insert(path) }
        }
        return paths.sorted()
    }
}
