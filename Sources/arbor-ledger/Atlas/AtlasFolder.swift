import Atlas
import Records
import Words

/// The folder of an atlas on disk. The list of digests marks it as one.
struct AtlasFolder {
    let path: String

    private static let listName = "atlas.sums"

    /// How many files were written and removed.
    struct Written {
        var files: Int
        var changed: Int
        var removed: Int
        var path: String

        var sentence: String {
            let removal = removed > 0 ? ", \(removed) removed" : ""
            return "\(counted(files, "file")) in \(path): \(changed) written\(removal). Open \(path)/index.html."
        }
    }

    /// Writes the files that changed, removes those that are gone, and writes the list of digests last. A reader who
    /// compares digests while the folder is being written sees that it is incomplete.
    func write(_ files: [AtlasFile]) throws -> Written {
        let old = try digests()
        try makeFolder(path)
        for folder in Set(files.map { folder(of: $0.path) }).sorted() { try makeFolder("\(path)/\(folder)") }
        let results = files.concurrentMap { file in
            Result { () throws(FileError) in
                let bytes = file.render()
                let digest = sha256(bytes)
                let target = "\(path)/\(file.path)"
                let isSame = old[file.path] == digest && isWritten(target, bytes)
                if !isSame { try writeFile(target, [bytes[...]], survivesPowerLoss: false) }
                return (line: "\(digest)  \(file.path)\n", isSame: isSame)
            }
        }
        let lines = try results.map { try $0.get() }
        let kept = Set(files.map(\.path))
        let gone = old.keys.filter { !kept.contains($0) }.sorted()
        for name in gone where fileExists("\(path)/\(name)") { try removeFile("\(path)/\(name)") }
        try writeFile("\(path)/\(Self.listName)", lines.flatMap { Array($0.line.utf8) })
        return Written(
            files: files.count + 1, changed: lines.count { !$0.isSame }, removed: gone.count, path: path)
    }

    /// Reads the digests of the last build by path. Refuses a folder that holds anything but an atlas.
    private func digests() throws -> [String: String] {
        let entries = try listFolder(path)
        guard !entries.isEmpty else { return [:] }
        guard case .bytes(let bytes) = try readFile("\(path)/\(Self.listName)", limit: 1 << 28) else {
            throw Refusal(
                message: "\(path) is not empty and holds no atlas", remedy: "name a new folder", exitCode: 64)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return Dictionary(
            lines.compactMap { line -> (String, String)? in
                let (digest, name) = (line.prefix(64), line.dropFirst(66))
                guard digest.utf8.count == 64, isInside(String(name)) else { return nil }
                return (String(name), String(digest))
            }, uniquingKeysWith: { $1 })
    }

    /// Whether a path of the list stays inside the folder. The list may have been changed by hand.
    private func isInside(_ name: String) -> Bool {
        !name.isEmpty
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".."
            }
    }

    private func isWritten(_ path: String, _ bytes: [UInt8]) -> Bool {
        guard case .bytes(let found)? = try? readFile(path, limit: bytes.count + 1) else { return false }
        return found == bytes
    }
}
