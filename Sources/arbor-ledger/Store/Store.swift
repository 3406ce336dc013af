import Glibc
import Records
import Words

/// Results of earlier runs in the repository's cache folder. The name of each result is derived from all of its inputs.
///
/// A file that is missing, damaged, or written by another user or build of the tool counts as absent, so the store
/// never changes what a command prints. The folder can be deleted at any time.
struct Store: Sendable {
    /// The limits on the folder. The least recently used files are removed first.
    private static let countLimit = 32
    private static let byteLimit = 512 << 20

    private let folder: String
    /// The identity of this build, because another build may compute other results.
    private let tool: String
    private let hmacKey: HMACKey

    /// Opens the store. Returns nil if the environment disables it or if this build cannot be identified.
    init?(_ workspace: Workspace) {
        guard (workspace.environment["ARBOR_LEDGER_NO_CACHE"] ?? "").isEmpty else { return nil }
        var status = stat()
        guard unsafe stat("/proc/self/exe", &status) == 0 else { return nil }
        folder = "\(workspace.cacheDirectory)/store"
        hmacKey = workspace.hmacKey
        tool = "\(toolVersion) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    func read(_ name: String) -> StoredFile? {
        let path = path(of: name)
        guard let file = StoredFile(path: path, digest: { digest(name, $0) }) else { return nil }
        unsafe utimensat(AT_FDCWD, path, nil, 0)
        return file
    }

    /// Writes chunks under a name. A failure is ignored, because the next run computes the chunks again.
    func write(_ chunks: [[UInt8]], as name: String) {
        guard chunks.count <= StoredTable.chunkCountLimit, chunks.reduce(0, { $0 + $1.count }) < Self.byteLimit / 2
        else {
            return
        }
        let head = StoredTable.head(of: chunks) { digest(name, $0) }
        let parts = [head[...]] + chunks.map { $0[...] }
        guard (try? writeFile(path(of: name), parts, mode: 0o600, survivesPowerLoss: false)) != nil else { return }
        prune()
    }

    private func path(of name: String) -> String { "\(folder)/\(sha256(Array("\(tool)\n\(name)".utf8)).prefix(32))" }

    private func digest(_ name: String, _ table: [UInt8]) -> String {
        hmacKey.digest(of: "\(tool)\n\(name)", [table[...]])
    }

    /// Removes files beyond the limits, and the temporary files of killed writers.
    private func prune() {
        removeAbandonedFiles(in: folder)
        guard let names = try? listFolder(folder) else { return }
        let files = names.compactMap { entry -> (path: String, bytes: Int, used: timespec)? in
            var status = stat()
            let path = "\(folder)/\(entry.name)"
            guard entry.kind == .file, unsafe lstat(path, &status) == 0 else { return nil }
            return (path, Int(status.st_size), status.st_mtim)
        }.sorted { ($0.used.tv_sec, $0.used.tv_nsec) > ($1.used.tv_sec, $1.used.tv_nsec) }
        var bytes = 0
        for (index, file) in files.enumerated() {
            bytes += file.bytes
            if index >= Self.countLimit || bytes > Self.byteLimit { try? removeFile(file.path) }
        }
    }
}
