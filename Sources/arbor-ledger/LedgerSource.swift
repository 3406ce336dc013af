import Git
import Records
import Reports
import Words

/// A state of a ledger to read.
enum Snapshot: Sendable {
    case workTree
    /// git's index. In a pre-commit hook, it may be a temporary index.
    case staged
    case revision(String)
}

/// One file of a state, not yet read.
struct LedgerEntry: Sendable {
    enum Location: Sendable {
        case blob(TreeEntry)
        case workTree(WorkTreeEntry)
    }

    var path: String
    /// The key of the content, or nil if the content cannot be identified without reading it.
    var key: ContentKey?
    var location: Location
}

extension LedgerEntry {
    init(_ entry: TreeEntry) {
        let isFile = entry.mode == .file || entry.mode == .executable
        self.init(path: entry.path, key: isFile ? ContentKey(entry.id) : nil, location: .blob(entry))
    }

    init(_ entry: WorkTreeEntry) { self.init(path: entry.path, key: entry.key, location: .workTree(entry)) }
}

/// One state of a ledger. It has an identity and a list of files, and can read them.
struct LedgerSource: Sendable {
    let snapshot: Snapshot
    /// A digest of all files in the ledger's folders and of the settings. It is nil if there are no records, or if a file changed too
    /// recently to be identified.
    let identity: String?
    /// Warnings about records outside the ledger's folders. Only the work tree has them.
    let misplaced: [Diagnostic]
    /// The entries of the work tree or the index. A commit is listed when its files are needed.
    private let listed: [LedgerEntry]?
    private let workspace: Workspace

    init(_ snapshot: Snapshot, in workspace: Workspace) throws {
        self.snapshot = snapshot
        self.workspace = workspace
        switch snapshot {
        case .workTree:
            try workspace.requireWholeWorkTree()
            let tree = try WorkTree(workspace.root)
            let records = try tree.list()
            let found = try [settingsPath, signersPath].compactMap(tree.entry) + records
            listed = found.filter { !$0.isReadme }.map(LedgerEntry.init)
            misplaced = try tree.misplacedRecords(root: workspace.root)
            identity = records.allSatisfy(\.isReadme) ? nil : found.identity(beside: misplaced)
        case .staged:
            let found = try workspace.stagedEntries()
            let entries = found.filter(\.concernsLedger)
            listed = entries.map(LedgerEntry.init)
            misplaced = []
            let bytes = found.map { "\($0.path)\0\($0.mode) \($0.id)\n" }.joined().utf8
            identity = entries.allSatisfy(\.holdsSettings) ? nil : sha256(Array(bytes))
        case .revision(let revision):
            identity = try workspace.repository().resolve(revision).description
            listed = nil
            misplaced = []
        }
    }

    /// Lists every file that concerns the ledger, sorted by path.
    func entries() throws -> [LedgerEntry] {
        if let listed { return listed }
        guard case .revision(let revision) = snapshot else { return [] }
        let repository = try workspace.repository()
        let tree = try repository.tree(of: repository.resolve(revision))
        return try repository.entries(ofTree: tree, under: ledgerNames).filter(\.concernsLedger).map(LedgerEntry.init)
    }

    /// Reads and decodes every file, in the order of `entries`.
    func files() throws -> [DecodedFile] { try workspace.decodedFiles(of: entries()) }
}

extension [WorkTreeEntry] {
    /// Returns a digest of the entries and the misplaced records, or nil if a file has no key.
    fileprivate func identity(beside misplaced: [Diagnostic]) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 128)
        for diagnostic in misplaced { bytes += "\(diagnostic.path)\0".utf8 }
        for entry in self {
            bytes += entry.path.utf8
            bytes.append(0)
            switch entry.kind {
            case .file:
                guard let key = entry.key else { return nil }
                bytes += key.bytes
            case .symlink, .submodule, .special, .tooLarge: bytes += "\(entry.kind)".utf8
            }
        }
        return sha256(bytes)
    }
}
