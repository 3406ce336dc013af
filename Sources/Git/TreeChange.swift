/// A path that differs between two trees: added without `old`, removed without `new`.
public struct TreeChange: Sendable, Equatable {
    public var old: TreeEntry?
    public var new: TreeEntry?
}

extension Repository {
    /// What differs between two trees below the named top-level entries (nil: everywhere), sorted by path.
    ///
    /// Compares ids and skips folders that are the same, so its cost follows the size of the change.
    public func changes(
        from old: ObjectID?, to new: ObjectID, under names: [String]? = nil
    ) throws(GitError) -> [TreeChange] {
        guard old != new else { return [] }
        var changes: [TreeChange] = []
        var limits = WalkLimits()
        try compare(
            old.map { id throws(GitError) in try children(ofTree: id, under: names) } ?? [],
            children(ofTree: new, under: names), depth: 1, &limits, into: &changes)
        return changes.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    private func compare(
        _ old: [TreeEntry], _ new: [TreeEntry], depth: Int, _ limits: inout WalkLimits,
        into changes: inout [TreeChange]
    ) throws(GitError) {
        // By name, not in step: git sorts a folder as if its name ended in `/`, so a file that became one moves.
        var before: [[UInt8]: TreeEntry] = [:]
        for entry in old { before[Array(entry.path.utf8)] = entry }
        for entry in new {
            let former = before.removeValue(forKey: Array(entry.path.utf8))
            if former?.id == entry.id, former?.mode == entry.mode { continue }
            try limits.visit(entry.path, depth: depth)
            try compare(former, entry, depth: depth, &limits, into: &changes)
        }
        for entry in old where before[Array(entry.path.utf8)] != nil {
            try compare(entry, nil, depth: depth, &limits, into: &changes)
        }
    }

    /// One name that differs: its folders are unfolded, the rest of it is a change.
    private func compare(
        _ old: TreeEntry?, _ new: TreeEntry?, depth: Int, _ limits: inout WalkLimits,
        into changes: inout [TreeChange]
    ) throws(GitError) {
        let oldTree = old?.mode == .tree ? old : nil
        let newTree = new?.mode == .tree ? new : nil
        if oldTree != nil || newTree != nil {
            let oldChildren = try oldTree.map { entry throws(GitError) in try children(ofTree: entry.id, at: entry) }
            let newChildren = try newTree.map { entry throws(GitError) in try children(ofTree: entry.id, at: entry) }
            try compare(oldChildren ?? [], newChildren ?? [], depth: depth + 1, &limits, into: &changes)
        }
        let oldFile = oldTree == nil ? old : nil
        let newFile = newTree == nil ? new : nil
        if oldFile != nil || newFile != nil { changes.append(TreeChange(old: oldFile, new: newFile)) }
    }
}

extension TreeChange {
    fileprivate var path: String.UTF8View { (new ?? old)?.path.utf8 ?? "".utf8 }
}
