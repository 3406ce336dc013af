import ArgumentParser
import Checking
import Git
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
            constraint, a condition, one of its values (as in model/r1 or r1), a resource, a kernel or a task, or the \
            path of a record's file. Its kind can precede it, as in quantity:NAME, model:NAME or kernel:NAME.

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
              arbor-ledger show kernel:superposition
              arbor-ledger show superposition-geometry --train
              arbor-ledger show superposition-geometry --train --export toys
            """)

    @OptionGroup var report: ReportOptions<RecordView>

    @OptionGroup var verbosity: VerboseOption

    @Flag(name: .customLong("train"), help: "Train a toy model's missing networks, to draw them.")
    var trains = false

    @Option(
        name: .customLong("export"),
        help: ArgumentHelp("Export a toy model's trained networks to a new folder.", valueName: "folder"),
        completion: .directory)
    var exportFolder: String?

    @Argument(help: "The record to show.", completion: .records)
    var id: String

    func validate() throws {
        if verbosity.isVerbose { try report.format.requireText(for: "--verbose") }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let loaded = try workspace.load(report.snapshot)
            let merge = loaded.merge()
            guard var view = try record(in: merge, workspace) else {
                try refuseErrors(loaded.ledger)
                throw Refusal(
                    message: "there is no record \"\(id)\"",
                    remedy: merge.state.nearestRecord(to: id).map { "did you mean \"\($0)\"?" }
                        ?? "`arbor-ledger find \(shellQuoted(id))` searches titles and texts", exitCode: 64)
            }
            try report.format.requireFormat(of: view)
            if verbosity.isVerbose, ![.claim, .finding].contains(view.kind) {
                throw Refusal(
                    message: "\"\(id)\" is a \(view.kind.rawValue); only a finding or a claim has E values",
                    remedy: "omit --verbose", exitCode: 64)
            }
            var isComplete = true
            if view.kind == .finding || view.kind == .claim {
                view.add(try workspace.keptRuns(of: view.id, loaded))
                if report.at == nil {
                    view.add(uncommittedReceipts: try workspace.uncommittedReceipts(of: view.id, loaded))
                }
            }
            let model = view.toyModel == nil ? nil : merge.state.models[view.id]
            if let model, merge.state.kernels[model.kernel.value] == nil {
                let seen = try await workspace.showNetworks(
                    of: model, loaded, trains: trains, exportFolder: exportFolder,
                    isQuiet: report.format.isQuiet)
                view.add(seen)
                // A failure to draw a network is part of the record. A failure to export one is a failure of the
                // command.
                isComplete = exportFolder == nil || seen.isExported
            } else if trains || exportFolder != nil {
                throw Refusal(
                    message: model == nil
                        ? "\"\(id)\" is a \(view.kind.rawValue); only a toy model can be trained or exported"
                        : "the kernel of \"\(id)\" trains no network",
                    remedy: "omit \(trains ? "--train" : "--export")", exitCode: 64)
            }
            try report.format.print(view, style: verbosity.style)
            return isComplete ? .success : .failure
        }
    }

    /// Finds the record by its name, its task id or the path of its file.
    private func record(in merge: Merge, _ workspace: Workspace) throws -> RecordView? {
        if let view = RecordView(id, in: merge) ?? RecordView(task: id, in: merge, today: today()) { return view }
        guard let path = try? workspace.ledgerPath(id), let place = RecordPlace(path: path) else { return nil }
        return RecordView(place.shownID, in: merge)
    }

    /// Refuses a record that has errors, and prints them, because reports leave such a record out.
    private func refuseErrors(_ ledger: CheckedLedger) throws {
        let name = id.prefix { $0 != "#" }.split(separator: ":").last.map(String.init) ?? id
        let errors = ledger.errors.filter { error in
            RecordPlace(path: error.path).map { $0.id == name } ?? false
        }
        guard let first = errors.first else { return }
        writeError(checkText(ledger.summary, showing: errors, style: Terminal.current.errorStyle))
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

    /// The name with the kind, which `show` finds even if several records have the name. A file that belongs to a record
    /// shows that record.
    fileprivate var shownID: String {
        switch self {
        case .question(let id): "question:\(id)"
        case .vote(let question, _): "question:\(question)"
        case .quantity(let slug): "quantity:\(slug)"
        case .condition(let slug): "condition:\(slug)"
        case .conditionValue(let condition, let slug): "value:\(condition)/\(slug)"
        case .assumption(let slug): "assumption:\(slug)"
        case .constraint(let slug): "constraint:\(slug)"
        case .finding(let slug): "finding:\(slug)"
        case .model(let slug), .receipt(let slug, _), .signature(let slug, _, _): "model:\(slug)"
        case .measurement(let model, let slug): "measurement:\(model)/\(slug)"
        case .trace(let slug), .traceText(let slug): "trace:\(slug)"
        case .annotation(let trace, _, _, _): "trace:\(trace)"
        case .codebook(let slug): "codebook:\(slug)"
        case .resource(let slug): "resource:\(slug)"
        case .kernel(let slug), .kernelFile(let slug, _): "kernel:\(slug)"
        }
    }
}
