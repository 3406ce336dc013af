import FoundationEssentials
import Glibc
import KernelInterface
import Records
import Words

/// The limit on the total size of all cached networks. The least recently used networks are removed first.
private let cacheByteLimit = 2 << 30

/// A smaller network counts as this many bytes, which also limits the number of files.
private let cacheByteMinimum = 128 << 10

/// The limit on the size of one network.
private let networkByteLimit = 1 << 30

/// The cache file of one trained network.
///
/// The folder can be deleted at any time, and several processes can use it at once. Files are written atomically. A
/// missing or damaged network is trained again.
struct NetworkFile {
    var path: String
    var hmacKey: HMACKey

    /// The checkpoint after training, or the failure of the kernel.
    typealias TrainingResult = Result<[UInt8], KernelFailure>

    /// Reads the cached result; nil if it is missing or damaged.
    func read() -> TrainingResult? {
        guard case .bytes(let bytes)? = try? readFile(path, limit: networkByteLimit),
            let rest = hmacKey.verified(bytes, at: name), let kindEnd = rest.firstIndex(of: 0x0A)
        else { return nil }
        // Marks the file as recently used.
        _ = unsafe utimensat(AT_FDCWD, path, nil, 0)
        let content = Array(rest[(kindEnd + 1)...])
        return switch String(decoding: rest[..<kindEnd], as: UTF8.self) {
        case "checkpoint": .success(content)
        case "failure": .failure(KernelFailure(reason: String(decoding: content, as: UTF8.self)))
        case "divergence":
            .failure(KernelFailure(reason: String(decoding: content, as: UTF8.self), isDivergence: true))
        default: nil
        }
    }

    /// Caches the result of a training run. If this fails, for example because the disk is full, the network is trained
    /// again later, and no run is lost.
    func write(_ trained: TrainingResult) {
        let content: [UInt8] =
            switch trained {
            case .success(let checkpoint): Array("checkpoint\n".utf8) + checkpoint
            case .failure(let failure):
                Array("\(failure.isDivergence ? "divergence" : "failure")\n\(failure.reason)".utf8)
            }
        let bytes = hmacKey.authenticated(content, at: name)
        guard bytes.count <= networkByteLimit else { return }
        do {
            try writeFile(path, bytes, mode: 0o600)
            try removeOldest()
        } catch {
            writeError("arbor-ledger: \(escapeHidden("\(error)"))\n")
        }
    }

    /// Waits until no other process trains this network. Returns nil if the folder is not writable.
    func lock() -> NetworkLock? { NetworkLock(folder: folder, network: name) }

    private var folder: String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
    private var name: String { String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]) }

    private func removeOldest() throws(FileError) {
        removeAbandonedFiles(in: folder)
        var cached: [(path: String, bytes: Int, used: timespec)] = []
        for (name, kind) in try listFolder(folder) where kind == .file {
            var status = stat()
            // Another process may have removed the file.
            guard unsafe lstat("\(folder)/\(name)", &status) == 0 else { continue }
            cached.append(("\(folder)/\(name)", max(Int(status.st_size), cacheByteMinimum), status.st_mtim))
        }
        var excess = cached.reduce(0) { $0 + $1.bytes } - cacheByteLimit
        cached.sort { ($0.used.tv_sec, $0.used.tv_nsec, $0.path) < ($1.used.tv_sec, $1.used.tv_nsec, $1.path) }
        for file in cached where excess > 0 {
            try removeFile(file.path)
            excess -= file.bytes
        }
    }
}

/// A lock that is held by the process that trains a network. It locks one byte of a file next to the folder; the name
/// of the network determines which byte.
struct NetworkLock: ~Copyable {
    private let descriptor: Int32

    fileprivate init?(folder: String, network: String) {
        try? makeFolder(folder)
        descriptor = unsafe open("\(folder).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        lseek(descriptor, Self.place(of: network), SEEK_SET)
        while lockf(descriptor, F_LOCK, 1) != 0 && errno == EINTR {}
    }

    /// Returns an offset below 2^36. A seek beyond the file system's limit would fail and leave every network at offset
    /// 0.
    static func place(of network: String) -> Int {
        Int(sha256(Array(network.utf8)).prefix(9), radix: 16) ?? 0
    }

    deinit { close(descriptor) }
}
