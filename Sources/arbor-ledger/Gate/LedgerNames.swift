import Checking
import Git
import Incremental
import Records
import Words

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

/// The names of a large ledger in a file of the cache.
private struct KeptNames {
    static let name = "names"

    let tree: ObjectID
    private let rows: KeptRows

    init?(_ cache: ReportCache) {
        guard let pieces = cache.pieces(Self.name), pieces.count > 1, let first = pieces[0],
            let tree = ObjectID(hex: String(decoding: first, as: UTF8.self))
        else { return nil }
        self.tree = tree
        rows = KeptRows(pieces: pieces, shards: 1..<pieces.count)
    }

    func paths(named key: String) throws -> [String] { try rows[key] }
}

extension ReportCache {
    fileprivate func keep(_ names: [String: Set<String>], of tree: ObjectID) {
        let texts = names.flatMap { key, paths in paths.map { RowText(key: key, text: $0) } }
        let shards = KeptRows.packed(texts.inRuns(of: 10_000).map(Array.init))
        write([Array(tree.description.utf8)] + shards, as: KeptNames.name)
    }
}
