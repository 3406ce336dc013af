import Foundation
import Records
import Words
import YAML

/// Checks store files, which may contain any bytes. Each file must be decoded or count as missing, and packing a
/// decoded node must give a file that decodes to the same node.
func storeViolation(_ bytes: [UInt8]) -> String? {
    guard let choice = bytes.first else { return nil }
    let content = Array(bytes.dropFirst())
    switch choice % 4 {
    case 0:
        // An attacker who knows the key can write any digest.
        guard let table = StoredTable(content, digest: { _ in String(repeating: "0", count: 64) }) else { return nil }
        for row in table.rows where row.byteCount < 0 || row.offset < 0 { return "a chunk outside the file" }
    case 1:
        var unpacker = Unpacker(content[...])
        guard let node = try? Node(&unpacker) else { return nil }
        let packed = node.packed
        var again = Unpacker(packed[...])
        guard let same = try? Node(&again), again.isAtEnd, same.packed == packed else {
            return "a packed node decodes to another"
        }
        _ = decode(path: baseTexts[baseTexts.count - 1].path, yaml: node)
    case 2:
        return parsedFileViolation(content)
    default:
        guard let run = try? JSONDecoder().decode(Statement.Run.self, from: Data(content)) else { return nil }
        _ = run.values?.mapValues(\.double)
    }
    return nil
}

/// Checks that decoding a file gives the same result from its bytes and from its stored YAML.
private func parsedFileViolation(_ bytes: [UInt8]) -> String? {
    for path in baseTexts.map(\.path) {
        let (file, yaml) = decodeWithYAML(SourceFile(path: path, bytes: bytes))
        guard let yaml else { continue }
        let packed = yaml.packed
        var unpacker = Unpacker(packed[...])
        guard let node = try? Node(&unpacker), unpacker.isAtEnd else { return "a parsed file cannot be read back" }
        let stored = decode(path: path, yaml: node)
        if "\(stored.diagnostics)" != "\(file.diagnostics)" || (stored.record == nil) != (file.record == nil) {
            return "\(path): stored YAML gives other diagnostics"
        }
    }
    return nil
}

extension Node {
    fileprivate var packed: [UInt8] {
        var packer = Packer()
        pack(into: &packer)
        return packer.bytes
    }
}
