import ArgumentParser
import Git
import Reports
import Words

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which conclusions changed between two commits, and which records changed them.",
        discussion: """
            A and B are revisions that git resolves, such as main, v1.0 or main~3. Without B, A is compared with the \
            work tree. Lists questions that are new, removed or moved, or whose answer changed; claims that are new or \
            removed, or whose verdict, evidence level, side or status changed; disagreements that began or ended; \
            superseded claims; and changes of what conclusions rest on: toy models, measurements, quantities, scopes, \
            contributors, caveats, settings and signers.

            Each state counts its own receipts, if they are or were on the audit branch.

            Examples (replace BRANCH):
              arbor-ledger diff main
              arbor-ledger diff main BRANCH --format json
            """)

    @OptionGroup var format: FormatOption<LedgerDiff>

    @Argument(help: ArgumentHelp("The earlier commit.", valueName: "a"))
    var before: String

    @Argument(help: ArgumentHelp("The later commit (default: the work tree).", valueName: "b"))
    var after: String?

    func run() async throws {
        try await withWorkspace { workspace in
            let snapshots = (Snapshot.revision(before), after.map(Snapshot.revision) ?? .workTree)
            let auditRelations = (
                try workspace.auditRelation(of: snapshots.0), try workspace.auditRelation(of: snapshots.1)
            )
            let old = try workspace.identifiedFiles(at: before)
            let new =
                if let after { try workspace.identifiedFiles(at: after, like: old) } else {
                    try workspace.identifiedFilesOfWorkTree()
                }
            if old.isEmpty && new.isEmpty { try workspace.requireSettings(snapshots.1) }
            let ledgers = (workspace.check(old.map(\.file)), workspace.check(new.map(\.file)))
            warnAboutErrors(ledgers.0, in: before)
            warnAboutErrors(ledgers.1, in: after ?? "the work tree")
            let audit = try workspace.audit(of: [ledgers.0, ledgers.1])
            let diff = LedgerDiff(
                from: workspace.load(ledgers.0, audit, from: auditRelations.0).merge(),
                to: workspace.load(ledgers.1, audit, from: auditRelations.1).merge(),
                changes: fileChanges(from: old, to: new),
                settings: try workspace.settingsChanges(from: snapshots.0, to: snapshots.1),
                commits: (auditRelations.0.commit, auditRelations.1.commit))
            try format.print(diff)
            return .success
        }
    }
}

extension AuditRelation {
    fileprivate var commit: String? {
        switch self {
        case .anywhere, .nextOnAuditBranch: nil
        case .commit(let commit): commit.description
        }
    }
}
