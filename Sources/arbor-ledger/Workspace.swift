import Checking
import Git
import Kernels
import Records

/// Which state of a ledger is read.
enum Snapshot: Sendable {
    case workTree
    /// The index that git names, which in a pre-commit hook is a temporary one.
    case staged
    case revision(String)
}

/// A ledger's repository: the one place where git becomes records.
struct Workspace: Sendable {
    /// The work tree's top folder; the git folder of a bare repository.
    let root: String
    let isBare: Bool
    /// Shared by all work trees: caches live here.
    let cacheDirectory: String
    let seal: Seal
    let environment: [String: String]
    let startDirectory: String
    private let location: RepositoryLocation

    init(environment: [String: String], startDirectory: String) throws(GitError) {
        location = RepositoryLocation(environment: environment, currentDirectory: startDirectory)
        let repository = try location.open()
        root = repository.workDirectory ?? repository.gitDirectory
        isBare = repository.isBare
        cacheDirectory = "\(repository.commonDirectory)/arbor-ledger"
        try requireOwnFolders(cacheDirectory)
        seal = Seal(environment: environment)
        self.environment = environment
        self.startDirectory = startDirectory
    }

    /// A handle of one's own; handles never cross threads.
    func repository() throws(GitError) -> Repository {
        try location.open()
    }

    /// Refuses to write where there is nothing to write to.
    func requireWorkTree() throws(Refusal) {
        guard isBare else { return }
        throw Refusal(
            message: "a bare repository has no work tree to write to", remedy: "run in a clone", exitCode: 2)
    }

    /// The ledger's files in the work tree.
    func workTreeEntries() throws -> [WorkTreeEntry] {
        try requireWholeWorkTree()
        return try WorkTree(root).list()
    }

    /// Refuses to read a work tree that is not there as a whole: what a sparse checkout leaves out would read as absent.
    func requireWholeWorkTree() throws {
        guard !isBare else {
            throw GitError(.bareRepository, "a bare repository has no work tree", remedy: "name a commit with --at")
        }
        if let path = try repository().fileLeftOut(under: ledgerFolders) {
            throw GitError(
                .unsupportedRepository, "this sparse checkout leaves out files of the ledger, such as '\(path)'",
                remedy:
                    "git sparse-checkout add \(ledgerFolders.joined(separator: " ")), or read a commit with --at HEAD")
        }
    }

    /// Reads and decodes every file of the ledger's folders.
    func files(_ snapshot: Snapshot) async throws -> [DecodedFile] {
        switch snapshot {
        case .workTree:
            let root = root
            let allowance = ReadingAllowance()
            return try await readAll(try workTreeEntries()) {
                let workTree = try WorkTree(root)
                return { decode(try allowance.take(workTree.read($0))) }
            }
        case .staged:
            let index = environment["GIT_INDEX_FILE"]
            let entries = try repository().stagedEntries(
                indexFile: index, currentDirectory: startDirectory, under: ledgerFolders)
            return try await files(of: entries)
        case .revision(let revision):
            let repository = try repository()
            let tree = try repository.tree(of: repository.resolve(revision))
            return try await files(of: repository.entries(ofTree: tree, under: ledgerFolders))
        }
    }

    func check(_ snapshot: Snapshot) async throws -> CheckedLedger {
        check(try await files(snapshot), depth: .everything)
    }

    func files(of entries: [TreeEntry]) async throws -> [DecodedFile] {
        let allowance = ReadingAllowance()
        return try await readAll(entries.filter(\.concernsLedger)) {
            let repository = try repository()
            return { decode(try allowance.take(repository.sourceFile($0))) }
        }
    }
}

/// Caches are written and cleared: through a link that somebody planted, that would be another folder's files.
private func requireOwnFolders(_ cacheDirectory: String) throws(GitError) {
    for path in ["", "/reports", "/networks", "/networks.lock", "/runs"].map({ cacheDirectory + $0 })
    where isLink(path) {
        throw GitError(
            .failed, "\(path) is a symbolic link, and caches are kept through none", remedy: "rm \(path)")
    }
}

/// Reads entries side by side, each worker with a reader of its own; the result keeps their order.
func readAll<Entry: Sendable, Result: Sendable>(
    _ entries: [Entry], _ makeReader: @escaping @Sendable () throws -> (Entry) throws -> Result
) async throws -> [Result] {
    // Enough for every core to the end, and few repositories to open.
    let chunkSize = max(64, entries.count / 32)
    return try await withThrowingTaskGroup(of: (Int, [Result]).self) { group in
        for start in stride(from: 0, to: entries.count, by: chunkSize) {
            group.addTask {
                let read = try makeReader()
                return (start, try entries[start..<min(start + chunkSize, entries.count)].map(read))
            }
        }
        var chunks: [(Int, [Result])] = []
        for try await chunk in group { chunks.append(chunk) }
        return chunks.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
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
