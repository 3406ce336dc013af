import Git
import Records
import Words

extension Workspace {
    /// Reads the files of a state. Refuses a state without a ledger, because its report would look like the report of a
    /// ledger without mistakes.
    func ledgerFiles(_ source: LedgerSource) throws -> [DecodedFile] {
        let files = try source.files()
        if files.isEmpty { try requireSettings(source.snapshot) }
        return files
    }

    /// Returns whether a commit has any of a ledger's folders, or a ledger's settings.
    func holdsLedger(_ commit: ObjectID) throws(GitError) -> Bool {
        let repository = try repository()
        let tree = try repository.tree(of: commit)
        for name in ledgerFolders + [settingsPath] where try repository.entry(at: name, inTree: tree) != nil {
            return true
        }
        return false
    }

    /// Refuses a state without a settings file, which identifies a ledger without records.
    func requireSettings(_ snapshot: Snapshot) throws {
        switch snapshot {
        case .workTree:
            guard !fileExists("\(root)/\(settingsPath)") else { return }
            throw Refusal(
                message: "there is no ledger in \(root)",
                remedy: "create one with `arbor-ledger init`, or name the folder of another with -C", exitCode: 64)
        case .staged:
            let isThere = try repository().stagedEntries(
                indexFile: environment["GIT_INDEX_FILE"], currentDirectory: startDirectory, under: [settingsPath]
            ).contains { $0.path == settingsPath }
            guard !isThere else { return }
            throw Refusal(
                message: "the index of \(root) holds no ledger",
                remedy: "`git add` the files that `arbor-ledger init` wrote", exitCode: 64)
        case .revision(let revision):
            let repository = try repository()
            let tree = try repository.tree(of: repository.resolve(revision))
            guard try repository.entry(at: settingsPath, inTree: tree) == nil else { return }
            throw Refusal(
                message: "\"\(revision)\" of \(root) holds no ledger",
                remedy: "name a commit with \(listed(ledgerFolders, "or"))", exitCode: 64)
        }
    }
}
