import CPlatform
import Subprocess
import Synchronization

/// Finds out which sandboxes work on this machine.
enum SandboxProbe {
    private static let tried = Mutex<Set<SandboxLevel>?>(nil)

    /// Returns the levels that work here. They are tried once.
    static func levels() async -> Set<SandboxLevel> {
        if let known = tried.withLock(\.self) { return known }
        var levels: Set<SandboxLevel> = [.none]
        if await hasNamespaces() { levels.insert(.full) }
        if arbor_landlock_version() > 0 { levels.insert(.partial) }
        tried.withLock { $0 = levels }
        return levels
    }

    /// Whether bubblewrap can make the namespaces of a full sandbox.
    private static func hasNamespaces() async -> Bool {
        let result = try? await Subprocess.run(
            .name("bwrap"),
            arguments: [
                "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-net", "--unshare-ipc",
                "--unshare-uts", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true",
            ], output: .discarded, error: .discarded)
        return result?.terminationStatus.isSuccess ?? false
    }
}
