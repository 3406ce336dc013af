import Atlas
import Glibc
import Records
import Words

/// The folder of an atlas on disk. The list of digests marks it as one.
struct AtlasFolder {
    let path: String

    private static let listName = "atlas.sums"

    /// The digest of a file that is being written.
    private static let unknownDigest = String(repeating: "0", count: 64)

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
        let kept = Set(files.map(\.path))
        let isSameSet = old.count == kept.count && old.keys.allSatisfy(kept.contains)
        // An interrupted build leaves a list of all files that it may have written.
        if !isSameSet {
            try writeList(kept.union(old.keys).sorted().map { (old[$0] ?? Self.unknownDigest, $0) })
        }
        try makeFolders(of: kept.union(old.keys))
        let results = files.concurrentMap { file in
            Result { () throws(FileError) in
                let bytes = file.render()
                let digest = sha256(bytes)
                let isSame = old[file.path] == digest && content(of: file.path, limit: bytes.count) == bytes
                if !isSame { try write(bytes, to: "\(path)/\(file.path)", isNew: old[file.path] == nil) }
                return (digest: digest, isSame: isSame)
            }
        }
        let written = try results.map { try $0.get() }
        let removed = try old.filter { !kept.contains($0.key) }.sorted { $0.key < $1.key }.count { name, digest in
            // A file that was changed since the last build was not written by this tool.
            let isOwn =
                digest == Self.unknownDigest
                ? fileExists("\(path)/\(name)") : content(of: name, limit: 1 << 28).map(sha256) == digest
            guard isPage(name), isOwn else { return false }
            try remove(name)
            return true
        }
        try writeList(zip(written, files).map { ($0.digest, $1.path) })
        return Written(
            files: files.count + 1, changed: written.count { !$0.isSame }, removed: removed, path: path)
    }

    /// A file that was there before is replaced in one step, so that a server never sends half of it.
    private func write(_ bytes: [UInt8], to target: String, isNew: Bool) throws(FileError) {
        if isNew, try createFile(target, bytes) { return }
        try writeFile(target, [bytes[...]], survivesPowerLoss: false)
    }

    private func content(of name: String, limit: Int) -> [UInt8]? {
        guard case .bytes(let found)? = try? readFile("\(path)/\(name)", limit: limit) else { return nil }
        return found
    }

    /// Removes a file, and the folders that become empty.
    private func remove(_ name: String) throws(FileError) {
        try removeFile("\(path)/\(name)")
        var parent = folder(of: name)
        while parent != ".", unsafe rmdir("\(path)/\(parent)") == 0 { parent = folder(of: parent) }
    }

    /// Makes the folders of files. Refuses a link in place of a folder, which would lead out of the atlas.
    private func makeFolders(of names: Set<String>) throws {
        var made: Set<String> = ["."]
        for folder in Set(names.map { folder(of: $0) }).sorted() {
            var place = ""
            for name in folder.split(separator: "/") {
                place += place.isEmpty ? String(name) : "/\(name)"
                guard made.insert(place).inserted, place != "." else { continue }
                try makeFolder("\(path)/\(place)")
                guard try kindOfFile("\(path)/\(place)") == .folder else {
                    throw Refusal(
                        message: "\(path)/\(place) is not a folder", remedy: "remove it, or name a new folder",
                        exitCode: 64)
                }
            }
        }
    }

    private func writeList(_ digests: [(digest: String, path: String)]) throws(FileError) {
        try writeFile("\(path)/\(Self.listName)", digests.flatMap { Array("\($0.digest)  \($0.path)\n".utf8) })
    }

    /// Reads the digests of the last build by path. Refuses a folder that holds anything but an atlas.
    private func digests() throws -> [String: String] {
        let entries = try listFolder(path).map(\.name)
        guard !entries.isEmpty else { return [:] }
        if let name = entries.first(where: { $0 == ".git" || ledgerNames.contains($0) }) {
            throw Refusal(message: "\(path) holds \(name)", remedy: "name a new folder", exitCode: 64)
        }
        guard entries.contains(Self.listName),
            case .bytes(let bytes) = try readFile("\(path)/\(Self.listName)", limit: 1 << 28)
        else {
            throw Refusal(
                message: "\(path) is not empty and holds no atlas", remedy: "name a new folder", exitCode: 64)
        }
        let lines = String(decoding: bytes, as: UTF8.self).utf8.split(separator: UInt8(ascii: "\n"))
        return Dictionary(
            lines.compactMap { line -> (String, String)? in
                let (digest, name) = (String(line.prefix(64)), String(line.dropFirst(66)))
                guard let digest, let name, digest.utf8.count == 64, isInside(name) else { return nil }
                return (name, digest)
            }, uniquingKeysWith: { $1 })
    }

    /// Whether a path of the list stays inside the folder. The list may have been changed by hand.
    private func isInside(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains(0)
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".."
            }
    }

    /// Whether an atlas may contain a file with this name.
    private func isPage(_ name: String) -> Bool {
        [".html", ".css", ".js", ".json", ".svg"].contains { name.endsWithBytes($0) }
    }
}
