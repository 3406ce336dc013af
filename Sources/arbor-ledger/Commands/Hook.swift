import ArgumentParser
import Git
import Ledger

struct Hook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check what is being committed, before it is.",
        discussion: """
            The hooks read the index that git names or the commits that are pushed, never the work tree, and change \
            nothing. `--no-verify` of git passes them by.

            Example: arbor-ledger hook install
            """,
        subcommands: [Install.self, Uninstall.self, Run.self])

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install the hooks; one that is there already is kept and run first.",
            discussion: """
                Examples:
                  arbor-ledger hook install
                  arbor-ledger hook install pre-commit pre-push
                """)

        @Argument(help: "Which: pre-commit, pre-merge-commit, pre-push (default: all).")
        var hooks: [HookName] = HookName.allCases

        func run() async throws {
            try await withWorkspace { workspace in
                writeOutput(try HookFolder(workspace).install(hooks, in: workspace))
                return .success
            }
        }
    }

    struct Uninstall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the hooks and put back those that were there before.",
            discussion: "Example: arbor-ledger hook uninstall")

        func run() async throws {
            try await withWorkspace { workspace in
                writeOutput(try HookFolder(workspace).uninstall())
                return .success
            }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Judge what git is about to do; what the installed hooks call.",
            discussion: """
                pre-commit and pre-merge-commit judge the index that git names; pre-push the ranges that git tells on \
                standard input. Where pre-commit or prek name a range, that is judged. ARBOR_LEDGER_SKIP=1 passes all.

                Example: arbor-ledger hook run
                """)

        @Argument(help: "pre-commit, pre-merge-commit or pre-push; what a hook framework says, else pre-commit.")
        var hook: HookName?

        @Argument(help: "What git hands to the hook.")
        var arguments: [String] = []

        func run() async throws {
            try await withWorkspace { workspace in
                let skip = workspace.environment["ARBOR_LEDGER_SKIP"] ?? ""
                if !skip.isEmpty && skip != "0" {
                    writeError("arbor-ledger: not checked, since ARBOR_LEDGER_SKIP is set\n")
                    return .success
                }
                let framework = workspace.frameworksRange().map { [$0] }
                switch hook {
                case .preCommit, .preMergeCommit: return try await judge(workspace)
                case .prePush: return try await workspace.judgePush(framework ?? workspace.pushedBranches())
                case nil:
                    if let framework { return try await workspace.judgePush(framework) }
                    return try await judge(workspace)
                }
            }
        }
    }
}

extension HookName: ExpressibleByArgument {}

/// Refuses a commit that brings an error; errors that it builds on are only told of.
private func judge(_ workspace: Workspace) async throws -> ExitCode {
    let change = try workspace.stagedChange()
    guard !change.isEmpty else { return .success }
    let files = try await workspace.files(judging: change)
    guard workspace.check(files).hasErrors else { return .success }
    // Something is wrong: now every file is read, so that what is told is the whole of it.
    let staged = try await workspace.check(.staged)
    let new = try await workspace.errors(of: staged, notIn: workspace.basesOfNextCommit())
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

/// An error is the same one if it moved to another line.
private struct DiagnosticIdentity: Hashable {
    var code: Diagnostic.Code
    var path: String
    var message: String

    init(_ diagnostic: Diagnostic) {
        code = diagnostic.code
        path = diagnostic.path
        message = diagnostic.message
    }
}

extension CheckedLedger {
    var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

    /// Errors that an earlier state of the ledger did not have.
    func errors(notIn before: CheckedLedger) -> [Diagnostic] {
        let known = Set(before.errors.map(DiagnosticIdentity.init))
        return errors.filter { !known.contains(DiagnosticIdentity($0)) }
    }
}
