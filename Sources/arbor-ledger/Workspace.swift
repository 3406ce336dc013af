import Checking
import Git
import Kernels
import Records
import Words

/// The repository of a ledger. It reads records from git and the work tree.
struct Workspace: Sendable {
    /// The work tree's top folder, or the git folder of a bare repository.
    let root: String
    let isBare: Bool
    /// The folder of all caches, shared by all work trees.
    let cacheDirectory: String
    let hmacKey: HMACKey
    let environment: [String: String]
    let startDirectory: String
    /// The arguments without the program's name.
    let commandLine: [String]
    /// Whether a work-tree file contained a carriage return. The committed content of such a file depends on git's
    /// settings, attributes and index, so content keys cannot identify it.
    let sawCarriageReturn = OneWaySwitch()
    private let location: RepositoryLocation

    init(
        environment: [String: String], startDirectory: String, commandLine: [String] = []
    ) throws(GitError) {
        location = RepositoryLocation(environment: environment, currentDirectory: startDirectory)
        let repository = try location.open()
        root = repository.workDirectory ?? repository.gitDirectory
        isBare = repository.isBare
        cacheDirectory = "\(repository.commonDirectory)/arbor-ledger"
        try requireOwnFolders(cacheDirectory)
        hmacKey = HMACKey(environment: environment)
        self.environment = environment
        self.startDirectory = startDirectory
        self.commandLine = commandLine
    }

    /// Opens a new handle. Handles must not be shared between threads.
    func repository() throws(GitError) -> Repository {
        try location.open()
    }

    /// Refuses a bare repository.
    func requireWorkTree(remedy: String = "run in a clone") throws(Refusal) {
        guard isBare else { return }
        throw Refusal(message: "a bare repository has no work tree", remedy: remedy, exitCode: 2)
    }

    /// Refuses a sparse checkout that leaves out ledger files, which would look deleted.
    func requireWholeWorkTree() throws {
        try requireWorkTree(remedy: "name a commit with --at")
        if let path = try repository().fileExcludedBySparseCheckout(under: ledgerFolders) {
            throw GitError(
                .unsupportedRepository, "this sparse checkout leaves out files of the ledger, such as '\(path)'",
                remedy:
                    "git sparse-checkout add \(ledgerFolders.joined(separator: " ")), or read a commit with --at HEAD")
        }
    }

    /// Reads and decodes every file of the ledger's folders.
    func files(_ snapshot: Snapshot) throws -> [DecodedFile] { try LedgerSource(snapshot, in: self).files() }

    func check(_ snapshot: Snapshot) throws -> CheckedLedger { check(try files(snapshot), depth: .everything) }

    /// Returns the index entries in the ledger's folders, and the settings.
    func stagedEntries() throws(GitError) -> [TreeEntry] {
        try repository().stagedEntries(
            indexFile: environment["GIT_INDEX_FILE"], currentDirectory: startDirectory, under: ledgerNames)
    }
}

/// Refuses cache folders that are links, because writing to the caches or clearing them would then affect files
/// elsewhere.
private func requireOwnFolders(_ cacheDirectory: String) throws(GitError) {
    for path in ["", "/store", "/networks", "/networks.lock", "/resources", "/runs"].map({ cacheDirectory + $0 })
    where isLink(path) {
        throw GitError(
            .failed, "\(path) is a symbolic link, which caches must not use", remedy: "rm \(path)")
    }
}

/// Reads entries on all cores, with one reader per chunk. The results are in the order of the entries.
func readAll<Result: Sendable>(
    _ entries: [LedgerEntry], in workspace: Workspace, _ read: @Sendable (EntryReader, LedgerEntry) throws -> Result
) throws -> [Result] {
    try entries.chunks(of: 256).concurrentMap { run in
        Swift.Result {
            let reader = try EntryReader(workspace)
            return try run.map { try read(reader, $0) }
        }
    }.flatMap { try $0.get() }
}

extension TreeEntry {
    /// Whether checks need this entry. Checks need records, forbidden entries and misplaced files, but not READMEs.
    var concernsLedger: Bool {
        if isInSettingsFolder(path) { return isLedgerPath(path) }
        return mode != .file && mode != .executable || isLedgerPath(path) || !pathIsUTF8
    }

    /// Whether this is a file of settings, not a record.
    var holdsSettings: Bool { path.hasSameBytes(as: settingsPath) || isInSettingsFolder(path) }
}

extension Repository {
    /// Reads an entry as a source file. A blob over the limit is not decompressed.
    func sourceFile(_ entry: TreeEntry) throws(GitError) -> SourceFile {
        switch entry.mode {
        case .symlink: return SourceFile(path: entry.path, kind: .symlink, bytes: [])
        case .submodule: return SourceFile(path: entry.path, kind: .submodule, bytes: [])
        case .file, .executable, .tree: break
        }
        let size = try blobSize(entry.id)
        if size > recordByteLimit { return SourceFile(path: entry.path, kind: .tooLarge(byteCount: size), bytes: []) }
        let bytes = try blob(entry.id, limit: recordByteLimit)
        return SourceFile(path: entry.path, bytes: bytes, contentID: entry.id.description)
    }
}
