import ArgumentParser
import Editing
import Records

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

    @OptionGroup var report: ReportOptions
    @OptionGroup var failing: FailOptions

    @Argument(help: "Only what concerns this question and its parts.", completion: .names(\.questions))
    var question: String?

    func run() async throws {
        try await withWorkspace { workspace in
            let made = try await workspace.report(.conflicts(below: question), report.format, of: report.snapshot)
            return failing.show(made)
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
