import ArgumentParser
import Editing
import Records
import Reports

struct Conflicts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report where findings disagree, what separates the sides, and which run would decide.",
        discussion: """
            Two claims conflict if they cannot both be true. If they share no setting, they are about different parts. \
            A disagreement is not a failure: the exit status is 0 unless --fail-on names a kind of disagreement that \
            was found.

            Examples:
              arbor-ledger conflicts
              arbor-ledger conflicts superposition
              arbor-ledger conflicts --fail-on unexplained --format json
            """)

    @OptionGroup var report: ReportOptions<ConflictReport>
    @OptionGroup var length: LengthOption
    @OptionGroup var failing: FailOptions

    @Argument(help: "Only disagreements below this question.", completion: .names(\.questions))
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
