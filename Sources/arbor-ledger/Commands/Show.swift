import ArgumentParser
import Ledger

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show one record with all that bears on it.",
        discussion: """
            ID is a finding (slug), a claim (slug#n), a question (its folder below Claims, . for the north star), a \
            quantity, a toy model, a measurement (toy-model/measurement), an assumption or a condition.

            Examples:
              arbor-ledger show half-a-dimension
              arbor-ledger show half-a-dimension#1
              arbor-ledger show superposition-geometry
            """)

    @OptionGroup var report: ReportOptions

    @Argument(help: "What to show.")
    var id: String

    func run() async throws {
        try await withWorkspace { workspace in
            let merge = try await workspace.load(report.snapshot).merge()
            guard let showing = Showing(id, in: merge) else {
                throw Refusal(
                    message: "there is no record \"\(id)\"",
                    remedy: merge.state.nearestRecord(to: id).map { "did you mean \"\($0)\"?" }, exitCode: 64)
            }
            switch report.format {
            case .text: writeOutput(showText(showing, style: Terminal.current.style))
            case .json: writeOutput(try json(showing))
            }
            return .success
        }
    }
}
