import FoundationEssentials
import Glibc
import Records
import Words

/// The folder of all plans that this clone gave to one scheduler.
struct ClusterFolder {
    /// A plan that was submitted as one array.
    struct Wave {
        var folder: PlanFolder
        var plan: RunPlan
        var job: ScheduledJob

        var isActive: Bool { job.ended == nil }
        var names: [String] { plan.runs.map(plan.name) }
    }

    let path: String

    init(_ scheduler: Scheduler, _ workspace: Workspace) {
        let place =
            scheduler.profile.folder.map { "\($0)/\(sha256(workspace.cacheDirectory).prefix(12))" }
            ?? "\(workspace.cacheDirectory)/clusters"
        path = "\(place)/\(scheduler.profileName)"
    }

    /// Returns the waves in the order of their submission. Folders without a complete plan are left out.
    func waves() throws -> [Wave] {
        guard fileExists(path) else { return [] }
        return try listFolder(path).filter { $0.kind == .folder && Int($0.name) != nil }.map(\.name)
            .sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }.compactMap { name in
                let folder = PlanFolder("\(path)/\(name)")
                guard folder.hasPlan, let job = try folder.job() else { return nil }
                return Wave(folder: folder, plan: try folder.plan(), job: job)
            }
    }

    /// Returns the folder for the next wave.
    func nextFolder() throws -> PlanFolder {
        let used = fileExists(path) ? try listFolder(path).compactMap { Int($0.name) } : []
        let number = String((used.max() ?? 0) + 1)
        return PlanFolder("\(path)/\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)")
    }

    /// Locks the folder until the process ends. Refuses if another process has locked it. File systems without locks do
    /// without.
    func lock() throws {
        try makeFolder(path)
        for place in [folder(of: path), path] { try protect(place) }
        let descriptor = unsafe open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: "\(path)/lock", doing: "open", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        close(descriptor)
        throw Refusal(
            message: "another process is submitting and collecting runs in \(path)",
            remedy: "let it finish, or end it; its jobs go on", exitCode: 2)
    }

    /// Prevents other users from changing a folder, because they could replace the script of a job. Refuses the folder
    /// of another user.
    private func protect(_ place: String) throws {
        var status = stat()
        guard unsafe lstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw Refusal(
                message: "\(place) is not a folder of your own",
                remedy: "remove it, or name another `folder` in the profile", exitCode: 2)
        }
        guard unsafe chmod(place, status.st_mode & 0o755) == 0 else {
            throw FileError(path: place, doing: "protect", code: errno)
        }
    }
}
