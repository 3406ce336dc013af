/// The result of merging two trees in memory, without storing objects.
package struct TreeMerge: Sendable {
    /// A path that cannot be merged; the result contains the version of `ours`.
    package struct Unmerged: Sendable, Equatable {
        package enum Reason: Sendable {
            /// Both sides changed the same lines, or added different files at the same path.
            case sameLines
            /// One side changed a file that the other removed or moved.
            case removed
            /// A file on one side is a folder on the other.
            case folder
            /// Both sides changed a binary file, a link, or a file that is too large.
            case notText
        }

        package var path: String
        package var reason: Reason
    }

    /// The entries of the result that equal the entry of one side, sorted by path. Includes only entries below the
    /// requested names.
    package var entries: [TreeEntry]
    /// Files changed on both sides and merged line by line.
    package var texts: [NewFile]
    /// Unmerged paths in the whole tree, sorted by path.
    package var unmerged: [Unmerged]
}

/// The maximum size of a file that is merged line by line.
private let textLimit = 16 << 20

extension Repository {
    /// Merges two trees path by path. `base` is the tree of their merge base; nil if their histories are unrelated. The
    /// entries of the result are those below the top-level entries in `names`; its unmerged paths are those of the
    /// whole tree.
    ///
    /// If one side moved a file without changing it, the other side's changes are applied to the moved file. Other
    /// renames are not detected.
    package func mergeTrees(
        base: ObjectID?, ours: ObjectID, theirs: ObjectID, under names: [String]
    ) throws(GitError) -> TreeMerge {
        var merging = Merging(
            repository: self, names: Set(names.map { Array($0.utf8) }), ours: ours,
            mine: byPath(try changes(from: base, to: ours)), others: byPath(try changes(from: base, to: theirs)))
        for entry in try entries(ofTree: ours, under: names) { merging.entries[Array(entry.path.utf8)] = entry }
        return try merging.result()
    }

