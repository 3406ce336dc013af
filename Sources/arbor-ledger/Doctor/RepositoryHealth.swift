import FoundationEssentials
import Git
import Glibc
import Records
import Reports
import Words

extension SetupChecks {
    func repository(_ workspace: Workspace) throws -> HealthCheck {
        let repository = try workspace.repository()
        var parts = [workspace.isBare ? "bare repository" : "work tree at \(workspace.root)"]
        var remedies: [String] = []
        if repository.gitDirectory != repository.commonDirectory { parts.append("one of several work trees") }
        if let owner = ownerOf(repository.commonDirectory), owner != geteuid() {
            parts.append("owned by user \(owner), whom git's configuration trusts")
        }
        if repository.isShallow {
            parts.append("shallow: salts of receipts cannot be re-checked, and `verify` makes no runs")
            remedies.append("git fetch --unshallow")
        }
        if repository.configValue("extensions.partialclone") != nil
            || repository.configValue("remote.origin.promisor") == "true"
        {
            parts.append("partial: files that git has not fetched are missing")
            remedies.append("git fetch --refetch --no-filter")
        }
        return HealthCheck(
            "repository", remedies.isEmpty ? .ok : .warning, parts.joined(separator: "; "),
            remedy: remedies.isEmpty ? nil : remedies.joined(separator: "; "))
    }

    func auditBranch(_ workspace: Workspace) throws -> HealthCheck {
        guard let branch = try workspace.auditBranch() else {
            return HealthCheck(
                "audit branch", .warning, "none: there is no branch main or master",
                remedy: "make the first commit, or name the branch: git config arbor-ledger.auditBranch NAME")
        }
        let tip = branch.tip.description.prefix(12)
        let wrong = branch.settingsDiagnostics.filter { $0.severity == .error }
        guard let first = wrong.first else { return HealthCheck("audit branch", .ok, "\(branch.name) at \(tip)") }
        return HealthCheck(
            "audit branch", .warning, "\(branch.name) at \(tip); its \(settingsPath): \(first.message)",
            remedy: first.fix ?? "correct it on that branch")
    }

    func hooks(_ workspace: Workspace) throws -> [HealthCheck] {
        if workspace.isBare { return [HealthCheck("hooks", .ok, "none in a bare repository")] }
        let folder = try HookFolder(workspace)
        return try HookName.allCases.map { name in
            let path = folder.path(of: name)
            func check(_ state: HealthCheck.State, _ detail: String, remedy: String? = nil) -> HealthCheck {
                HealthCheck("hook \(name.rawValue)", state, detail, remedy: remedy)
            }
            switch try folder.state(of: name) {
            case .nothing: return check(.warning, "not installed", remedy: "arbor-ledger hook install")
            case .foreign:
                return check(
                    .warning, "another hook is installed: \(path)",
                    remedy: "arbor-ledger hook install saves it and runs it first")
            case .ours(current: false):
                return check(.warning, "installed by another version: \(path)", remedy: "arbor-ledger hook install")
            case .ours(current: true) where !isExecutable(path):
                return check(.warning, "\(path) is not executable, so git skips it", remedy: "chmod +x \(path)")
            case .ours(current: true): return check(.ok, path)
            }
        }
    }

    func identity(_ workspace: Workspace) throws -> HealthCheck {
        do {
            let identity = try workspace.repository().identity(.author, environment: environment)
            return HealthCheck("identity", .ok, "\(identity.name) <\(identity.email)>")
        } catch {
            return HealthCheck("identity", .broken, error.message, remedy: error.remedy)
        }
    }

    func cache(_ folder: String) -> HealthCheck {
        var existing = folder
        while !fileExists(existing), let slash = existing.lastIndex(of: "/") { existing = String(existing[..<slash]) }
        guard unsafe access(existing, W_OK | X_OK) == 0 else {
            return HealthCheck(
                "cache", .broken, "\(folder) is not writable, and `verify` saves its runs there",
                remedy: "make \(existing) writable")
        }
        let mebibytes = Double(byteCount(below: folder)) / 1_048_576
        return HealthCheck("cache", .ok, "\(folder), \(fixed(mebibytes, digits: 1)) MiB; may be deleted")
    }

    /// Checks for git's lock files, which a killed process may have left. These files are never removed, because the
    /// process that made them may still be running.
    func locks(_ workspace: Workspace) throws -> HealthCheck {
        let repository = try workspace.repository()
        let folders = Set([repository.gitDirectory, repository.commonDirectory]).sorted()
        let found = folders.flatMap { folder in
            lockFiles(in: folder) + lockFiles(in: "\(folder)/refs", deep: true)
        }
        guard !found.isEmpty else { return HealthCheck("locks", .ok, "none") }
        let listed = Set(found).sorted().map { path in "\(path) (\(age(of: path)))" }
        return HealthCheck(
            "locks", .warning, "git is running, or a killed git left \(listed.joined(separator: ", "))",
            remedy: "wait; if no git is running here, remove the file")
    }

    private func lockFiles(in folder: String, deep: Bool = false) -> [String] {
        ((try? listFolder(folder)) ?? []).flatMap { entry -> [String] in
            let path = "\(folder)/\(entry.name)"
            if entry.kind == .folder, deep { return lockFiles(in: path, deep: true) }
            return entry.kind == .file && entry.name.hasSuffix(".lock") ? [path] : []
        }
    }

    private func age(of path: String) -> String {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return "gone" }
        let seconds = max(0, Int(time(nil)) - Int(status.st_mtim.tv_sec))
        return switch seconds {
        case ..<120: "\(seconds) s old"
        case ..<7200: "\(seconds / 60) minutes old"
        case ..<172_800: "\(seconds / 3600) hours old"
        default: "\(seconds / 86400) days old"
        }
    }

    private func ownerOf(_ path: String) -> uid_t? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_uid : nil
    }

    private func byteCount(below folder: String) -> Int {
        ((try? listFolder(folder)) ?? []).reduce(0) { sum, entry in
            let path = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .folder: return sum + byteCount(below: path)
            case .file:
                var status = stat()
                return sum + (unsafe lstat(path, &status) == 0 ? Int(status.st_size) : 0)
            case .link, .other: return sum
            }
        }
    }
}

func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }
