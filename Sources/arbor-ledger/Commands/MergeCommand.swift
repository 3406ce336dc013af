import ArgumentParser
import Ledger

struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Show what the claims say of every question, merged up the tree.",
        discussion: """
            Each question gets one phrase: its status, how much of it was re-run, and on which models; beside it the \
            assumptions it rests on.

            Examples:
              arbor-ledger merge
              arbor-ledger merge --at v1.0 --format json
            """)

    @OptionGroup var report: ReportOptions
    @OptionGroup var failing: FailOptions

    func run() async throws {
        try await withWorkspace { workspace in
            let loaded = try await workspace.load(report.snapshot)
            warnOfErrors(loaded.ledger)
            let merge = loaded.merge()
            switch report.format {
            case .text: writeOutput(mergeText(merge, style: Terminal.current.style))
            case .json: writeOutput(try json(MergeJSON(merge)))
            }
            return failing.exitCode(loaded, ConflictReport(merge))
        }
    }
}
