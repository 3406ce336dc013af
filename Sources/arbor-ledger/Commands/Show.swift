import ArgumentParser
import Checking
import Merging
import Records
import Reports
import Words

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show one record with everything that refers to it.",
        discussion: """
            ID is a finding (slug), a claim (slug#n), a question (its folder below Claims, . for the north star), a \
            quantity, a toy model, a trace, a codebook, a measurement (toy-model/measurement), an assumption, a \
            constraint, a condition or a resource. Its kind can precede it, as in quantity:NAME or model:NAME.

            For a toy model it draws the recorded values and pictures of its trained networks, such as loss curves, \
            feature directions, a probed board or a chain of thought. It uses networks that `verify` cached; --train \
            trains and caches the missing ones with a fixed seed. These are not audit runs; nothing is written to the \
            ledger.

            --export writes these networks to a new folder: model.safetensors with the names and shapes of \
            TransformerLens or of the superposition notebook, config.json, an example with the kernel's output, and \
            load.py, which loads the network in PyTorch and compares its output with the example.

            Examples:
              arbor-ledger show half-a-dimension
              arbor-ledger show half-a-dimension#1
              arbor-ledger show superposition-geometry
              arbor-ledger show superposition-geometry --train
              arbor-ledger show superposition-geometry --train --export toys
            """)

    @OptionGroup var report: ReportOptions<RecordView>

    @Flag(name: .customLong("train"), help: "Train a toy model's missing networks, to draw them.")
    var trains = false

    @Option(
        name: .customLong("export"),
        help: ArgumentHelp("Export a toy model's trained networks to a new folder.", valueName: "folder"),
        completion: .directory)
    var exportFolder: String?

    @Argument(help: "The record to show.", completion: .records)
    var id: String

    func run() async throws {
        try await withWorkspace { workspace in
            let loaded = try workspace.load(report.snapshot)
            let merge = loaded.merge()
            guard var view = RecordView(id, in: merge) else {
                try refuseErrors(loaded.ledger)
                throw Refusal(
                    message: "there is no record \"\(id)\"",
                    remedy: merge.state.nearestRecord(to: id).map { "did you mean \"\($0)\"?" }, exitCode: 64)
            }
            try report.format.requireFormat(of: view)
            var isComplete = true
            if view.kind == .finding || view.kind == .claim {
                view.add(try workspace.keptRuns(of: view.id, loaded))
                if report.at == nil {
                    view.add(uncommittedReceipts: try workspace.uncommittedReceipts(of: view.id, loaded))
                }
            }
            if view.toyModel != nil, let model = merge.state.models[view.id] {
                let seen = try await workspace.showNetworks(
                    of: model, loaded, trains: trains, exportFolder: exportFolder,
                    isQuiet: report.format.isQuiet)
                view.add(seen)
                // A failure to draw a network is part of the record. A failure to export one is a failure of the
                // command.
                isComplete = exportFolder == nil || seen.isExported
            } else if trains || exportFolder != nil {
                throw Refusal(
                    message:
                        "\"\(id)\" is a \(view.kind.rawValue); only a toy model can be trained or exported",
                    remedy: "omit \(trains ? "--train" : "--export")", exitCode: 64)
            }
            try report.format.print(view)
            return isComplete ? .success : .failure
        }
    }

    /// Refuses a record that has errors, and prints them, because reports leave such a record out.
    private func refuseErrors(_ ledger: CheckedLedger) throws {
        let name = id.prefix { $0 != "#" }.split(separator: ":").last.map(String.init) ?? id
        let errors = ledger.errors.filter { error in
            RecordPlace(path: error.path).map { $0.id == name } ?? false
        }
        guard let first = errors.first else { return }
        writeError(checkText(ledger.summary, showing: errors, style: TextStyle(width: 80, hasColour: false)))
        throw Refusal(
            message: "\(first.path) has \(counted(errors.count, "error")), so reports leave it out",
            remedy: "correct the above; `arbor-ledger check \(first.path)` checks it again")
    }
}

extension RecordPlace {
    /// The name by which `show` knows the record.
    fileprivate var id: String {
        if case .measurement(let model, let slug) = self { "\(model)/\(slug)" } else { name }
    }
}
