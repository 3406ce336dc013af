internal import CLibgit2

/// A path at which two trees differ. `old` is nil if the path was added; `new` is nil if the path was removed.
package struct TreeChange: Sendable, Equatable {
    package var old: TreeEntry?
    package var new: TreeEntry?

    package init(old: TreeEntry?, new: TreeEntry?) {
        self.old = old
        self.new = new
    }
}

extension Repository {
    /// Returns the differences between two trees, sorted by path. Includes only the top-level entries in `names` and
    /// their content; includes everything if `names` is nil.
    ///
    /// Skips folders with equal ids, so the cost depends on the size of the change.
    package func changes(
        from old: ObjectID?, to new: ObjectID, under names: [String]? = nil
    ) throws(GitError) -> [TreeChange] {
        guard old != new else { return [] }
        var found = Changes(names: names.map { Set($0.map { Array($0.utf8) }) })
        try compare(old, new, at: nil, depth: 1, into: &found)
        return found.changes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private struct Changes {
        var names: Set<[UInt8]>?
        var limits = WalkLimits()
        var changes: [TreeChange] = []
    }

    /// Compares two trees entry by entry. git sorts a folder as if its name ended in `/`, so a file that became a
    /// folder appears as a removal and an addition.
    private func compare(
        _ old: ObjectID?, _ new: ObjectID?, at folder: TreeEntry?, depth: Int,
        into found: inout Changes
    ) throws(GitError) {
        let oldTree = try old.map { id throws(GitError) in try lookupTree(id) }
        defer { git_tree_free(oldTree) }
        let newTree = try new.map { id throws(GitError) in try lookupTree(id) }
        defer { git_tree_free(newTree) }
        var (oldIndex, newIndex) = (0, 0)
        while true {
            let before = oldTree.flatMap { git_tree_entry_byindex($0, oldIndex) }
            let after = newTree.flatMap { git_tree_entry_byindex($0, newIndex) }
            let order: Int32
            switch (before, after) {
            case (nil, nil): return
            case (_?, nil): order = -1
            case (nil, _?): order = 1
            case (let before?, let after?): order = git_tree_entry_cmp(before, after)
            }
            if order <= 0 { oldIndex += 1 }
            if order >= 0 { newIndex += 1 }
            if order == 0, isSame(before, after) { continue }
            let change = TreeChange(
                old: order <= 0 ? before.flatMap { TreeEntry($0, in: folder) } : nil,
                new: order >= 0 ? after.flatMap { TreeEntry($0, in: folder) } : nil)
            if folder == nil, let names = found.names, !names.contains(Array(change.path.utf8)) { continue }
            try found.limits.visit(change, depth: depth)
            guard change.old?.mode == .tree || change.new?.mode == .tree else {
                found.changes.append(change)
                continue
            }
            try compare(change.old?.id, change.new?.id, at: change.new ?? change.old, depth: depth + 1, into: &found)
        }
    }

    private func isSame(_ left: OpaquePointer?, _ right: OpaquePointer?) -> Bool {
        git_oid_equal(git_tree_entry_id(left), git_tree_entry_id(right)) == 1
            && git_tree_entry_filemode(left) == git_tree_entry_filemode(right)
    }
}

extension TreeChange {
    package var path: String { (new ?? old)?.path ?? "" }
}

extension WalkLimits {
    fileprivate mutating func visit(_ change: TreeChange, depth: Int) throws(GitError) {
        try visit(change.path, depth: depth)
    }
}
