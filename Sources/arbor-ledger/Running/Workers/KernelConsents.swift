import FoundationEssentials
import Glibc
import Records
import Words

/// The kernels that the user allows to run. They are kept in the user's own folder, never in a repository.
struct KernelConsents {
    struct Consent: Codable, Equatable {
        /// The digest of the kernel.
        var digest: String
        var name: String
        /// Folders that the program can read besides its own files, such as a Python environment.
        var readableFolders: [String]
        var date: String
    }

    private struct Content: Codable {
        var kernels: [Consent]
    }

    /// nil if the user has no folder for settings.
    let path: String?

    init(environment: [String: String]) {
        path = userFolder(environment).map { "\($0)/allowed.json" }
    }

    /// Returns the user's consent to exactly this program.
    func consent(to kernel: CommandKernel) throws -> Consent? { try all().first { $0.digest == kernel.digest } }

    /// Returns the user's last consent to any version of a kernel.
    func latest(for name: String) throws -> Consent? {
        try all().filter { $0.name == name }.max { $0.date < $1.date }
    }

    /// Returns all consents. Refuses a file that other users can change.
    func all() throws -> [Consent] {
        guard let path, fileExists(path) else { return [] }
        for place in [path, folder(of: path)] {
            var status = stat()
            guard unsafe lstat(place, &status) == 0 else { throw FileError(path: place, doing: "look at", code: errno) }
            guard status.st_uid == getuid(), status.st_mode & 0o022 == 0 else {
                throw Refusal(
                    message: "other users can write \(place)", remedy: "chmod go-w \(place), and own it", exitCode: 2)
            }
        }
        guard case .bytes(let bytes) = try readFile(path, limit: 1 << 20),
            let content = try? JSONDecoder().decode(Content.self, from: Data(bytes))
        else {
            throw Refusal(
                message: "\(path) cannot be read", remedy: "remove it, and allow the kernels again", exitCode: 2)
        }
        return content.kernels
    }

    func add(_ consent: Consent) throws {
        try write(all().filter { $0.digest != consent.digest } + [consent])
    }

    /// Removes the consents to a kernel of any version. Returns their number.
    func remove(_ name: String) throws -> Int {
        let kept = try all()
        let left = kept.filter { $0.name != name && $0.digest != name }
        if left.count < kept.count { try write(left) }
        return kept.count - left.count
    }

    private func write(_ consents: [Consent]) throws {
        guard let path else {
            throw Refusal(message: "HOME is not set, so that the consent cannot be kept", exitCode: 2)
        }
        try makeFolder(folder(of: path))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let sorted = consents.sorted { ($0.name, $0.digest) < ($1.name, $1.digest) }
        try writeFile(path, Array(try encoder.encode(Content(kernels: sorted))) + [0x0A], mode: 0o600)
    }
}

/// The folder of the user's own settings; nil if the user has none.
func userFolder(_ environment: [String: String]) -> String? {
    func absolute(_ name: String) -> String? {
        environment[name].flatMap { $0.startsWithBytes("/") ? $0 : nil }
    }
    return (absolute("XDG_CONFIG_HOME") ?? absolute("HOME").map { "\($0)/.config" }).map { "\($0)/arbor-ledger" }
}
