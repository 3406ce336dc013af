import ArgumentParser
import Merging
import Records
import Reports
import Words

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show one record with all that bears on it.",
        discussion: """
            ID is a finding (slug), a claim (slug#n), a question (its folder below Claims, . for the north star), a \
            quantity, a toy model, a measurement (toy-model/measurement), an assumption or a condition.

            Of a toy model it draws what recorded runs measured and what is seen in its trained networks: how their loss \
            fell, the directions of features, a board beside what is read of it, a chain. It takes networks that \
            `verify` trained and kept; --train trains those that are missing, with a seed that is always the same, and \
            keeps them. They are no audit runs, and nothing is written to the ledger.

            Examples:
              arbor-ledger show half-a-dimension
              arbor-ledger show half-a-dimension#1
              arbor-ledger show superposition-geometry
              arbor-ledger show superposition-intro --train
            """)

    @OptionGroup var report: ReportOptions<RecordView>

    @Flag(name: .customLong("train"), help: "Train the networks of a toy model that are missing, to draw them.")
    var trains = false

    @Argument(help: "What to show.", completion: .records)
    var id: String

    func run() async throws {
        try await withWorkspace { workspace in
            let loaded = try workspace.load(report.snapshot)
            let merge = loaded.merge()
            guard var view = RecordView(id, in: merge) else {
                throw Refusal(
                    message: "there is no record \"\(id)\"",
                    remedy: merge.state.nearestRecord(to: id).map { "did you mean \"\($0)\"?" }, exitCode: 64)
            }
            try report.format.requireFormat(of: view)
            if view.kind == .finding || view.kind == .claim {
                view.add(runsWithoutReceipt: try workspace.runsWithoutReceipt(of: id, loaded))
            }
            if view.toyModel != nil, let model = merge.state.models[id] {
                let seen = try await workspace.showNetworks(
                    of: model, loaded, trains: trains, isQuiet: report.format.isQuiet)
                view.add(seen)
            } else if trains {
                throw Refusal(
                    message: "\"\(id)\" is a \(view.kind.rawValue), and only a toy model can be trained",
                    remedy: "leave out --train", exitCode: 64)
            }
            try report.format.print(view)
            return .success
        }
    }
}
