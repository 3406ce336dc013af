import CPlatform
import FoundationEssentials
import Git
import Glibc
import Reports
import Subprocess
import SystemPackage
import Words

/// The checks of `doctor`: git, the repository, the machine and the caches.
struct SetupChecks {
    let environment: [String: String]
    let folder: String

    func checks() async -> [HealthCheck] {
        var checks = [await git(), HealthCheck("libgit2", .ok, libgit2Version())]
        do {
            let workspace = try Workspace(environment: environment, startDirectory: folder)
            checks += [try repository(workspace), try auditBranch(workspace)] + (try hooks(workspace))
            checks.append(try identity(workspace))
            checks += await machine()
            checks += [await sandbox(), await signing(try workspace.repository()), await curl(), locale()]
            checks += [cache(workspace.cacheDirectory), try locks(workspace), try await schemas(workspace)]
        } catch let error as GitError {
            checks.append(HealthCheck("repository", .broken, error.message, remedy: error.remedy))
            checks += await machine()
            checks += [await sandbox(), await signing(nil), await curl(), locale()]
        } catch let error as Refusal {
            checks.append(HealthCheck("repository", .broken, error.message, remedy: error.remedy))
        } catch {
            checks.append(HealthCheck("repository", .broken, "\(error)"))
        }
        return checks
    }

    private func git() async -> HealthCheck {
        guard let line = await output("git", ["--version"]) else {
            return HealthCheck(
                "git", .warning, "git is not installed; you can read records but not commit them by hand",
                remedy: "install git")
        }
        let version = line.split(separator: " ").dropFirst(2).first.map(String.init) ?? "unknown"
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return HealthCheck("git", .warning, "unknown version: \(line)") }
        func has(_ major: Int, _ minor: Int) -> Bool { (numbers[0], numbers[1]) >= (major, minor) }
        // The versions are from git's release notes.
        let features = [("SSH signatures", has(2, 34)), ("merge-tree", has(2, 38)), ("reftable", has(2, 45))]
        let listed = features.map { "\($0.1 ? "" : "no ")\($0.0)" }.joined(separator: ", ")
        return HealthCheck("git", .ok, "\(version); \(listed)")
    }

    /// Asks a child process that is started in the same way as for a run, because OpenBLAS reads its settings when it
    /// is loaded.
    private func machine() async -> [HealthCheck] {
        var variables = scrubbedEnvironment(environment)
        variables["OPENBLAS_NUM_THREADS"] = "1"
        guard let executable = try? LocalExecutor.executablePath(),
            let line = await output(executable, ["__machine"], variables),
            let machine = try? JSONDecoder().decode(MachineReport.self, from: Data(line.utf8))
        else {
            return [
                HealthCheck(
                    "runs", .broken, "a child process cannot load the libraries that runs need",
                    remedy: "install libopenblas0-pthread")
            ]
        }
        let blas = "\(machine.blas); core \(machine.blasCore); BLAS threads a run: \(machine.blasThreads)"
        return [("cpu", machine.cpu, machine.cpuProblem), ("blas", blas, machine.blasProblem)].map {
            HealthCheck($0, $2 == nil ? .ok : .broken, $2?.reason ?? $1, remedy: $2?.remedy)
        }
    }

    /// Says how contributors' kernels are confined here. The kernels of this program are part of it.
    private func sandbox() async -> HealthCheck {
        let found = await SandboxProbe.find()
        let levels = found.levels
        guard !levels.contains(.full) else {
            return HealthCheck(
                "sandbox", .ok, "contributors' kernels run in a full sandbox (bubblewrap); \(landlock())")
        }
        let hasTool = await output("bwrap", ["--version"]) != nil
        let reason =
            hasTool
            ? "bubblewrap cannot create namespaces\(found.complaint.map { " (\($0))" } ?? "")" : "no bubblewrap"
        let remedy =
            hasTool
            ? "allow unprivileged user namespaces for bwrap, or run outside a container"
            : "sudo apt-get install bubblewrap"
        guard levels.contains(.partial) else {
            return HealthCheck(
                "sandbox", .ok, "contributors' kernels cannot run here: \(reason), \(landlock())", remedy: remedy)
        }
        return HealthCheck(
            "sandbox", .ok, "contributors' kernels run in a partial sandbox (\(landlock())): \(reason)", remedy: remedy)
    }

    /// Asks the operating system's kernel about Landlock, because /sys is not mounted everywhere.
    private func landlock() -> String {
        let version = arbor_landlock_version()
        if version > 0 { return "Landlock, version \(version)" }
        let code = Int32(truncatingIfNeeded: -version)
        return [ENOSYS, EOPNOTSUPP].contains(code)
            ? "no Landlock" : "Landlock unknown (\(unsafe String(cString: strerror(code))))"
    }

    private func signing(_ repository: Repository?) async -> HealthCheck {
        let hasTool = await found("ssh-keygen")
        var parts = [hasTool ? "ssh-keygen" : "no ssh-keygen"]
        if let repository {
            parts.append(
                repository.configValue("user.signingkey") == nil ? "no user.signingKey" : "user.signingKey set")
            parts.append("gpg.format \(repository.configValue("gpg.format") ?? "openpgp")")
        }
        let signs = hasTool && repository?.configValue("gpg.format") == "ssh"
        return HealthCheck(
            "signing", .ok, parts.joined(separator: "; ") + (signs ? "" : "; receipts are not signed"),
            remedy: signs ? nil : "to sign them: git config gpg.format ssh, git config user.signingKey FILE.pub")
    }

    private func curl() async -> HealthCheck {
        guard let line = await output("curl", ["-q", "--version"]) else {
            return HealthCheck(
                "curl", .ok, "no curl; `fetch` adds local files only", remedy: "to download resources: install curl")
        }
        return HealthCheck("curl", .ok, line.split(separator: " ").dropFirst().first.map(String.init) ?? line)
    }

    private func locale() -> HealthCheck {
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        let isUnicode = name.map { $0.lowercased().replacing("-", with: "").containsBytes("utf8") } ?? false
        let terminal = Terminal.current
        let colour =
            terminal.isOutputTerminal ? terminal.style.hasColour ? "in colour" : "without colour" : "no terminal"
        return HealthCheck(
            "terminal", isUnicode ? .ok : .warning, "\(name ?? "no locale"); \(colour)",
            remedy: isUnicode ? nil : "reports contain non-ASCII characters: export LC_ALL=C.UTF-8")
    }

    /// Returns whether a program is in `PATH`.
    private func found(_ program: String) async -> Bool {
        let paths = (environment["PATH"] ?? "").split(separator: ":")
        return paths.contains { $0.utf8.first == UInt8(ascii: "/") && isExecutable("\($0)/\(program)") }
    }

    /// Returns the first line that a program prints, or nil if the program is missing or fails.
    private func output(_ program: String, _ arguments: [String], _ variables: [String: String]? = nil) async -> String?
    {
        var custom: [Environment.Key: String] = [:]
        for (name, value) in variables ?? scrubbedEnvironment(environment) {
            if let key = Environment.Key(rawValue: name) { custom[key] = value }
        }
        let executable: Executable =
            program.utf8.first == UInt8(ascii: "/") ? .path(FilePath(program)) : .name(program)
        let result = try? await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: .custom(custom), output: .string(limit: 1 << 16),
            error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput.split(separator: "\n").first.map(String.init) ?? ""
    }
}
