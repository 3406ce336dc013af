import Checking
import Git
import Records

extension Workspace {
    /// The errors that are in none of the base states. Only these block, in hooks and in `check` of a range, so that
    /// nobody is blocked by somebody else's mistake.
    func errors(of ledger: CheckedLedger, notIn states: [ObjectID]) async throws -> [Diagnostic] {
        var new = ledger.errors
        for state in states where !new.isEmpty {
            let added = Set(ledger.errors(notIn: check(try files(.revision(state.description)))))
            new.removeAll { !added.contains($0) }
        }
        return new
    }

    /// The base states of the next commit: HEAD, if there is one, and during a merge the part of the audit branch that
    /// is merged. Errors from any other merged branch count as new.
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

    /// Before pre-commit git writes MERGE_HEAD; before pre-merge-commit only its environment names the merged commits,
    /// as GITHEAD_<id>.
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
