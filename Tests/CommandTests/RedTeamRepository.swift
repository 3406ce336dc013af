import Foundation
import Records

func sha256(of bytes: [UInt8]) -> String { Records.sha256(bytes) }

/// A repository whose `main` contains the base ledger. Its index, its work tree and the branch `hostile` contain a
/// case.
struct RedTeamRepository {
    let ledger: TemporaryLedger
    /// Whether git accepted the hostile commit into its index; git rejects some names that trees can contain.
    let isStaged: Bool

    init(_ hostile: RedTeamCase) throws {
        let base = try RedTeamCase(named: "base")
        ledger = try TemporaryLedger()
        var stream = Array(
            "commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 5\nBase\n".utf8)
        Self.add(base.files, to: &stream)
        stream += "commit refs/heads/hostile\ncommitter Mal <mal@example.org> 1700000001 +0000\ndata 8\nHostile\n".utf8
        stream += "from refs/heads/main\n".utf8
        Self.add(hostile.files, to: &stream)
        try Self.import(stream, into: ledger)
        for file in base.files + hostile.files { try Self.write(file, at: ledger.path) }
        if !hostile.script.isEmpty {
            let done = try RunningProcess("/bin/sh", ["-ec", hostile.script], in: ledger.path, ledger.environment)
                .wait()
            guard done.status == 0 else { throw Failure(description: "prepare: \(done)") }
        }
        // A script that wrote the index itself also locked it against git.
        let isMade = FileManager.default.fileExists(atPath: "\(ledger.path)/.git/index.lock")
        let isLeft = hostile.script.contains("# not staged")
        isStaged = try isMade || !isLeft && ledger.tryGit(["read-tree", "hostile"]).status == 0
    }

    private static func `import`(_ stream: [UInt8], into ledger: TemporaryLedger) throws {
        let file = "\(ledger.root)/import"
        try Data(stream).write(to: URL(fileURLWithPath: file))
        let done = try RunningProcess(
            "/bin/sh", ["-c", "git fast-import --quiet --force < ../import"], in: ledger.path, ledger.environment
        ).wait()
        guard done.status == 0 else { throw Failure(description: "fast-import: \(done)") }
    }

    private static func add(_ files: [RedTeamCase.File], to stream: inout [UInt8]) {
        for file in files where !file.isOnlyInWorkTree {
            let path = quoted(file.path)
            switch file.kind {
            case "removed": stream += "D ".utf8 + path + "\n".utf8
            case "submodule":
                stream += "M 160000 1234567812345678123456781234567812345678 ".utf8 + path + "\n".utf8
            default:
                let mode = ["symlink": "120000", "executable": "100755"][file.kind] ?? "100644"
                let content = file.kind == "symlink" ? file.target : file.content
                stream += "M \(mode) inline ".utf8 + path + "\ndata \(content.count)\n".utf8 + content + "\n".utf8
            }
        }
    }

    /// Quotes a path for fast-import, with C escapes inside quotation marks.
    private static func quoted(_ path: [UInt8]) -> [UInt8] {
        let octal = path.flatMap { byte in Array("\\\(byte >> 6)\(byte >> 3 & 7)\(byte & 7)".utf8) }
        return [UInt8(ascii: "\"")] + octal + [UInt8(ascii: "\"")]
    }

    /// Names that a file system rejects, such as a name of 300 bytes, occur only in the commit.
    private static func write(_ file: RedTeamCase.File, at root: String) throws {
        let path = Array("\(root)/".utf8) + file.path
        if let slash = path.lastIndex(of: UInt8(ascii: "/")) { makeFolders(path[..<slash]) }
        switch file.kind {
        case "removed": withPath(path) { _ = remove($0) }
        case "symlink":
            withPath(path) { at in
                _ = remove(at)
                withPath(file.target) { _ = symlink($0, at) }
            }
        case "submodule":
            makeFolders(path[...])
            let link = "gitdir: /nowhere\n"
            withPath(path + "/.git".utf8) { writeBytes(Array(link.utf8), to: $0, mode: 0o644) }
        case "fifo": withPath(path) { _ = mkfifo($0, 0o644) }
        case "folder": makeFolders(path[...])
        default: withPath(path) { writeBytes(file.content, to: $0, mode: file.kind == "executable" ? 0o755 : 0o644) }
        }
    }

    private static func makeFolders(_ path: ArraySlice<UInt8>) {
        for index in path.indices.dropFirst() where path[index] == UInt8(ascii: "/") {
            withPath(Array(path[..<index])) { _ = mkdir($0, 0o755) }
        }
        withPath(Array(path)) { _ = mkdir($0, 0o755) }
    }

    private static func withPath(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Void) {
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress { body(start) }
        }
    }

    private static func writeBytes(_ bytes: [UInt8], to path: UnsafePointer<CChar>, mode: mode_t) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode)
        guard file >= 0 else { return }
        bytes.withUnsafeBytes { _ = Glibc.write(file, $0.baseAddress, $0.count) }
        close(file)
    }
}
