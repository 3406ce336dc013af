import Checking
import Git
import Kernels
import Records

/// A ledger's repository: the one place where git becomes records.
struct Workspace: Sendable {
    /// The work tree's top folder; the git folder of a bare repository.
    let root: String
    let isBare: Bool
    /// Shared by all work trees: caches live here.
    let cacheDirectory: String
    let hmacKey: HMACKey
    let environment: [String: String]
    let startDirectory: String
    /// What the user asked for, without the program's name.
    let commandLine: [String]
    /// Whether a file of the work tree held a carriage return: then settings, attributes and the index of git decide how it
    /// reads, and no key of its content tells.
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

    /// A handle of one's own; handles never cross threads.
    func repository() throws(GitError) -> Repository {
        try location.open()
    }

    /// Refuses in a bare repository; `remedy` says what works instead.
    func requireWorkTree(remedy: String = "run in a clone") throws(Refusal) {
        guard isBare else { return }
        throw Refusal(message: "a bare repository has no work tree", remedy: remedy, exitCode: 2)
    }

    /// Refuses to read a work tree that is not there as a whole: what a sparse checkout leaves out would read as absent.
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

    /// What the next commit would hold in the ledger's folders.
    func stagedEntries() throws(GitError) -> [TreeEntry] {
        try repository().stagedEntries(
            indexFile: environment["GIT_INDEX_FILE"], currentDirectory: startDirectory, under: ledgerFolders)
    }
}

/// Caches are written and cleared: through a link that somebody planted, that would be another folder's files.
private func requireOwnFolders(_ cacheDirectory: String) throws(GitError) {
    for path in ["", "/store", "/networks", "/networks.lock", "/runs"].map({ cacheDirectory + $0 })
    where isLink(path) {
        throw GitError(
            .failed, "\(path) is a symbolic link, and caches are kept through none", remedy: "rm \(path)")
    }
}

/// Reads entries on all cores, a chunk at a time with a reader of its own; the result keeps their order.
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
    /// Records, things that must not be here, and strays that would be lost without a word; not a folder's README.
    var concernsLedger: Bool {
        mode != .file && mode != .executable || isLedgerPath(path) || !pathIsUTF8
    }
}

extension Repository {
    /// One entry as a source file; a blob over the limit is not inflated.
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
