import Incremental
import Words

/// Lists of texts by key in pieces of a cache file, in shards by the key's hash, so that one row is read by itself.
struct KeptRows {
    let pieces: KeptPieces
    let shards: Range<Int>

    /// Empty where there is no such row. Throws where it can no longer be read.
    subscript(key: String) -> [String] {
        get throws {
            guard !shards.isEmpty else { return [] }
            guard let bytes = pieces[shards.lowerBound + shard(of: key, among: shards.count)] else {
                throw UnreadableCache()
            }
            let wanted = Array(key.utf8)
            var texts: [String] = []
            var rest = bytes[...]
            while let keyEnd = rest.firstIndex(of: 0), let textEnd = rest[(keyEnd + 1)...].firstIndex(of: 0) {
                if rest[..<keyEnd] == wanted[...] {
                    texts.append(String(decoding: rest[(keyEnd + 1)..<textEnd], as: UTF8.self))
                }
                rest = rest[(textEnd + 1)...]
            }
            return texts
        }
    }

    /// The shards of rows, which come in runs: each key followed by a text, both ended by a NUL.
    static func packed(_ runs: [[RowText]]) -> [[UInt8]] {
        let count = min(max(1, runs.reduce(0) { $0 + $1.count } / textsAShard), shardLimit)
        let parts = runs.mapSideBySide { texts in
            var shards = [[UInt8]](repeating: [], count: count)
            for text in texts {
                let index = shard(of: text.key, among: count)
                shards[index] += text.key.utf8
                shards[index].append(0)
                shards[index] += text.text.utf8
                shards[index].append(0)
            }
            return shards
        }
        return (0..<count).mapSideBySide { shard in parts.flatMap { $0[shard] } }
    }

    /// About 10 KiB each.
    private static let textsAShard = 100
    private static let shardLimit = 20_000
}

/// A part of the cache was changed since its beginning was read.
struct UnreadableCache: Error {}

/// The shard that a key belongs to, by FNV-1a: the same in every process.
func shard(of key: String, among count: Int) -> Int {
    let hash = key.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    return Int(hash % UInt64(count))
}
