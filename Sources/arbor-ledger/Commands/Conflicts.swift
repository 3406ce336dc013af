import ArgumentParser
import Editing
import Records
import Reports

struct Conflicts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report where findings disagree, what separates the sides, and what is missing.",
        discussion: """
            Two claims conflict when they cannot both be true; if no setting is in both, they touched different parts. \
            A disagreement is no failure: the exit status is 0 unless --fail-on says otherwise.

            Examples:
              arbor-ledger conflicts
              arbor-ledger conflicts search
              arbor-ledger conflicts --fail-on unexplained --format json
            """)

    @OptionGroup var report: ReportOptions<ConflictReport>
    @OptionGroup var length: LengthOption
    @OptionGroup var failing: FailOptions

    @Argument(help: "Only what concerns this question and its parts.", completion: .names(\.questions))
    var question: String?

    func run() async throws {
        try await withWorkspace { workspace in
            try workspace.report(of: report.snapshot) { source in
                let loaded = try workspace.load(source)
                if let question { try requireQuestion(question, loaded.ledger.state) }
                let conflicts = ConflictReport(loaded.merge(), below: question)
                return FinishedReport(
                    loaded, conflicts.totals, output: try report.format.written(conflicts, style: length.style))
            }.show(failing)
        }
    }
}

func requireQuestion(_ id: String, _ state: LedgerState) throws(Refusal) {
    guard state.questions[id] == nil else { return }
    throw Refusal(
        message: "there is no question \"\(id)\"",
        remedy: state.nearestQuestion(to: id).map { "did you mean \"\($0)\"?" } ?? "`arbor-ledger merge` lists them",
        exitCode: 64)
}
