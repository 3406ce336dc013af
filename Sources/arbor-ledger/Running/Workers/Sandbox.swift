import CPlatform
import FoundationEssentials
import Glibc
import Words

/// How much of the machine a contributor's kernel can reach.
enum SandboxLevel: String, CaseIterable, Sendable {
    /// Its own namespaces: it sees its files and no network, no other process and no other file.
    case full
    /// No namespaces. Landlock and a filter of system calls refuse files, network and signals.
    case partial
    /// Nothing is refused.
    case none
}

/// The confinement of a contributor's kernel.
struct Sandbox: Sendable {
    var level: SandboxLevel
    /// The folder with the program's files, which it can read.
    var programFolder: String
    /// The folder in which it may write. Without namespaces, each worker gets a folder in it.
    var writableFolder: String
    /// The folder that holds the filter of system calls, which the program cannot see.
    var ownFolder: String
    /// Further folders that it can read, such as a Python environment.
    var readableFolders: [String]
    /// The files of weights, by folder and name.
    var weights: [String: [String: String]]
    var usesGPU: Bool

    /// The devices of a graphics processor.
    private static var graphicsDevices: [String] {
        let nvidia = ((try? listFolder("/dev")) ?? []).map(\.name).filter { $0.startsWithBytes("nvidia") }
        return (nvidia + ["dri", "kfd"]).map { "/dev/\($0)" }.filter(fileExists)
    }

    /// The sizes of the folders for temporary files and for shared memory in a full sandbox. Both are memory.
    private static let temporaryBytes = 1 << 30
    private static let sharedBytes = 64 << 20
    /// The largest file that the program may write.
    private static let fileBytes = 1 << 30

    /// The paths under which the program finds its weights.
    var weightFolders: [String: String] {
        Dictionary(uniqueKeysWithValues: weights.keys.map { ($0, "\(weightsRoot)/\($0)") })
    }

    private var weightsRoot: String { level == .full ? "/weights" : "\(programFolder)/weights" }

    /// Returns how to start a command. Writes the filter of system calls.
    func launch(_ command: [String], tool: String, limits: ProcessLimits) throws(FileError) -> KernelWorker.Launch {
        // Each worker has a separate folder, so that no worker can leave files for another.
        var sandbox = self
        sandbox.writableFolder = "\(writableFolder)/\(UInt64.random(in: 0 ... .max))"
        try makeFolder(sandbox.writableFolder)
        return try sandbox.launchHere(command, tool: tool, limits: limits)
    }

    private func launchHere(
        _ command: [String], tool: String, limits: ProcessLimits
    ) throws(FileError) -> KernelWorker.Launch {
        var limits = limits
        var launch = KernelWorker.Launch(
            executable: "/usr/bin/prlimit", arguments: [], environment: variables, folder: programFolder,
            limits: limits)
        let limited = ["--core=0", "--fsize=\(Self.fileBytes)", "--nofile=1024", "--"]
        switch level {
        case .full:
            let filter = "\(ownFolder)/filter"
            try writeFile(filter, seccompFilter(), mode: 0o600)
            // The shell opens the filter for bubblewrap; its arguments are not part of its script.
            launch.executable = "/bin/sh"
            launch.arguments =
                ["-c", "exec \"$@\" 9<\"$0\"", filter, "/usr/bin/prlimit"] + limited
                + [SandboxProbe.bubblewrap ?? "/usr/bin/bwrap"]
                + bubblewrapArguments + ["--"] + command
            launch.folder = nil
            launch.environment = SandboxProbe.launcherEnvironment
        case .partial:
            let readable =
                ["/usr", "/bin", "/sbin", "/lib", "/lib64"] + Self.linkerFiles + [programFolder, "/proc/self"]
                + readableFolders + weightFiles + (usesGPU ? ["/sys"] : [])
            limits.writableFolder = writableFolder
            launch.limits = limits
            launch.arguments =
                limited + [tool, "__confine", writableFolder] + readable.map { "--read=\($0)" }
                + (Self.devices + (usesGPU ? Self.graphicsDevices : [])).map { "--device=\($0)" }
                + ["--"] + command
        case .none:
            launch.arguments = limited + [tool, "__confine", "--unconfined", writableFolder, "--"] + command
        }
        return launch
    }

    /// The name of the sandbox in receipts.
    var name: String {
        switch level {
        case .full: "full (bubblewrap, seccomp)"
        case .partial: "partial (Landlock \(arbor_landlock_version()), seccomp)"
        case .none: "none"
        }
    }

    private var weightFiles: [String] { weights.values.flatMap(\.values).sorted() }

    private static let devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]

    /// The files that the dynamic loader reads.
    private static let linkerFiles = ["/etc/ld.so.cache", "/etc/alternatives"]

    /// The environment of the program. Nothing of the user's environment is in it, except the choice of a device.
    private var variables: [String: String] {
        let temporary = level == .full ? "/tmp" : writableFolder
        var variables = [
            "PATH": (readableFolders.map { "\($0)/bin" } + ["/usr/bin", "/bin"]).joined(separator: ":"),
            "HOME": temporary, "TMPDIR": temporary, "USER": "arbor", "LOGNAME": "arbor", "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1", "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
        ]
        for library in ["OMP", "MKL", "OPENBLAS", "NUMEXPR"] { variables["\(library)_NUM_THREADS"] = "1" }
        if usesGPU {
            for name in ["CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"] {
                variables[name] = ProcessInfo.processInfo.environment[name]
            }
        }
        return variables
    }

    /// The order matters: a later mount hides an earlier one below it.
    private var bubblewrapArguments: [String] {
        var arguments = [
            "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
            "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
        ]
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { arguments += ["--setenv", name, value] }
        arguments += [
            "--proc", "/proc", "--dev", "/dev", "--size", "\(Self.sharedBytes)", "--tmpfs", "/dev/shm",
            "--size", "\(Self.temporaryBytes)", "--tmpfs", "/tmp",
        ]
        arguments += ["--ro-bind", "/usr", "/usr"]
        for name in ["bin", "sbin", "lib", "lib64"] {
            arguments +=
                isLink("/\(name)")
                ? ["--symlink", "usr/\(name)", "/\(name)"] : ["--ro-bind-try", "/\(name)", "/\(name)"]
        }
        for path in Self.linkerFiles { arguments += ["--ro-bind-try", path, path] }
        for path in readableFolders { arguments += ["--ro-bind", path, path] }
        arguments += ["--ro-bind", programFolder, "/kernel", "--chdir", "/kernel"]
        for (folder, files) in weights.sorted(by: { $0.key < $1.key }) {
            for (name, path) in files.sorted(by: { $0.key < $1.key }) {
                arguments += ["--ro-bind", path, "\(weightsRoot)/\(folder)/\(name)"]
            }
        }
        if usesGPU {
            arguments += ["--ro-bind-try", "/sys", "/sys"]
            for device in Self.graphicsDevices { arguments += ["--dev-bind", device, device] }
        }
        return arguments + ["--remount-ro", "/dev", "--remount-ro", "/", "--seccomp", "9"]
    }
}

private func seccompFilter() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe arbor_seccomp_filter($0.baseAddress, Int32($0.count), 1)
    }
    precondition(count > 0, "the buffer is too small for the filter of system calls")
    return Array(buffer.prefix(Int(count)))
}
