import Foundation

/// The parts of a repository that a fault could damage.
struct RepositorySnapshot: Equatable {
    var references: [String: String]
    var head: String
    var index: String
    /// The files of the work tree and the hooks, by path. Receipts contain run times, which vary, so only their folder
    /// is listed.
    var files: [String: Data]

    init(of ledger: TemporaryLedger) throws {
        references = [:]
        for line in try ledger.git("for-each-ref", "--format=%(refname) %(objectname)").split(separator: "\n") {
            let words = line.split(separator: " ")
            references[String(words[0])] = String(words[1])
        }
        head = try ledger.tryGit(["symbolic-ref", "HEAD"]).output
        index = try ledger.git("ls-files", "-s")
        files = [:]
        for path in ledger.allFiles() where !path.hasPrefix(".git/") || path.hasPrefix(".git/hooks/") {
            if TemporaryLedger.isTemporary(path) { continue }
            if path.contains("/receipts/") {
                files["receipts"] = Data()
            } else {
                files[path] = try Data(contentsOf: URL(fileURLWithPath: ledger.place(path)))
            }
        }
    }

    func isComplete(like after: RepositorySnapshot) -> Bool { differences(between: after, and: after).isEmpty }

    /// Lists the branches, the files and the index whose state matches neither `before` nor `after`.
    ///
    /// The index changes first, then the branch, then HEAD, so HEAD must never be ahead of the other two.
    func differences(between before: RepositorySnapshot, and after: RepositorySnapshot) -> [String] {
        var found: [String] = []
        if head != before.head && head != after.head { found.append("HEAD is \(head)") }
        if index != before.index && index != after.index { found.append("the index holds \(index)") }
        for name in Set(references.keys).union(before.references.keys).union(after.references.keys).sorted() {
            let value = references[name]
            if value != before.references[name] && value != after.references[name] {
                found.append("\(name) is \(value ?? "gone")")
            }
        }
        for path in Set(files.keys).union(before.files.keys).union(after.files.keys).sorted() {
            let value = files[path]
            if value != before.files[path] && value != after.files[path] {
                found.append("\(path) is \(value.map { String(decoding: $0.prefix(200), as: UTF8.self) } ?? "gone")")
            }
        }
        let isAhead = head != before.head || references.contains { before.references[$0.key] != $0.value }
        if isAhead && index != after.index { found.append("the branch moved before the index") }
        if head != before.head && references != after.references { found.append("HEAD moved before the branch") }
        return found
    }
}

extension TemporaryLedger {
    /// Returns every file, including files in `.git`, by its path relative to the top of the repository.
    func allFiles() -> [String] {
        (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: place($0), isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// Returns git's lock files. The lock file for networks is left out: the file is permanent, and its lock ends with
    /// the process.
    func locks() -> [String] {
        allFiles().filter { $0.hasPrefix(".git/") && $0.hasSuffix(".lock") && $0 != "\(networksFolder).lock" }
            .filter { $0 != ".git/index.arbor-ledger.lock" }.map(place)
    }

    static func isTemporary(_ path: String) -> Bool {
        path.hasSuffix(".tmp") || path.hasPrefix(".git/index.arbor-ledger")
    }

    /// Returns temporary files, except those of stored networks and reports, which the next write removes.
    func temporaryFiles() -> [String] {
        allFiles().filter {
            Self.isTemporary($0) && !$0.hasPrefix(networksFolder) && !$0.hasPrefix(".git/arbor-ledger/store")
        }
    }

    /// Returns the errors found by `git fsck`; unreachable objects do not count as damage.
    func damage() throws -> String? {
        let printed = try tryGit(["fsck", "--strict", "--no-dangling"])
        return printed.status == 0 ? nil : "git fsck: \(printed)"
    }
}
