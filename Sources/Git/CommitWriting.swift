internal import CLibgit2
import Glibc

/// A file to commit: its path from the root and its bytes.
package struct NewFile: Sendable, Equatable {
    package var path: String
    package var bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

extension Repository {
    /// Stores a commit whose tree is that of `parent` with these files added or replaced. No reference points to the
    /// new commit.
    ///
    /// Does not use the index or the work tree, run hooks, or sign the commit. A replaced file remains executable.
    /// Throws `invalidName` for an unsafe path, or `wrongKind` if `parent` contains a link or a folder at a file's
    /// path.
    package func writeCommit(
        _ files: [NewFile], onto parent: ObjectID, message: String, author: Identity, committer: Identity
    ) throws(GitError) -> ObjectID {
        try requireNoNUL(message, "commit message")
        let parentHandle = try lookupCommit(parent)
        defer { git_commit_free(parentHandle) }
        var tree = try tree(of: parent)
        if !files.isEmpty { tree = try writeTree(updates(files, in: tree), onto: tree) }
        let treeHandle = try lookupTree(tree)
        defer { git_tree_free(treeHandle) }

        let text = message.utf8.last == UInt8(ascii: "\n") ? message : message + "\n"
        return try author.withSignature { author throws(GitError) in
            try committer.withSignature { committer throws(GitError) in
                var id = git_oid()
                var parents: [OpaquePointer?] = [parentHandle]
                try check(
                    git_commit_create(
                        &id, handle, nil, author, committer, "UTF-8", text, treeHandle, parents.count, &parents),
                    "store the commit")
                return ObjectID(id)
            }
        }
    }

    private func updates(_ files: [NewFile], in tree: ObjectID) throws(GitError) -> [TreeEntry] {
        var seen: Set<[UInt8]> = []
        var updates: [TreeEntry] = []
        for file in files {
            try requireCommittable(file.path, in: tree)
            guard seen.insert(Array(file.path.utf8)).inserted else {
                throw GitError(.invalidName, "'\(file.path)' is given twice")
            }
            let former = try entry(at: file.path, inTree: tree)
            guard former == nil || former?.mode == .file || former?.mode == .executable else {
                throw GitError(.wrongKind, "'\(file.path)' is a link, a submodule or a folder in the last commit")
            }
            updates.append(TreeEntry(path: file.path, id: try writeBlob(file.bytes), mode: former?.mode ?? .file))
        }
        return updates
    }

    /// Throws unless the path is inside the work tree and none of its folders is a file in `tree`.
    private func requireCommittable(_ path: String, in tree: ObjectID) throws(GitError) {
        try requireNoNUL(path, "path")
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        for part in parts {
            let lower = part.map { $0 | 0x20 }
            if part.isEmpty || part.allSatisfy({ $0 == UInt8(ascii: ".") }) || lower == Array(".git".utf8) {
                throw GitError(.invalidName, "'\(path)' is not a path that git can store")
            }
        }
        for length in 1..<max(parts.count, 1) {
            let folder = parts[..<length].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
            guard let entry = try entry(at: folder, inTree: tree) else { return }
            guard entry.mode == .tree else {
                throw GitError(.wrongKind, "'\(path)' cannot be added: '\(folder)' is not a folder in the last commit")
            }
        }
    }

    private func writeTree(_ files: [TreeEntry], onto tree: ObjectID) throws(GitError) -> ObjectID {
        let baseline = try lookupTree(tree)
        defer { git_tree_free(baseline) }
        let paths = files.map { strdup($0.path) }
        defer { for path in paths { free(path) } }
        let updates = zip(files, paths).map { file, path in
            git_tree_update(
                action: GIT_TREE_UPDATE_UPSERT, id: file.id.raw,
                filemode: file.mode == .executable ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB, path: path)
        }
        var id = git_oid()
        try check(git_tree_create_updated(&id, handle, baseline, updates.count, updates), "store the new tree")
        return ObjectID(id)
    }
}
