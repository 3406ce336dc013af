import CPlatform
import Subprocess
import Synchronization
import SystemPackage

/// Finds out which sandboxes work on this machine.
enum SandboxProbe {
    /// The path of bubblewrap; nil if it is not installed. The program's own folders are never searched.
    static let bubblewrap = pathOfProgram("bwrap", in: "/", launcherEnvironment)

    /// The environment of what starts a sandbox.
    static let launcherEnvironment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

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
        guard let bubblewrap else { return false }
        let result = try? await Subprocess.run(
            .path(FilePath(bubblewrap)),
            arguments: [
                "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-net", "--unshare-ipc",
                "--unshare-uts", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true",
            ], output: .discarded, error: .discarded)
        return result?.terminationStatus.isSuccess ?? false
    }
}