    private func byPath(_ changes: [TreeChange]) -> [[UInt8]: TreeChange] {
        Dictionary(changes.map { (Array($0.path.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// A merge in progress. Paths are compared by bytes, because git distinguishes names that are equivalent in Unicode.
private struct Merging {
    let repository: Repository
    let names: Set<[UInt8]>
    let ours: ObjectID
    /// The changes on our side (`mine`) and on their side (`others`), by path.
    let mine: [[UInt8]: TreeChange]
    let others: [[UInt8]: TreeChange]
    var entries: [[UInt8]: TreeEntry] = [:]
    private var texts: [NewFile] = []
    private var unmerged: [TreeMerge.Unmerged] = []

    init(
        repository: Repository, names: Set<[UInt8]>, ours: ObjectID, mine: [[UInt8]: TreeChange],
        others: [[UInt8]: TreeChange]
    ) {
        (self.repository, self.names, self.ours, self.mine, self.others) = (repository, names, ours, mine, others)
    }

    mutating func result() throws(GitError) -> TreeMerge {
        // Moves on their side are applied last. If they were applied first, the files that their side added would
        // overwrite the moved files.
        var moved: [(from: [UInt8], to: [UInt8], entry: TreeEntry)] = []
        for (path, change) in others.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            guard let own = mine[path] else {
                try applyTheirs(change, at: path)
                continue
            }
            guard own.new != change.new else { continue }
            switch (own.new, change.new) {
            case (let own?, let other?):
                try mergeBoth(mine[path]?.old ?? change.old, own, other, at: path)
            case (nil, let other?):
                if let place = destination(of: change.old, among: mine), others[place] == nil {
                    put(other, at: place)
                } else {
                    addUnmerged(path, .removed)
                }
            case (let own?, nil):
                if let place = destination(of: change.old, among: others), mine[place] == nil {
                    moved.append((path, place, own))
                } else {
                    addUnmerged(path, .removed)
                }
            case (nil, nil): continue
            }
        }
        for move in moved {
            entries[move.from] = nil
            put(move.entry, at: move.to)
        }
        return TreeMerge(
            entries: entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value), texts: texts,
            unmerged: unmerged.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) })
    }

    /// Applies their change to a path that is unchanged on our side.
    private mutating func applyTheirs(_ change: TreeChange, at path: [UInt8]) throws(GitError) {
        guard let new = change.new else {
            entries[path] = nil
            return
        }
        if change.old == nil, try isBlocked(path) {
            addUnmerged(path, .folder)
        } else {
            put(new, at: path)
        }
    }

    private mutating func mergeBoth(
        _ old: TreeEntry?, _ own: TreeEntry, _ other: TreeEntry, at path: [UInt8]
    ) throws(GitError) {
        // If only the modes differ or only our side changed the content, our version is kept. If only their side
        // changed the content, the merged file has their content and our mode.
        if own.id == other.id || other.id == old?.id { return }
        if own.id == old?.id {
            put(TreeEntry(path: own.path, pathIsUTF8: own.pathIsUTF8, id: other.id, mode: own.mode), at: path)
            return
        }
        guard let base = try text(old), let mine = try text(own), let theirs = try text(other) else {
            addUnmerged(path, .notText)
            return
        }
        guard let merged = try Repository.mergeTexts(ancestor: old == nil ? nil : base, ours: mine, theirs: theirs)
        else {
            addUnmerged(path, .sameLines)
            return
        }
        guard isWanted(path) else { return }
        entries[path] = nil
        texts.append(NewFile(path: own.path, bytes: merged))
    }

    /// Returns the bytes of a text file; an empty array if there is no entry, and nil if the entry is not a text file.
    private func text(_ entry: TreeEntry?) throws(GitError) -> [UInt8]? {
        guard let entry else { return [] }
        guard entry.mode == .file || entry.mode == .executable, try repository.blobSize(entry.id) <= textLimit else {
            return nil
        }
        let bytes = try repository.blob(entry.id, limit: textLimit)
        // Like git, this function treats a file as text if its first 8000 bytes contain no NUL.
        return bytes.prefix(8000).contains(0) ? nil : bytes
    }

    /// Returns the path to which one side moved a file without changing it; nil if there is no such path or more than
    /// one.
    private func destination(of old: TreeEntry?, among changes: [[UInt8]: TreeChange]) -> [UInt8]? {
        guard let old, old.mode == .file || old.mode == .executable else { return nil }
        let places = changes.filter { $0.value.old == nil && $0.value.new?.id == old.id }
        return places.count == 1 ? places.first?.key : nil
    }

    /// Whether our side has a file where their new path needs a folder, or a folder where they have a file.
    private func isBlocked(_ path: [UInt8]) throws(GitError) -> Bool {
        let tree = ours
        func entry(_ path: [UInt8]) throws(GitError) -> TreeEntry? {
            try repository.entry(at: String(decoding: path, as: UTF8.self), inTree: tree)
        }
        func isGone(_ path: [UInt8]) -> Bool { others[path].map { $0.new == nil } ?? false }
        for index in path.indices where path[index] == UInt8(ascii: "/") {
            let folder = Array(path[..<index])
            if let found = try entry(folder), found.mode != .tree, !isGone(folder) { return true }
        }
        guard let found = try entry(path), found.mode == .tree else { return false }
        return try repository.entries(ofTree: found.id).contains {
            !isGone(path + [UInt8(ascii: "/")] + Array($0.path.utf8))
        }
    }

    private mutating func put(_ entry: TreeEntry, at path: [UInt8]) {
        guard isWanted(path) else { return }
        var entry = entry
        entry.path = String(decoding: path, as: UTF8.self)
        entries[path] = entry
    }

    private mutating func addUnmerged(_ path: [UInt8], _ reason: TreeMerge.Unmerged.Reason) {
        unmerged.append(TreeMerge.Unmerged(path: String(decoding: path, as: UTF8.self), reason: reason))
    }

    private func isWanted(_ path: [UInt8]) -> Bool {
        names.contains(Array(path.prefix { $0 != UInt8(ascii: "/") }))
    }
}
