import Git
import Ledger

/// What the index that git names changes of the ledger against HEAD.
struct StagedChange {
    /// Everything of the ledger that the next commit would hold.
    var staged: [TreeEntry]
    /// Those that are new or other than in HEAD.
    var changed: [TreeEntry]
    /// Entries of HEAD that are gone or replaced, by path.
    var former: [String: TreeEntry]

    var isEmpty: Bool { changed.isEmpty && former.isEmpty }
}

extension Workspace {
    func stagedChange() throws(GitError) -> StagedChange {
        let repository = try repository()
        let staged = try repository.stagedEntries(
            indexFile: environment["GIT_INDEX_FILE"], currentDirectory: startDirectory, under: ledgerFolders)
        guard let head = try repository.head() else {
            return StagedChange(staged: staged, changed: staged, former: [:])
        }
        var former: [String: TreeEntry] = [:]
        for entry in try repository.entries(ofTree: repository.tree(of: head), under: ledgerFolders) {
            former[entry.path] = entry
        }
        var changed: [TreeEntry] = []
        for entry in staged {
            if former[entry.path] == entry { former[entry.path] = nil } else { changed.append(entry) }
        }
        return StagedChange(staged: staged, changed: changed, former: former)
    }

    /// The staged files, decoded as far as the errors of this change depend on them.
    ///
    /// Where only findings were added or changed, and none lost a claim that others may name, every other finding counts
    /// by its name alone, save those that the changed ones name.
    func files(judging change: StagedChange) async throws -> [DecodedFile] {
        let entries = change.staged.filter(\.concernsLedger)
        guard try changesOnlyAddClaims(change) else { return try await files(of: entries) }
        var wanted = Set(change.changed.map(\.path))
        let findings = Dictionary(
            entries.compactMap { entry -> (RecordPlace, String)? in
                guard let place = RecordPlace(path: entry.path), case .finding = place else { return nil }
                return (place, entry.path)
            }, uniquingKeysWith: { first, _ in first })
        let repository = try repository()
        var queue = change.changed
        while let entry = queue.popLast() {
            guard let record = decode(try repository.sourceFile(entry)).record else { continue }
            for place in record.namedPlaces {
                guard let path = findings[place], wanted.insert(path).inserted,
                    let named = entries.first(where: { $0.path == path })
                else { continue }
                queue.append(named)
            }
        }
        let read = entries.filter { entry in
            switch RecordPlace(path: entry.path) {
            case .finding?: wanted.contains(entry.path)
            case .receipt?: false
            default: true
            }
        }
        let unread = entries.filter { entry in
            if case .finding? = RecordPlace(path: entry.path) { !wanted.contains(entry.path) } else { false }
        }
        return try await files(of: read) + unread.map { DecodedFile.named($0.path) }
    }

    /// Whether nothing but findings changed, and each still has the claims that it had.
    private func changesOnlyAddClaims(_ change: StagedChange) throws -> Bool {
        let repository = try repository()
        var replaced = change.former
        for entry in change.changed {
            guard case .finding? = RecordPlace(path: entry.path), entry.mode == .file else { return false }
            guard let old = replaced.removeValue(forKey: entry.path) else { continue }
            guard case .finding(let before)? = decode(try repository.sourceFile(old)).record,
                case .finding(let after)? = decode(try repository.sourceFile(entry)).record,
                // A second claim makes the bare slug ambiguous where others name it.
                before.claims.count <= after.claims.count, before.claims.count > 1 || after.claims.count == 1
            else { return false }
        }
        return replaced.isEmpty
    }
}
