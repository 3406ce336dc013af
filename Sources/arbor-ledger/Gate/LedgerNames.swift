import Git
import Ledger

/// The paths of a commit's records by what a reader could take their names for; kept from one run to the next where there are
/// many.
struct LedgerNames {
    private var listed: [String: Set<String>] = [:]
    private var kept: KeptNames?
    /// Paths that are gone since.
    private var removed: Set<String> = []

    /// Fewer are listed as fast as they would be read back.
    private static let worthKeeping = 2_000
    /// More changes than this are dearer to look at one by one than a new list.
    private static let changeLimit = 1_000

    /// None where the tree is nil.
    init(of tree: ObjectID?, in repository: Repository, cache: ReportCache?) throws(GitError) {
        guard let tree else { return }
        // A tree that is no longer there says as little as one that is far behind.
        if let kept = cache.flatMap(KeptNames.init),
            let since = try? repository.changes(from: kept.tree, to: tree, under: ledgerFolders),
            since.count <= Self.changeLimit
        {
            self.kept = kept
            add(since)
            return
        }
        let paths = try repository.entries(ofTree: tree, under: ledgerFolders).filter(\.pathIsUTF8).map(\.path)
        for path in paths { add(path) }
        if paths.count >= Self.worthKeeping { cache?.keep(listed, of: tree) }
    }

    /// Takes in what comes on top.
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

    /// Paths of records whose names are the same or look alike; sorted. Throws where they can no longer be read.
    func paths(namedLike place: RecordPlace) throws -> [String] {
        guard let key = place.nameKey else { return [] }
        return try listed[key, default: []].union(kept?.paths(named: key) ?? []).subtracting(removed).sorted()
    }
}

/// The names of a large ledger in a file of the cache, in shards by their hash.
private struct KeptNames {
    let tree: ObjectID
    private let pieces: KeptPieces

    init?(_ cache: ReportCache) {
        guard let pieces = cache.pieces(Self.name), pieces.count > 1, let first = pieces[0],
            let tree = ObjectID(hex: String(decoding: first, as: UTF8.self))
        else { return nil }
        (self.pieces, self.tree) = (pieces, tree)
    }

    func paths(named key: String) throws -> [String] {
        guard let shard = pieces[1 + Self.shard(of: key, among: pieces.count - 1)] else { throw UnreadableCache() }
        let fields = shard.split(separator: 0)
        return stride(from: 0, to: fields.count - 1, by: 2).filter { fields[$0].elementsEqual(key.utf8) }
            .map { String(decoding: fields[$0 + 1], as: UTF8.self) }
    }

    static let name = "names"
    /// About 40 KiB each.
    static let namesAShard = 400

    /// FNV-1a: the same in every process.
    static func shard(of key: String, among count: Int) -> Int {
        let hash = key.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return Int(hash % UInt64(count))
    }
}

/// A part of the cache was changed since its beginning was read.
private struct UnreadableCache: Error {}

extension ReportCache {
    /// Each name followed by a path, all of them ended by a NUL.
    fileprivate func keep(_ names: [String: Set<String>], of tree: ObjectID) {
        var shards = [[UInt8]](repeating: [], count: max(1, names.count / KeptNames.namesAShard))
        for (key, paths) in names.sorted(by: { $0.key < $1.key }) {
            let shard = KeptNames.shard(of: key, among: shards.count)
            for path in paths.sorted() { shards[shard] += Array(key.utf8) + [0] + Array(path.utf8) + [0] }
        }
        write([Array(tree.description.utf8)] + shards, as: KeptNames.name)
    }
}
