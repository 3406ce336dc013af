import Git
import Glibc

/// Checks that an index file, a reference file or a revision is read, or that its error is printable.
func gitViolation(_ bytes: [UInt8]) -> String? {
    guard let choice = bytes.first, let repository else { return nil }
    let content = bytes.dropFirst()
    do throws(GitError) {
        switch choice % 3 {
        case 0:
            write(content, to: "\(repository.gitDirectory)/fuzzed-index")
            let entries = try repository.stagedEntries(
                indexFile: "fuzzed-index", currentDirectory: repository.gitDirectory, under: ["Claims", "Findings"])
            for entry in entries where entry.path.utf8.contains(0) { return "a path with a NUL" }
        case 1:
            _ = try repository.resolve(String(decoding: content, as: UTF8.self))
        default:
            write(content, to: "\(repository.gitDirectory)/refs/heads/fuzzed")
            _ = try repository.resolve("fuzzed")
        }
    } catch {
        if error.message.isEmpty { return "an error without a message" }
    }
    return nil
}

nonisolated(unsafe) private let repository: Repository? = {
    let path = "/dev/shm/arbor-ledger-fuzz-\(getpid())"
    for folder in ["", "/.git", "/.git/objects", "/.git/refs", "/.git/refs/heads"] { mkdir(path + folder, 0o700) }
    write(Array("ref: refs/heads/main\n".utf8)[...], to: "\(path)/.git/HEAD")
    write(Array("[core]\n\trepositoryformatversion = 0\n".utf8)[...], to: "\(path)/.git/config")
    return try? Repository.discover(from: path)
}()

private func write(_ bytes: ArraySlice<UInt8>, to path: String) {
    guard let file = fopen(path, "w") else { return }
    _ = bytes.withUnsafeBufferPointer { fwrite($0.baseAddress, 1, $0.count, file) }
    fclose(file)
}
