import Checking
import Git
import Records
import Words

/// An index of a commit's record paths by normalised name. It finds names that look alike. The index of a large ledger
/// is cached in the store.
struct LedgerNames {
    private var listed: [String: Set<String>] = [:]
    private var stored: StoredNames?
    /// Paths removed since the stored tree.
    private var removed: Set<String> = []

    /// With fewer paths than this, a listing is as fast as reading the store.
    private static let storeThreshold = 2_000
    /// With more changes than this, a new list is faster than an update.
    private static let changeLimit = 1_000

    /// Makes the index of a tree, which is empty if the tree is nil.
    init(of tree: ObjectID?, in repository: Repository, store: Store?) throws(GitError) {
        guard let tree else { return }
        // A stored tree that is missing from the repository or far behind is not used.
        if let stored = store.flatMap(StoredNames.init),
            let since = try? repository.changes(from: stored.tree, to: tree, under: ledgerFolders),
            since.count <= Self.changeLimit
        {
            self.stored = stored
            add(since)
            return
        }
        let paths = try repository.entries(ofTree: tree, under: ledgerFolders).filter(\.pathIsUTF8).map(\.path)
        for path in paths { add(path) }
        if paths.count >= Self.storeThreshold { store?.write(listed, of: tree) }
    }

    /// Updates the index with changes on top of the tree.
    mutating func add(_ changes: [TreeChange]) {
        for change in changes {
            if let old = change.old, change.new == nil {
                removed.insert(old.path)
            } else if let new = change.new, change.old == nil, new.pathIsUTF8 {
                removed.remove(new.path)
                add(new.path)
            }
        }
    }

    private mutating func add(_ path: String) {
        if let key = RecordPlace(path: path)?.nameKey { listed[key, default: []].insert(path) }
    }

    /// Returns the sorted paths of records whose names are equal or look alike. Throws if the stored names cannot be
    /// read.
    func paths(namedLike place: RecordPlace) throws -> [String] {
        guard let key = place.nameKey else { return [] }
        return try listed[key, default: []].union(stored?.paths(named: key) ?? []).subtracting(removed).sorted()
    }
}

/// The stored name index of a large ledger. The first chunk is the tree's id. The hash of a name selects the chunk that
/// contains the paths with this name.
private struct StoredNames {
    static let name = "names"
    /// This number makes a chunk about 10 KiB long.
    static let namesPerChunk = 100

    let tree: ObjectID
    private let file: StoredFile

    init?(_ store: Store) {
        guard let file = store.read(Self.name), file.count > 1, let first = file[0],
            let tree = ObjectID(hex: String(decoding: first, as: UTF8.self))
        else { return nil }
        (self.tree, self.file) = (tree, file)
    }

    /// Returns the stored paths for a name. Throws if the file has changed since it was opened.
    func paths(named key: String) throws -> [String] {
        guard let bytes = file[1 + Self.chunk(of: key, among: file.count - 1)] else { throw UnpackingError() }
        var unpacker = Unpacker(bytes[...])
        var paths: [String] = []
        while !unpacker.isAtEnd {
            let (name, path) = (try unpacker.text(), try unpacker.text())
            if name.hasSameBytes(as: key) { paths.append(path) }
        }
        return paths
    }

    /// Hashes with FNV-1a, which is the same in every process.
    static func chunk(of key: String, among count: Int) -> Int {
        let hash = key.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return Int(hash % UInt64(count))
    }
}

extension Store {
    fileprivate func write(_ names: [String: Set<String>], of tree: ObjectID) {
        let count = min(max(1, names.count / StoredNames.namesPerChunk), StoredTable.chunkCountLimit / 2)
        var chunks = [Packer](repeating: Packer(), count: count)
        for (key, paths) in names {
            let chunk = StoredNames.chunk(of: key, among: count)
            for path in paths {
                chunks[chunk].add(key)
                chunks[chunk].add(path)
            }
        }
        write([Array(tree.description.utf8)] + chunks.map(\.bytes), as: StoredNames.name)
    }
}
