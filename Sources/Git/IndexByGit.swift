/// The tree without entries, which git knows without having stored it.
private let emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

extension Repository {
    /// What `stagedEntries` gives, read by the git program: libgit2 1.5 knows no split or sparse index.
    ///
    /// Where git cannot read it either, what libgit2 said (`refusal`) is thrown, with its remedy.
    func stagedEntriesByGit(
        _ indexFile: String, under wanted: Set<[UInt8]>?, after refusal: GitError
    ) throws(GitError) -> [TreeEntry] {
        let fields: [ArraySlice<UInt8>]
        do throws(GitError) {
            // Unlike ls-files, this leaves out what `git add -N` only promised, and it unfolds a sparse index.
            fields = try Command(
                [
                    "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative",
                    "--no-ext-diff", "--ignore-submodules=none", "--ita-invisible-in-index", "-O/dev/null", emptyTree,
                ], gitDirectory: gitDirectory, environment: ["GIT_INDEX_FILE": realPath(indexFile) ?? indexFile]
            ).fields("read the index '\(indexFile)'")
        } catch {
            throw refusal
        }
        var found: [TreeEntry] = []
        for position in stride(from: 0, to: fields.count - 1, by: 2) {
            let name = fields[position + 1]
            if let wanted, !wanted.contains(Array(name.prefix { $0 != UInt8(ascii: "/") })) { continue }
            let valid = String(validating: name, as: UTF8.self)
            let path = valid ?? String(decoding: name, as: UTF8.self)
            // `:000000 100644 0000… <id> A`, or U in place of A for a conflict.
            let words = fields[position].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 5, let mode = UInt32(words[1], radix: 8), let id = ObjectID(hex: words[3]) else {
                throw refusal
            }
            if words[4] == "U" { throw conflict(path) }
            found.append(TreeEntry(path: path, pathIsUTF8: valid != nil, id: id, mode: TreeEntry.Mode(mode)))
        }
        return found
    }

    /// A file that a sparse checkout leaves out of the work tree, below the named top-level entries; nil where none is.
    public func fileLeftOut(under names: [String]) throws(GitError) -> String? {
        guard let workDirectory, configFlag("core.sparseCheckout") else { return nil }
        let wanted = Set(names.map { Array($0.utf8) })
        let fields = try Command(["ls-files", "-t", "-z"], gitDirectory: gitDirectory).fields("list the index")
        for field in fields where field.starts(with: "S ".utf8) {
            let path = field.dropFirst(2)
            guard wanted.contains(Array(path.prefix { $0 != UInt8(ascii: "/") })) else { continue }
            let name = String(decoding: path, as: UTF8.self)
            if !exists("\(workDirectory)/\(name)") { return name }
        }
        return nil
    }
}
