import ArgumentParser
import Checking
import Git
import Records

struct Hook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check what is about to be committed or pushed.",
        discussion: """
            The hooks read git's index or the pushed commits, never the work tree, and change nothing. git's \
            `--no-verify` skips them.

            Example: arbor-ledger hook install
            """,
        subcommands: [Install.self, Uninstall.self, Run.self])

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install the hooks; an existing hook is saved and runs first.",
            discussion: """
                Examples:
                  arbor-ledger hook install
                  arbor-ledger hook install pre-commit pre-push
                """)

        @Argument(help: "The hooks to install: pre-commit, pre-merge-commit, pre-push (default: all).")
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
            abstract: "Remove the hooks and restore the previous ones.",
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
            abstract: "Check what git is about to do; the installed hooks call this.",
            discussion: """
                pre-commit and pre-merge-commit check git's index; pre-push checks the ranges that git writes to \
                standard input. If pre-commit or prek name a range, that range is checked. ARBOR_LEDGER_SKIP=1 skips \
                all checks.

                Example: arbor-ledger hook run
                """)

        @Argument(help: "pre-commit, pre-merge-commit or pre-push (default: the framework's hook, else pre-commit).")
        var hook: HookName?

        @Argument(help: "The arguments that git passes to the hook.")
        var arguments: [String] = []

        func run() async throws {
            try await runHook(hook)
        }
    }
}

extension HookName: ExpressibleByArgument {}

/// Identifies an error in different versions of a file, even if its line has moved.
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

    /// Returns the errors that an earlier state of the ledger did not have.
    func errors(notIn before: CheckedLedger) -> [Diagnostic] {
        let known = Set(before.errors.map(DiagnosticIdentity.init))
        return errors.filter { !known.contains(DiagnosticIdentity($0)) }
    }
}
