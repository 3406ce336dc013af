import ArgumentParser
import Git
import Reports
import Words

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what is believed otherwise between two commits, and which records caused it.",
        discussion: """
            A and B are whatever git resolves: branches, tags, ids, main~3. Without B, A is compared with the work tree. \
            Told are questions whose answer changed or that are new, gone or moved; claims that are new, gone, or have \
            another verdict, level, side or standing; disagreements that began or ended; claims that were superseded.

            Each state is weighed by the receipts that it holds itself, where they are or were on the audit branch.

            Examples:
              arbor-ledger diff v1.0
              arbor-ledger diff main~10 main
              arbor-ledger diff main my-branch --format json
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
                changes: fileChanges(from: old, to: new), commits: (auditRelations.0.commit, auditRelations.1.commit))
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
