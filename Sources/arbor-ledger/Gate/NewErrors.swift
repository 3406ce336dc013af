import Checking
import Git
import Records

extension Workspace {
    /// Errors that no state has which a commit or a range builds on: those alone refuse it, in hooks and in `check` of a
    /// range alike, so that nobody is blocked by another's mistake.
    func errors(of ledger: CheckedLedger, notIn states: [ObjectID]) async throws -> [Diagnostic] {
        var new = ledger.errors
        for state in states where !new.isEmpty {
            let kept = Set(ledger.errors(notIn: check(try files(.revision(state.description)))))
            new.removeAll { !kept.contains($0) }
        }
        return new
    }

    /// What the next commit builds on: HEAD, if it has a commit, and of a merge in progress what comes from the audit
    /// branch. Of another branch that is merged every error is new.
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

    /// For pre-commit git has written MERGE_HEAD; for pre-merge-commit it has not yet, and only its environment names the
    /// merged commits, as GITHEAD_<id>.
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
