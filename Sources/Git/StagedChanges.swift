/// The id of the empty tree, which git knows even if the tree is not stored.
let emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

extension Repository {
    /// Returns the differences between the index and HEAD below the top-level entries in `names`, in git's order. Uses
    /// the git program, which skips unchanged folders by their ids and reads every kind of index.
    ///
    /// `indexFile` is the caller's GIT_INDEX_FILE, relative to `currentDirectory`. This function returns immediately;
    /// `changes()` waits for the result.
    package func stagedChanges(
        indexFile: String? = nil, currentDirectory: String = ".", under names: [String]
    ) throws(GitError) -> StagedChanges {
        try indexChanges(
            of: path(ofIndex: indexFile, currentDirectory), against: head() == nil ? emptyTree : "HEAD", under: names)
    }

    /// Compares an index file with a tree, as `stagedChanges` does. If `names` is empty, compares all entries.
    func indexChanges(
        of indexFile: String, against tree: String, under names: [String]
    ) throws(GitError) -> StagedChanges {
        // Entries that `git add -N` added are excluded, as in a commit.
        let arguments = [
            "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff",
            "--ignore-submodules=none", "--ita-invisible-in-index", "-O/dev/null", tree, "--",
        ]
        let environment = ["GIT_INDEX_FILE": realPath(indexFile) ?? indexFile]
        return StagedChanges(
            command: try Command(arguments + names, gitDirectory: gitDirectory, environment: environment))
    }
}

/// A comparison of the index that runs in a child process.
package struct StagedChanges: ~Copyable {
    let command: Command

    /// Waits for the comparison and returns the changes. Throws `conflictedIndex`.
    package consuming func changes() throws(GitError) -> [TreeChange] {
        var fields = try command.fields("compare the index with HEAD")[...]
        var changes: [TreeChange] = []
        while let header = fields.popFirst() {
            guard let path = fields.popFirst(), let change = TreeChange(header, path) else {
                throw GitError(.failed, "git's output on the index could not be parsed")
            }
            guard change.old != nil || change.new != nil else { throw conflict(String(decoding: path, as: UTF8.self)) }
            changes.append(change)
        }
        return changes
    }
}

extension TreeChange {
    /// Parses a header such as `:100644 100644 OLD NEW M`, and a path.
    fileprivate init?(_ header: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>) {
        let words = header.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 5, words[0].utf8.first == UInt8(ascii: ":"),
            let oldMode = UInt32(words[0].dropFirst(), radix: 8), let newMode = UInt32(words[1], radix: 8),
            let oldID = ObjectID(hex: words[2]), let newID = ObjectID(hex: words[3])
        else { return nil }
        let valid = String(validating: path, as: UTF8.self)
        func entry(_ mode: UInt32, _ id: ObjectID) -> TreeEntry? {
            guard mode != 0 else { return nil }
            return TreeEntry(
                path: valid ?? String(decoding: path, as: UTF8.self), pathIsUTF8: valid != nil, id: id,
                mode: TreeEntry.Mode(mode))
        }
        self.init(old: entry(oldMode, oldID), new: entry(newMode, newID))
    }
}
