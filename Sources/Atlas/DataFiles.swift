import Evidence
import Merging
import Records
import Reports
import Words

/// The estimated size at which a file of data is cut; files stay below 128 KB.
private let fileBytes = 96_000

/// Data as JSON and as a script with the same value, since a page that was opened from disk can only load scripts.
func dataFiles(_ name: String, _ members: @escaping @Sendable (inout JSONWriter) -> Void) -> [AtlasFile] {
    @Sendable func value() -> [UInt8] {
        var json = JSONWriter(isCompact: true)
        json.object(members)
        return json.bytes
    }
    return [
        AtlasFile(name + ".json") { value() + [UInt8(ascii: "\n")] },
        AtlasFile(name + ".js") {
            Array("atlasData(\"\(name)\",".utf8) + value() + Array(");\n".utf8)
        },
    ]
}

extension Atlas {
    /// All claims of the merge as columns, for programs. The values are those of `--format json`.
    var claimData: [AtlasFile] {
        var parts: [[Member]] = [[]]
        var bytes = 0
        for member in sortedMembers {
            let size =
                160 + member.id.slug.utf8.count + member.valueText.utf8.count + member.claim.quantity.value.utf8.count
                + member.leaves.reduce(0) { $0 + $1.utf8.count + 3 }
            if bytes + size > fileBytes {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(member)
            bytes += size
        }
        let count = parts.count
        return parts.enumerated().flatMap { number, members in
            dataFiles("data/claims-\(number + 1)") { [inConflict] json in
                json.add("claim", members.map(\.id.description))
                json.add("evidence", members.map(\.evidence.evidence.rawValue))
                json.add("files", count)
                json.add("hits", members.map(\.evidence.hits))
                json.add("in_conflict", members.map { inConflict.contains($0.id) })
                json.add("quantity", members.map(\.claim.quantity.value))
                json.add("questions", members.map(\.leaves))
                json.add("runs", members.map(\.evidence.runs))
                json.add("says", members.map(\.valueText))
                json.add("verdict", members.map(\.evidence.verdict.rawValue))
                json.add("version", 1)
            }
        }
    }
}
