import ArgumentParser
import Checking
import Git
import Records

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
            try await runHook(hook)
        }
    }
}

extension HookName: ExpressibleByArgument {}

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
