import ArgumentParser
import Git
import Ledger

/// Refuses a commit that brings an error; errors that HEAD has already are only told of.
func judgeCommit(_ workspace: Workspace) async throws -> ExitCode {
    let change = try StagedChange(workspace)
    // What keeps a part from being looked at is met again where every file is read.
    if change.isEmpty || (try? change.surelyBringsNoError()) == true { return .success }
    let staged = try await workspace.check(.staged)
    guard staged.hasErrors else { return .success }
    let before = try await workspace.repository().head() == nil ? nil : workspace.check(.revision("HEAD"))
    let new = before.map(staged.errors(notIn:)) ?? staged.errors
    let style = TextStyle(width: 80, hasColour: Terminal.current.isErrorTerminal && Terminal.current.allowsColour)
    if new.isEmpty {
        let count = staged.counts.errors
        writeError(
            "arbor-ledger: the ledger had \(count) error\(count == 1 ? "" : "s") before this commit; see `arbor-ledger check`\n"
        )
        return .success
    }
    writeError(checkText(staged, showing: new, style: style))
    writeError("arbor-ledger: not committed; `git commit --no-verify` passes this check by\n")
    return .failure
}
