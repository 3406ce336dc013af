import Checking
import Git
import Records
import Reports
import Words

/// Larger READMEs are not read.
private let readmeByteLimit = 4 << 20

/// An existing README in the work tree.
private enum FoundReadme {
    /// A README that `merge --write` generated.
    case ours([UInt8])
    /// Another file, a link or a folder.
    case foreign
}

/// The result of `merge --write`, as lists of paths.
struct WrittenReadmes: Report {
    var written: [String] = []
    var removed: [String] = []
    var unchanged: [String] = []
    /// Files that were left unchanged, because `merge --write` did not generate them.
    var refused: [String] = []

    static let name = "merge --write"
    static let renderers = [
        Renderer("text", "a line a file, for the terminal", readmeText), Renderer("json", "every field", json),
    ]
}

private func readmeText(_ done: WrittenReadmes) -> String {
    let lines = done.written.map { "wrote    \($0)" } + done.removed.map { "removed  \($0)" }
    let counts = "\(done.written.count) written, \(done.removed.count) removed, \(done.unchanged.count) unchanged"
    return lines.map { escapeHidden($0) + "\n" }.joined() + counts + "\n"
}

extension WrittenReadmes: JSONObject {
    func addMembers(to json: inout JSONWriter) {
        json.add("refused", refused)
        json.add("removed", removed)
        json.add("unchanged", unchanged)
        json.add("written", written)
    }
}

extension Workspace {
    /// Writes changed question READMEs to the work tree. HEAD must be the audit branch.
    func writeReadmes() async throws -> WrittenReadmes {
        try requireWorkTree()
        let ledger = check(try ledgerFiles(LedgerSource(.workTree, in: self)))
        let audit = try audit(of: [ledger])
        guard try isOnAuditBranch(audit.branch) else {
            let name = audit.branch?.name ?? LedgerSettings.defaultAuditBranch
            throw Refusal(
                message:
                    "READMEs are written only on the audit branch, because those of other branches would conflict in merges",
                remedy: "git switch \(name)")
        }
        guard !ledger.hasErrors else {
            throw Refusal(
                message: "the ledger has errors, and READMEs would leave out the records with errors",
                remedy: "fix what `arbor-ledger check` reports")
        }
        let pages = questionReadmes(load(ledger, audit, from: .nextOnAuditBranch).merge())
        for path in pages.keys { removeAbandonedFiles(in: folder(of: "\(root)/\(path)")) }
        let found = try readmesOfWorkTree()
        var done = WrittenReadmes()
        for (path, text) in pages.sorted(by: { $0.key < $1.key }) {
            switch found[path] {
            case .foreign?: done.refused.append(path)
            case .ours(let bytes)? where bytes.elementsEqual(text.utf8): done.unchanged.append(path)
            case .ours?, nil:
                try writeFile("\(root)/\(path)", Array(text.utf8))
                done.written.append(path)
            }
        }
        for (path, readme) in found.sorted(by: { $0.key < $1.key }) where pages[path] == nil {
            guard case .ours = readme else { continue }
            try removeFile("\(root)/\(path)")
            done.removed.append(path)
        }
        return done
    }

    private func readmesOfWorkTree() throws -> [String: FoundReadme] {
        var found: [String: FoundReadme] = [:]
        let reader = try EntryReader(self)
        for entry in try WorkTree(root).list(below: ["Claims"]) where isReadmePath(entry.path) {
            guard entry.kind == .file else {
                found[entry.path] = .foreign
                continue
            }
            let file = try reader.read(entry, limit: readmeByteLimit)
            found[entry.path] = file.kind == .file && isGeneratedReadme(file.bytes) ? .ours(file.bytes) : .foreign
        }
        return found
    }

    /// Returns notes on outdated READMEs. Returns nil if the ledger has errors, if HEAD is not the audit branch, or if
    /// no README was generated.
    func readmeNotes(_ snapshot: Snapshot, _ ledger: CheckedLedger) throws -> [Diagnostic]? {
        // If the ledger has errors, the expected READMEs are unknown.
        guard !ledger.hasErrors, try isOnAuditBranch(auditBranch()) else { return nil }
        let found = try readmes(snapshot)
        guard found.values.contains(where: isGeneratedReadme) else { return nil }
        let loaded = load(ledger, try audit(of: [ledger]), from: .nextOnAuditBranch)
        return Reports.readmeNotes(expected: questionReadmes(loaded.merge()), found: found)
    }

    /// Returns the bytes of every README in the question folders. The bytes are empty for a link, and for a file that
    /// is too large to be a generated README.
    private func readmes(_ snapshot: Snapshot) throws -> [String: [UInt8]] {
        let repository = try repository()
        let entries: [TreeEntry]
        switch snapshot {
        case .workTree:
            var found: [String: [UInt8]] = [:]
            for (path, readme) in try readmesOfWorkTree() {
                switch readme {
                case .ours(let bytes): found[path] = bytes
                case .foreign: found[path] = []
                }
            }
            return found
        case .staged:
            entries = try stagedEntries()
        case .revision(let revision):
            let tree = try repository.tree(of: repository.resolve(revision))
            entries = try repository.entries(ofTree: tree, under: ["Claims"])
        }
        var found: [String: [UInt8]] = [:]
        for entry in entries where isReadmePath(entry.path) {
            let isFile = entry.mode == .file || entry.mode == .executable
            let isSmall = try isFile && repository.blobSize(entry.id) <= readmeByteLimit
            found[entry.path] = isSmall ? try repository.blob(entry.id, limit: readmeByteLimit) : []
        }
        return found
    }
}
