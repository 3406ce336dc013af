import CPlatform
import Subprocess
import Synchronization
import SystemPackage

/// Finds out which sandboxes work on this machine.
enum SandboxProbe {
    /// The path of bubblewrap; nil if it is not installed. The program's own folders are never searched.
    static let bubblewrap = pathOfProgram("bwrap", in: "/", launcherEnvironment)

    /// The environment of the program that starts a sandbox.
    static let launcherEnvironment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

    /// The sandboxes that work on this machine.
    struct Finding: Sendable {
        var levels: Set<SandboxLevel>
        /// What bubblewrap wrote when it could not make namespaces; nil if it can, wrote nothing or is not installed.
        var complaint: String?
    }

    private static let known = Mutex<Finding?>(nil)

    /// Returns what works here. The sandboxes are tried once.
    static func find() async -> Finding {
        if let known = known.withLock(\.self) { return known }
        let (hasNamespaces, complaint) = await tryNamespaces()
        var finding = Finding(levels: [.none], complaint: complaint)
        if hasNamespaces { finding.levels.insert(.full) }
        if arbor_landlock_version() > 0 { finding.levels.insert(.partial) }
        known.withLock { $0 = finding }
        return finding
    }

    /// Whether bubblewrap can make the namespaces of a full sandbox, and what it wrote if it cannot.
    private static func tryNamespaces() async -> (Bool, complaint: String?) {
        guard let bubblewrap else { return (false, nil) }
        do {
            let result = try await Subprocess.run(
                .path(FilePath(bubblewrap)),
                arguments: [
                    "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-net", "--unshare-ipc",
                    "--unshare-uts", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true",
                ], output: .discarded, error: .string(limit: 1 << 16))
            let lines = lastLines(of: result.standardError, 3)
            let works = result.terminationStatus.isSuccess
            return (works, works || lines.isEmpty ? nil : lines)
        } catch {
            return (false, "\(error)")
        }
    }
}
