internal import CLibgit2
import Glibc

/// One file, link, submodule or folder in a tree or in the index.
package struct TreeEntry: Sendable, Equatable {
    package enum Mode: Sendable { case file, executable, symlink, submodule, tree }

    /// The path from the root. It may contain any names, including `..`, so check it before using it as a file path.
    package var path: String
    /// Whether every part of the path is valid UTF-8 and is a name that git can store. In `path`, U+FFFD replaces
    /// invalid text.
    package var pathIsUTF8: Bool
    package var id: ObjectID
    package var mode: Mode

    package init(path: String, pathIsUTF8: Bool = true, id: ObjectID, mode: Mode) {
        self.path = path
        self.pathIsUTF8 = pathIsUTF8
        self.id = id
        self.mode = mode
    }
}

extension TreeEntry {
    init?(_ entry: OpaquePointer, in folder: TreeEntry?) {
        guard let bytes = git_tree_entry_name(entry), let id = git_tree_entry_id(entry) else { return nil }
        let name = partName(bytes)
        self.init(
            path: folder.map { "\($0.path)/\(name.text)" } ?? name.text,
            pathIsUTF8: name.isSound && folder?.pathIsUTF8 != false,
            id: ObjectID(id.pointee), mode: Mode(git_tree_entry_filemode(entry).rawValue))
    }
}

/// Returns the name of a tree entry as text. A tree that was not made by git may contain names of any length and names
/// with slashes.
private func partName(_ bytes: UnsafePointer<CChar>) -> (text: String, isSound: Bool) {
    let length = strnlen(bytes, partLengthLimit + 1)
    let isLong = length > partLengthLimit
    guard !isLong, let text = String(validatingCString: bytes), !text.utf8.contains(UInt8(ascii: "/")) else {
        let part = UnsafeRawBufferPointer(start: bytes, count: min(length, partLengthLimit))
        let text = String(decoding: part, as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
        return (text.joined(separator: "\u{FFFD}") + (isLong ? "\u{FFFD}" : ""), false)
    }
    return (text, true)
}

/// The maximum length of a file name in bytes in common file systems.
private let partLengthLimit = 255

extension TreeEntry.Mode {
    init(_ mode: UInt32) {
        switch mode & 0o170000 {
        case 0o040000: self = .tree
        case 0o120000: self = .symlink
        case 0o160000: self = .submodule
        default: self = mode & 0o100 == 0 ? .file : .executable
        }
    }
}

/// The maximum size of a tree object in bytes, which allows the maximum number of entries.
private let treeByteLimit = 128 << 20

/// The remaining budget of a walk through a tree. Without a budget, a tree that contains the same subtree many times
/// could expand to any size.
struct WalkLimits {
    static let depth = 64
    var entries = 2_000_000

    mutating func visit(_ path: String, depth: Int) throws(GitError) {
        entries -= 1
        if entries < 0 { throw GitError(.tooLarge, "the tree has more than 2000000 entries") }
        if depth > Self.depth { throw GitError(.tooLarge, "'\(path)' is nested more than \(Self.depth) folders deep") }
    }
}

extension Repository {
    /// Returns the files, links and submodules below the top-level entries in `names`, in git's order. Returns those of
    /// the whole tree if `names` is nil.
    ///
    /// Links and submodules are not followed. Throws `missingObject` or `tooLarge`.
    package func entries(ofTree id: ObjectID, under names: [String]? = nil) throws(GitError) -> [TreeEntry] {
        var found: [TreeEntry] = []
        var limits = WalkLimits()
        for entry in try children(ofTree: id, under: names) {
            try collect(entry, depth: 1, &limits, into: &found)
        }
        return found
    }

    /// Returns the entry at a path from the root, which may be a folder; nil if there is none.
    package func entry(at path: String, inTree id: ObjectID) throws(GitError) -> TreeEntry? {
        try requireNoNUL(path, "path")
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        var folder = id
        for (position, part) in parts.enumerated() {
            // Each part is looked up separately. For a whole path whose folder is missing in a partial clone, libgit2
            // would report that the path does not exist.
            let tree = try lookupTree(folder)
            defer { git_tree_free(tree) }
            guard let entry = git_tree_entry_byname(tree, String(part)), let found = git_tree_entry_id(entry) else {
                return nil
            }
            let mode = TreeEntry.Mode(git_tree_entry_filemode(entry).rawValue)
            folder = ObjectID(found.pointee)
            if position == parts.count - 1 { return TreeEntry(path: path, id: folder, mode: mode) }
            guard mode == .tree else { return nil }
        }
        return nil
    }

    func collect(
        _ entry: TreeEntry, depth: Int, _ limits: inout WalkLimits, into found: inout [TreeEntry]
    ) throws(GitError) {
        try limits.visit(entry.path, depth: depth)
        guard entry.mode == .tree else {
            found.append(entry)
            return
        }
        for child in try children(ofTree: entry.id, at: entry) {
            try collect(child, depth: depth + 1, &limits, into: &found)
        }
    }

    /// Returns the direct entries of a tree in git's order. If `names` is given, returns only the entries with these
    /// names, which are compared by bytes.
    func children(
        ofTree id: ObjectID, at parent: TreeEntry? = nil, under names: [String]? = nil
    ) throws(GitError) -> [TreeEntry] {
        let tree = try lookupTree(id)
        defer { git_tree_free(tree) }
        let wanted = names.map { Set($0.map { Array($0.utf8) }) }
        let count = git_tree_entrycount(tree)
        var found: [TreeEntry] = []
        if wanted == nil { found.reserveCapacity(count) }
        for index in 0..<count {
            guard let handle = git_tree_entry_byindex(tree, index), let entry = TreeEntry(handle, in: parent) else {
                continue
            }
            if let wanted, !wanted.contains(topFolder(of: entry)) { continue }
            found.append(entry)
        }
        return found
    }

    /// Returns the name of an entry of the root tree. If the name contains slashes, returns only its first part.
    private func topFolder(of entry: TreeEntry) -> [UInt8] {
        let bytes = Array(entry.path.utf8)
        guard !entry.pathIsUTF8, let end = bytes.firstRange(of: Array("\u{FFFD}".utf8)) else { return bytes }
        return Array(bytes[..<end.lowerBound])
    }

    func lookupTree(_ id: ObjectID) throws(GitError) -> OpaquePointer {
        var raw = id.raw
        try requireSize(of: id, atMost: treeByteLimit)
        var tree: OpaquePointer?
        let code = git_tree_lookup(&tree, handle, &raw)
        if code == GIT_ENOTFOUND.rawValue { throw missing(id, "tree") }
        try check(code, "read the tree \(id)")
        guard let tree else { throw missing(id, "tree") }
        return tree
    }
}
