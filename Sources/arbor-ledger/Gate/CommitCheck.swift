import ArgumentParser
import Checking
import Git
import Records
import Reports
import Words

/// Runs an installed hook. It checks the commit or push that git is about to make, or the range that a hook framework
/// names.
func runHook(_ hook: HookName?) async throws {
    try await withWorkspace { workspace in
        let skip = workspace.environment["ARBOR_LEDGER_SKIP"] ?? ""
        if !skip.isEmpty && skip != "0" {
            writeError("arbor-ledger: not checked, because ARBOR_LEDGER_SKIP is set\n")
            return .success
        }
        let framework = workspace.frameworkRange().map { [$0] }
        switch hook {
        case .preCommit, .preMergeCommit: return try await checkCommit(workspace)
        case .prePush: return try await workspace.checkPush(framework ?? workspace.pushedBranches())
        case nil:
            if let framework { return try await workspace.checkPush(framework) }
            return try await checkCommit(workspace)
        }
    }
}

/// Blocks a commit that adds an error. Errors that already exist in its base states are only mentioned.
private func checkCommit(_ workspace: Workspace) async throws -> ExitCode {
    let change = try NextCommit(workspace)
    if !change.misplaced.isEmpty {
        let (paths, verb) = (change.misplaced.map(escapeHidden), change.misplaced.count == 1 ? "is" : "are")
        writeError(
            "arbor-ledger: \(listed(shortList(paths))) \(verb) not read: records lie in \(listed(ledgerFolders, "or"))\n"
        )
    }
    // If the quick check throws, the full check below finds the same problem and reports it.
    if change.isEmpty || (try? change.certainlyAddsNoError()) == true { return .success }
    let staged = try workspace.check(.staged).adding(workspace.losses(of: change))
    guard staged.hasErrors else { return .success }
    let new = try await workspace.errors(of: staged, notIn: workspace.basesOfNextCommit())
    let style = Terminal.current.errorStyle
    if new.isEmpty {
        let count = staged.counts.errors
        writeError(
            "arbor-ledger: \(count) error\(count == 1 ? "" : "s") already in the ledger before this commit; see `arbor-ledger check`\n"
        )
        return .success
    }
    writeError(checkText(staged.summary, showing: new, style: style))
    writeError("arbor-ledger: not committed. Correct the errors above, `git add` the files, and commit again\n")
    return .failure
}
