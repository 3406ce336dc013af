import FoundationEssentials
import Glibc

private let folderName = "arbor-ledger-demo"

/// Makes the temporary folder of a demo. It stays locked until the process ends.
func makeDemoFolder() throws -> String {
    let folder = try makePrivateFolder(named: folderName)
    _ = try lockFolder(folder, waits: false)
    return folder
}

/// Removes the folders of demos that were killed, which are no longer locked. Errors are ignored.
func removeAbandonedDemos() {
    let place = FileManager.default.temporaryDirectory.path
    for (name, kind) in (try? listFolder(place)) ?? [] where kind == .folder && name.startsWithBytes(folderName + "-") {
        let path = "\(place)/\(name)"
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { continue }
        defer { close(descriptor) }
        var status = stat()
        // A new folder may not be locked yet.
        guard unsafe fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
            status.st_mtim.tv_sec < time(nil) - 60, flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { continue }
        try? FileManager.default.removeItem(atPath: path)
    }
}
