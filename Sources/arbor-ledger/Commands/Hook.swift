import ArgumentParser
import Git
import Ledger

struct Hook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check what is being committed, before it is.",
        discussion: """
            The hook reads the index that git names, never the work tree, and changes nothing. `git commit --no-verify` \
            passes it by.

            Example: arbor-ledger hook install
            """,
        subcommands: [Install.self, Uninstall.self, Run.self])

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install the pre-commit hook; one that is there already is kept and run first.",
            discussion: "Example: arbor-ledger hook install")

        func run() async throws {
            try await withWorkspace { workspace in
                writeOutput(visible(try HookFile(workspace).install()) + "\n")
                return .success
            }
        }
    }

    struct Uninstall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the hook and put back the one that was there before.",
            discussion: "Example: arbor-ledger hook uninstall")

        func run() async throws {
            try await withWorkspace { workspace in
                writeOutput(visible(try HookFile(workspace).uninstall()) + "\n")
                return .success
            }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Judge the index that git names; what the installed hook calls.",
            discussion: "Example: arbor-ledger hook run")

        func run() async throws {
            try await withWorkspace { try await judge($0) }
        }
    }
}

/// Refuses a commit that brings an error; errors that HEAD has already are only told of.
private func judge(_ workspace: Workspace) async throws -> ExitCode {
    let change = try workspace.stagedChange()
    guard !change.isEmpty else { return .success }
    let files = try await workspace.files(judging: change)
    guard workspace.check(files).hasErrors else { return .success }
    // Something is wrong: now every file is read, so that what is told is the whole of it.
    let staged = try await workspace.check(.staged)
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
