import Foundation
import Testing

/// A hostile ledger, described by a text file in `Tests/RedTeam` with the attack, its files, and the expected
/// diagnostics.
///
/// A line `--- path (kind)` begins a file that is added to the files of `base.txt`, or replaces one of them. The kind
/// is omitted for an ordinary file; otherwise it is `symlink TARGET`, `submodule`, `executable`, `fifo`, `folder`,
/// `removed`, or `work tree`, which keeps a file out of the commit. In paths, targets and content, `${hex 1b 5b}`
/// stands for raw bytes, and `${repeat 1000 TEXT}` repeats a text in which `${line}` is a line end. In a path,
/// `$sha256` is the digest of the content. `${head}` is the beginning of a finding, and `${claims}` is one claim.
///
/// `=== prepare` begins a shell script for states that git does not create by itself. The script runs in the
/// repository, where the branch `hostile` contains the ledger as a commit; `$blob NAME` and similar variables are git
/// commands.
struct RedTeamCase {
    struct File {
        var path: [UInt8]
        var kind: String
        var target: [UInt8] = []
        var content: [UInt8] = []
        var isOnlyInWorkTree = false
    }

    var files: [File] = []
    var script = ""
    var expected = ""
    var text: String

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "RedTeam")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") && $0 != "base.txt" }.map { String($0.dropLast(4)) }.sorted()
    }()

    /// The cases to test: those whose names begin with the value of the environment variable `RED_TEAM`, or all cases
    /// if it is not set.
    static let chosen: [String] = {
        let prefixes = (ProcessInfo.processInfo.environment["RED_TEAM"] ?? "").split(separator: ",")
        return prefixes.isEmpty ? names : names.filter { name in prefixes.contains { name.hasPrefix($0) } }
    }()

    static let separator = "=== expected\n"

    init(named name: String) throws {
        text = try String(contentsOf: Self.folder.appending(path: "\(name).txt"), encoding: .utf8)
        let parts = text.components(separatedBy: Self.separator)
        if parts.count > 1 { expected = parts[1] }
        let body = parts[0].components(separatedBy: "=== prepare\n")
        if body.count > 1 { script = body[1] }
        for part in ("\n" + body[0]).components(separatedBy: "\n--- ").dropFirst() {
            let end = part.firstIndex(of: "\n") ?? part.endIndex
            let content = end == part.endIndex ? "" : String(part[part.index(after: end)...])
            files.append(try Self.file(String(part[..<end]), content.isEmpty ? content : content + "\n"))
        }
    }

    private static func file(_ header: String, _ content: String) throws -> File {
        let parts = header.components(separatedBy: " (")
        var kind = parts.count > 1 ? String(parts[1].dropLast()) : ""
        var file = File(path: [], kind: "", content: try expanded(content))
        if kind.hasPrefix("symlink ") {
            file.target = try expanded(String(kind.dropFirst("symlink ".count)))
            kind = "symlink"
        }
        file.isOnlyInWorkTree = ["work tree", "fifo", "folder"].contains(kind)
        file.kind = kind
        var path = parts[0]
        if path.contains("$sha256") { path = path.replacingOccurrences(of: "$sha256", with: sha256(of: file.content)) }
        file.path = try expanded(path)
        return file
    }
}

private let head = """
    title: Hostile
    authors: [B. Body]
    contributors: [B. Body]
    date: 2024-05-06
    source: a note
    north_star: It is one more.

    """

private let claims = """
    claims:
      - quantity: dimensions-per-feature
        value: [0.46, 0.54]
        tested: {model: superposition-geometry, density: 0.1}

    """

private func expanded(_ text: String) throws -> [UInt8] {
    let repeated = text.replacingOccurrences(of: "${head}\n", with: head)
        .replacingOccurrences(of: "${claims}\n", with: claims)
        .replacing(/\$\{repeat ([0-9]+) ((?:[^$}]|\$\{line\})*)\}/) { match in
            String(
                repeating: match.2.replacingOccurrences(of: "${line}", with: "\n"), count: Int(match.1) ?? 0)
        }
    var bytes: [UInt8] = []
    var rest = Substring(repeated)
    while let match = rest.firstMatch(of: /\$\{hex ([0-9a-f ]*)\}/) {
        bytes += Array(rest[..<match.range.lowerBound].utf8)
        for digits in match.1.split(separator: " ") {
            guard let byte = UInt8(digits, radix: 16) else { throw Failure(description: "no byte: \(digits)") }
            bytes.append(byte)
        }
        rest = rest[match.range.upperBound...]
    }
    return bytes + Array(rest.utf8)
}
