import Glibc

extension Repository {
    var indexPath: String { "\(gitDirectory)/index" }

    /// Runs `body` while holding git's own lock on the index, which blocks `git commit`, `git switch`, `git merge` and
    /// `git add`.
    ///
    /// If the process is killed, the lock file remains, as it does for git. Locks of other processes are never removed.
    func withIndexLocked<Result>(_ body: () throws(GitError) -> Result) throws(GitError) -> Result {
        let lock = "\(indexPath).lock"
        let file = Glibc.open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            if errno == EEXIST { throw locked(lock) }
            throw systemError("create the lock '\(lock)'")
        }
        close(file)
        defer { unlink(lock) }
        return try body()
    }

    /// Returns the error for a lock that another process holds. The message states the age of the lock.
    func locked(_ lock: String) -> GitError {
        var status = stat()
        let age = stat(lock, &status) == 0 ? " for \(duration(seconds: time(nil) - status.st_mtim.tv_sec))" : ""
        return GitError(
            .locked, "'\(lock)' has existed\(age): another git process is running here, or was killed",
            remedy: "wait for it; if none is running, remove that file")
    }

    private func duration(seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(max(seconds, 0)) s"
        case ..<7200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3600) hours"
        default: "\(seconds / 86400) days"
        }
    }
}

func systemError(_ doing: String) -> GitError {
    GitError(.failed, "cannot \(doing): \(String(cString: strerror(errno)))")
}
