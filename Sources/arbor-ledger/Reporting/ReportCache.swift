import Foundation
import Glibc
import Records

/// What earlier runs left for later ones to begin from, in the repository's cache folder. All of it may be deleted at any
/// time, and what cannot be read or written is as good as absent: a cache never changes what is reported.
struct ReportCache: Sendable {
    /// Files, and bytes of them all, that are kept; those unused for longest go first.
    private static let countLimit = 32
    private static let byteLimit = 512 << 20

    private let folder: String
    /// The program that wrote a file: another may tell things otherwise.
    private let tool: String
    private let seal: Seal

    /// nil where the environment says to do without.
    init?(_ workspace: Workspace) {
        guard (workspace.environment["ARBOR_LEDGER_NO_CACHE"] ?? "").isEmpty else { return nil }
        var status = stat()
        guard unsafe stat("/proc/self/exe", &status) == 0 else { return nil }
        folder = "\(workspace.cacheDirectory)/reports"
        seal = workspace.seal
        tool = "\(toolVersion) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// What was kept under a name, which tells all that it depends on.
    func read(_ name: String) -> ArraySlice<UInt8>? {
        let path = path(of: name)
        guard case .bytes(let bytes)? = try? readFile(path, limit: Self.byteLimit) else { return nil }
        let start = magic.count + 64
        guard bytes.starts(with: magic), bytes.count >= start else { return nil }
        let content = bytes[start...]
        guard bytes[magic.count..<start].elementsEqual(digest(name, [content]).utf8) else { return nil }
        unsafe utimensat(AT_FDCWD, path, nil, 0)
        return content
    }

    func write(_ name: String, _ content: [ArraySlice<UInt8>]) {
        guard content.reduce(0, { $0 + $1.count }) < Self.byteLimit / 4 else { return }
        let header = magic + Array(digest(name, content).utf8)
        let pieces = [header[...]] + content
        guard (try? writeFile(path(of: name), pieces, mode: 0o600, survivesPowerLoss: false)) != nil else { return }
        prune()
    }

    /// What was kept under a name in pieces.
    func pieces(_ name: String) -> KeptPieces? { KeptPieces(path: path(of: name), digest: { digest(name, [$0[...]]) }) }

    func write(_ pieces: [[UInt8]], as name: String) {
        guard pieces.count <= KeptPieces.countLimit, pieces.reduce(0, { $0 + $1.count }) < Self.byteLimit / 4 else {
            return
        }
        guard (try? KeptPieces.write(pieces, path: path(of: name), digest: { digest(name, [$0[...]]) })) != nil else {
            return
        }
        prune()
    }

    private var magic: [UInt8] { Array("arbor-ledger report 1\n".utf8) }

    private func path(of name: String) -> String { "\(folder)/\(sha256(Array("\(tool)\n\(name)".utf8)).prefix(32))" }

    private func digest(_ name: String, _ content: [ArraySlice<UInt8>]) -> String {
        seal.digest(of: "\(tool)\n\(name)", content)
    }

    /// Removes what is too much, the remains of killed writers too.
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
