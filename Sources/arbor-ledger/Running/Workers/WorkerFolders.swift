import FoundationEssentials
import Glibc
import Synchronization
import Words

/// The folders of workers that this process made. They are removed when it ends.
private let madeFolders = Mutex<[String]>([])

private let prefix = "arbor-kernel-"

/// Creates a folder for the files of a worker. It is removed when this process ends, and by a later process if this one
/// is killed.
func makeWorkerFolder() throws -> String {
    if madeFolders.withLock(\.isEmpty) {
        removeAbandonedFolders(in: FileManager.default.temporaryDirectory.path)
        atexit {
            killWorkers()
            removeWorkerFolders()
        }
    }
    let folder = try makePrivateFolder(named: "\(prefix)\(getpid())")
    madeFolders.withLock { $0.append(folder) }
    return folder
}

/// Removes the folders of workers that this process made.
func removeWorkerFolders() {
    let folders = madeFolders.withLock { folders in
        defer { folders = [] }
        return folders
    }
    for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
}

/// Removes the folders of processes of this user that have ended.
private func removeAbandonedFolders(in place: String) {
    for (name, kind) in (try? listFolder(place)) ?? [] where kind == .folder && name.startsWithBytes(prefix) {
        guard let process = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }), process > 0 else { continue }
        var status = stat()
        guard unsafe lstat("\(place)/\(name)", &status) == 0, status.st_uid == getuid() else { continue }
        if kill(process, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(place)/\(name)") }
    }
}
