import Checking
import Git
import Records

extension Workspace {
    /// Returns the errors that are in none of the base states. Hooks fail only for these errors, and so does `check`
    /// with a range, so that the mistake of one person does not block others.
    func errors(of ledger: CheckedLedger, notIn states: [ObjectID]) async throws -> [Diagnostic] {
        var new = ledger.errors
        for state in states where !new.isEmpty {
            let added = Set(ledger.errors(notIn: check(try files(.revision(state.description)))))
            new.removeAll { !added.contains($0) }
        }
        return new
    }

    /// Returns the base states of the next commit. The first is HEAD, if it has a commit. A merge adds the part of the
    /// audit branch that is being merged. Errors from any other merged branch count as new.
    func basesOfNextCommit() throws -> [ObjectID] {
        let repository = try repository()
        var bases = [try repository.head()].compactMap(\.self)
        for merged in try mergedCommits(repository) {
            for tip in try auditTips() {
                if let taken = try repository.mergeBases(merged, tip).first, !bases.contains(taken) {
                    bases.append(taken)
                }
            }
        }
        return bases
    }

    /// Returns the commits that are being merged. Before pre-commit, git writes them to MERGE_HEAD. Before
    /// pre-merge-commit, git names them only in environment variables, as GITHEAD_<id>.
    private func mergedCommits(_ repository: Repository) throws -> [ObjectID] {
        var merged: [ObjectID] = []
        let heads = "\(repository.gitDirectory)/MERGE_HEAD"
        if fileExists(heads), case .bytes(let bytes) = try readFile(heads, limit: recordByteLimit) {
            merged += String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
                ObjectID(hex: String($0))
            }
        }
        let prefix = "GITHEAD_"
        merged += environment.keys.filter { $0.hasPrefix(prefix) }.sorted()
            .compactMap { ObjectID(hex: String($0.dropFirst(prefix.utf8.count))) }
        return merged
    }
}
