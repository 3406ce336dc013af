import ArgumentParser
import FoundationEssentials
import Git
import Records
import Reports
import Words

/// The numbers of new findings that the overview shows, and of commits in which it looks for them.
private let (newFindingLimit, commitLimit) = (3, 200)

struct Overview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the ledger on one screen (the default).",
        discussion: """
            Shows the answers with their evidence, new findings, the worst disagreements, and the next tasks.

            Examples:
              arbor-ledger
              arbor-ledger overview --format json
            """)

    @OptionGroup var report: ReportOptions<OverviewReport>

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard
            let workspace = try? Workspace(
                environment: environment, startDirectory: FileManager.default.currentDirectoryPath),
            report.at != nil || workspace.hasLedger
        else { throw CleanExit.helpRequest(ArborLedger.self) }
        try await withWorkspace { workspace in
            let repository = try workspace.repository()
            let tip = try report.at.map(repository.resolve) ?? repository.head()
            let hasSavedRuns = !RunStore(workspace).isEmpty
            return try workspace.report(
                of: report.snapshot, and: [tip?.description ?? "", "\(hasSavedRuns)"]
            ) { source in
                let loaded = try workspace.load(source)
                let new = try tip.map { try repository.newFindings(at: $0, loaded.ledger.state) } ?? []
                let overview = OverviewReport(
                    loaded.merge(), newFindings: new, hasSavedRuns: hasSavedRuns, today: today())
                return FinishedReport(
                    output: try report.format.written(overview), notes: errorNote(loaded.ledger) ?? "")
            }.show()
        }
    }
}

extension Workspace {
    /// Whether the work tree has a ledger's settings or one of its folders. False in a bare repository.
    fileprivate var hasLedger: Bool {
        !isBare && ([settingsPath] + ledgerFolders).contains { fileExists("\(root)/\($0)") }
    }
}

extension Repository {
    /// Returns the findings of a state that recent commits of the first-parent line added, the newest first.
    fileprivate func newFindings(
        at tip: ObjectID, _ state: LedgerState
    ) throws(GitError) -> [OverviewReport.NewFinding] {
        var found: [OverviewReport.NewFinding] = []
        var next: ObjectID? = tip
        for _ in 0..<commitLimit {
            guard found.count < newFindingLimit, let id = next else { break }
            let commit = try commit(id)
            next = try firstParent(of: id)
            let before: ObjectID? = if let next { try tree(of: next) } else { nil }
            for change in try changes(from: before, to: commit.tree, under: ["Findings"]) {
                guard change.old == nil, found.count < newFindingLimit, let path = change.new?.path,
                    case .finding(let slug)? = RecordPlace(path: path), let finding = state.findings[slug],
                    !found.contains(where: { $0.slug == slug })
                else { continue }
                found.append(
                    OverviewReport.NewFinding(
                        slug: slug, title: finding.title, date: utcDate(ofSeconds: commit.committerTimeSeconds),
                        author: commit.authorName))
            }
        }
        return found
    }
}
