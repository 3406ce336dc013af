import ArgumentParser
import Atlas
import Git
import Merging
import Records
import Words

/// What an atlas shows.
struct AtlasOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The commit to show.", valueName: "revision"))
    var at = "HEAD"

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp("Show the claims of another ledger as guests; they change no answer.", valueName: "ledger"),
        completion: .directory)
    var guests: [String] = []
}

extension Workspace {
    /// Reads what an atlas of a commit shows.
    func atlasState(_ options: AtlasOptions) throws -> AtlasState {
        let commit = try repository().resolve(options.at)
        let files = try retainedUntilExit(identifiedFiles(at: commit.description))
        if files.isEmpty { try requireSettings(.revision(options.at)) }
        let ledger = check(files.map(\.file))
        let audit = try audit(of: [ledger])
        let loaded = load(ledger, audit, from: .commit(commit))
        warnAboutErrors(loaded.ledger)
        let date = utcDate(ofSeconds: try repository().commit(commit).committerTimeSeconds)
        var state = AtlasState(commit: commit.description, date: date, merge: loaded.merge())
        state.history = try beliefHistory(to: commit, files, state.answers, audit)
        state.guests = try options.guests.map(guest)
        state.annotatedCodebooks = []
        return retainedUntilExit(state)
    }

    /// Reads HEAD of another ledger.
    private func guest(_ typed: String) throws -> GuestLedger {
        let path = absolutePath(typed)
        let other = try Workspace(
            environment: environment.filter { !$0.key.startsWithBytes("GIT_") }, startDirectory: path)
        let commit = try other.repository().resolve("HEAD")
        let loaded = try other.load(.revision("HEAD"))
        warnAboutErrors(loaded.ledger, in: typed)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return GuestLedger(name: name, commit: commit.description, merge: loaded.merge())
    }
}
