import FoundationEssentials
import Glibc
import Records
import Words

/// The user's key for authenticating cache files, because a `.git` folder from elsewhere may contain forged reports,
/// runs and networks. The key is stored in the user's home folder, outside any repository.
struct HMACKey: Sendable, Codable {
    /// The key, which has 32 bytes.
    private var key: [UInt8]

    private static let keyLength = 32

    /// Reads the user's key, or creates it at first use. If the key cannot be stored, or if other users can read it,
    /// makes a key for this process alone. No cache of an earlier process is then used.
    init(environment: [String: String]) {
        key = Self.path(environment).flatMap { Self.stored($0) ?? Self.created($0) } ?? Self.random()
    }

    /// Returns the HMAC of content and its place, so that content cannot be moved to another place.
    func digest(of place: String, _ content: [ArraySlice<UInt8>]) -> String {
        hmacSHA256(key, [Array("\(place.utf8.count) \(place)\n".utf8)[...]] + content)
    }

    /// Returns the content, preceded by its HMAC as the first line.
    func authenticated(_ content: [UInt8], at place: String) -> [UInt8] {
        Array(digest(of: place, [content[...]]).utf8) + [0x0A] + content
    }

    /// Returns the content, or nil if the key, the place or the content differs.
    func verified(_ bytes: [UInt8], at place: String) -> ArraySlice<UInt8>? {
        guard bytes.count > 64, bytes[64] == 0x0A else { return nil }
        let content = bytes[65...]
        return bytes[..<64].elementsEqual(digest(of: place, [content]).utf8) ? content : nil
    }

    private static func path(_ environment: [String: String]) -> String? {
        if let state = environment["XDG_STATE_HOME"], state.startsWithBytes("/") { return "\(state)/arbor-ledger/key" }
        return environment["HOME"].flatMap { $0.startsWithBytes("/") ? "\($0)/.local/state/arbor-ledger/key" : nil }
    }

    private static func stored(_ path: String) -> [UInt8]? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0, case .bytes(let bytes)? = try? readFile(path, limit: keyLength),
            bytes.count == keyLength
        else { return nil }
        return bytes
    }

    /// Creates and stores a key. If another process creates a key at the same time, the first one is kept.
    private static func created(_ path: String) -> [UInt8]? {
        let key = random()
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
        guard (try? writeFile(temporary, key, mode: 0o600)) != nil else { return nil }
        let code = unsafe link(temporary, path)
        try? removeFile(temporary)
        return code == 0 ? key : stored(path)
    }

    private static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<keyLength).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
    }
}
