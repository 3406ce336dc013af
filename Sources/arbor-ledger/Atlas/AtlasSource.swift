import Atlas
import Git
import Merging
import Words

extension Workspace {
    /// Reads what an atlas of a commit shows.
    func atlasState(at revision: String) throws -> AtlasState {
        let commit = try repository().resolve(revision)
        let loaded = try load(.revision(revision))
        warnAboutErrors(loaded.ledger)
        let merge = loaded.merge()
        let date = utcDate(ofSeconds: try repository().commit(commit).committerTimeSeconds)
        return AtlasState(
            commit: commit.description, date: date, merge: merge,
            tasks: merge.tasks(today: date, answers: merge.answers()), history: try beliefHistory(to: commit))
    }
}
