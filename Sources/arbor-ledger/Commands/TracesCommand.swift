import ArgumentParser
import KernelInterface
import Records
import Words

struct TracesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traces",
        abstract: "Let a network of a toy model write texts, and add them as traces.",
        discussion: """
            Trains the network of a run, or reads it from the cache, and writes its answers to the first problems of \
            the run's seed, with one line for each step. --run i uses the seed of run i of a self-check; --seed uses \
            any seed, such as one from a receipt. Each text is written to a folder Traces/MODEL-SEED-NUMBER. No file \
            is overwritten, and the same seed on the same kind of machine gives the same bytes.

            Settings for --set: split (unseen, seen), network (trained, untrained) and, for chains, difficulty.

            Examples (replace SLUG by a toy model):
              arbor-ledger traces SLUG --count 100
              arbor-ledger traces SLUG --count 20 --run 3 --set split=seen
              arbor-ledger traces SLUG --seed 3fea5e6a226638f8
            """)

    @Option(help: ArgumentHelp("The number of texts (default: 20).", valueName: "n"))
    var count = 20

    @Option(name: .customLong("run"), help: ArgumentHelp("The run whose seed is used (default: 0).", valueName: "i"))
    var runIndex: Int?

    @Option(help: ArgumentHelp("A seed: 16 hexadecimal digits.", valueName: "hex"))
    var seed: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A setting of the texts; repeat for several.", valueName: "name=value"))
    var settings: [String] = []

    @OptionGroup var kernels: KernelOptions

    @Argument(help: "The toy model.", completion: .records)
    var model: String

    func validate() throws {
        guard (1...9999).contains(count) else { throw ValidationError("--count must be from 1 to 9999") }
        guard (0...runLimit).contains(runIndex ?? 0) else {
            throw ValidationError("--run must be from 0 to \(runLimit)")
        }
        guard seed == nil || runIndex == nil else { throw ValidationError("give --seed or --run, not both") }
        if let seed, !isHexadecimal(seed[...], digits: 16) {
            throw ValidationError("--seed must have 16 lower-case hexadecimal digits")
        }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            try workspace.requireWorkTree()
            let ledger = try AnnotatedLedger(workspace)
            guard let model = ledger.state.models[model] else {
                throw Refusal(
                    message: "the ledger has no toy model \"\(model)\" without errors",
                    remedy: didYouMean(model, ledger.state.models.keys.sorted()), exitCode: 64)
            }
            var plan = try TracePlan(
                model, ledger.state.kernels[model.kernel.value], chosen: try chosen(), seed: seed, run: runIndex ?? 0,
                count: count,
                contributor: workspace.repository().identity(.author, environment: workspace.environment).contributor)
            plan.namesTask = ledger.state.vocabulary.isKnown(plan.writing.task, of: Condition.task, nil)
            let folders = (1...count).map { "Traces/\(plan.slug($0))" }
            if let folder = folders.first(where: { fileExists("\(workspace.root)/\($0)") }) {
                throw Refusal(
                    message: "\(folder) already exists", remedy: "choose another --run or --seed, or move it aside")
            }
            onInterrupt("arbor-ledger: stopped; nothing was written\n")
            let traces = try await workspace.traces(plan, kernels.choice)
            let files = traces.enumerated().flatMap { plan.files($1, number: $0 + 1) }
            try ledger.requireValid(files)
            for file in files {
                try writeFile("\(workspace.root)/\(file.path)", [file.bytes[...]], survivesPowerLoss: false)
            }
            let bytes = files.reduce(0) { $0 + $1.bytes.count }
            writeOutput(
                "\(counted(traces.count, "trace")) of \(escapeHidden(model.slug)), seed \(plan.seed): \(folders[0]) to "
                    + "\(plan.slug(traces.count)), \((bytes + 1023) / 1024) KiB\n")
            if bytes > Self.manyBytes {
                writeError(
                    "arbor-ledger: git keeps these files for good; consider fewer traces, or one file in Resources/\n")
            }
            return .success
        }
    }

    /// The total size above which the command advises against committing the traces.
    private static let manyBytes = 4 << 20

    private func chosen() throws(Refusal) -> [(name: String, value: String)] {
        try settings.map { setting throws(Refusal) in
            guard let sign = setting.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw Refusal(
                    message: "--set \(setting) has no \"=\"", remedy: "write --set name=value", exitCode: 64)
            }
            return (String(setting[..<sign]), String(setting[setting.utf8.index(after: sign)...]))
        }
    }
}
