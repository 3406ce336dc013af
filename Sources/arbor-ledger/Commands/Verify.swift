import ArgumentParser
import Checking
import Evidence
import FoundationEssentials
import Git
import Kernels
import Records
import Reports
import Words

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Re-run toy models with audit seeds until every claim is verified, refuted or open.",
        discussion: """
            Seeds derive from the commit with which a claim entered the audit branch and, if git signs with an SSH key \
            (gpg.format=ssh), from your signature of it. So only you can know them before you publish the runs. First \
            prints the planned runs: the fewest that could decide every claim, counting only runs of at least your \
            grade. A claim that others have decided at this grade needs none. Claims and measurements on one toy model \
            share its trained networks. The cheapest networks run first, one seed on each core. Meanwhile the count of \
            each open claim is shown and, from 20 runs on, the chance that 128 runs decide it.

            Each finished run is saved at once: after Ctrl-C or the end of the budget the same command resumes. Receipts \
            and their signatures are written under Verifiers/ and count once they are on the audit branch. If a claim's \
            runs contradict each other, a listed runner repeats the disputed runs and records the repeats.

            A repeat uses the OpenBLAS core type that the receipt names if this machine supports it; then every bit must \
            agree. If it does not, the exit status is 1. It is 2 if nothing could be run or collected.

            With --on the runs are made on a cluster; --plan, --shard and --collect do the same without a scheduler. Both \
            can be stopped and repeated at any time. docs/clusters.md explains them.

            Examples:
              arbor-ledger verify
              arbor-ledger verify half-a-dimension
              arbor-ledger verify --budget 30
              arbor-ledger verify --repeat half-a-dimension
              arbor-ledger verify --sample 5 --record
              arbor-ledger verify --on slurm
              arbor-ledger verify --on slurm --status
            """)

    @OptionGroup var report: ReportOptions<VerifyReport>
    @OptionGroup var kernels: KernelOptions
    @OptionGroup var elsewhere: ElsewhereOptions

    @OptionGroup var verbosity: VerboseOption

    @Flag(name: .customLong("repeat"), help: "Repeat recorded seeds and compare the values with their receipts.")
    var repeats = false

    @Flag(help: "With --repeat: write receipts of the repeats, which confirm or deny the repeated receipts.")
    var record = false

    @Option(help: ArgumentHelp("Repeat this many recorded runs, chosen at random.", valueName: "count"))
    var sample: Int?

    @Flag(help: "Make your own runs also for claims that other runs of your grade have decided.")
    var again = false

    @Flag(help: "Sign receipts that were made in this clone and are not signed yet, and run nothing.")
    var sign = false

    @Option(help: ArgumentHelp("Number of concurrent runs (default: one per core).", valueName: "n"))
    var jobs: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Stop after this time; runs that are not expected to finish in it are not started.",
            valueName: "minutes"))
    var budget: Double?

    @Argument(
        help: ArgumentHelp("Findings or claims (slug or slug#n); default: all.", valueName: "finding"),
        completion: .findings)
    var names: [String] = []

    func validate() throws {
        if repeats || sample != nil { try report.format.requireFormat(of: RepeatReport.self) }
        if verbosity.isVerbose {
            try report.format.requireText(for: "--verbose")
            if repeats || sample != nil {
                throw ValidationError("--verbose prints the E values of verdicts; --repeat and --sample reach none")
            }
        }
        if let sample, sample < 1 { throw ValidationError("--sample must be at least 1") }
        if record && !repeats && sample == nil {
            throw ValidationError("--record needs --repeat or --sample: it records repeats")
        }
        let isPlain = jobs == nil && budget == nil && names.isEmpty && report.at == nil && report.format.isText
        if sign && (repeats || record || again || sample != nil || verbosity.isVerbose || !isPlain) {
            throw ValidationError(
                "--sign signs all unsigned receipts of the work tree and runs nothing; it takes no other option and no name"
            )
        }
        if again && (repeats || sample != nil) {
            throw ValidationError("--again makes runs with your seeds; --repeat and --sample use recorded seeds")
        }
        try elsewhere.validate(
            isRepeat: repeats || record || sample != nil || sign, hasBudget: budget != nil, hasJobs: jobs != nil,
            names: names, at: report.at, report.format)
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if let budget, !(budget > 0 && budget.isFinite) {
            throw ValidationError("--budget must be a positive number of minutes, such as 30 or 0.5")
        }
    }

    func run() async throws {
        if let shard = elsewhere.shard, let folder = elsewhere.into {
            return try await makeShard(shard, folder, kernels.choice, workers: jobs ?? coreCount)
        }
        // The budget includes the time for reading the ledger.
        let deadline = budget.map { ContinuousClock.now + .seconds(min($0 * 60, 1e9)) }
        try await withWorkspace { workspace in
            try workspace.requireWorkTree()
            let loaded = try workspace.load(report.snapshot)
            warnAboutErrors(loaded.ledger)
            warnAboutChangedPrograms(loaded.ledger)
            var trail = try workspace.auditTrail(workspace.auditBranch(), needsSalts: true)
            let store = RunStore(workspace)
            if sign { return try await signReceipts(loaded, await AuditRunner(workspace, trail), store, workspace) }
            let isRepeat = repeats || sample != nil
            let executor = try LocalExecutor(workspace.kernelHome, kernels.choice)
            func auditor(isRepeat: Bool) throws -> Auditor {
                Auditor(
                    networks: try NetworkFolder(workspace.kernelHome, isShared: !isRepeat),
                    store: isRepeat ? nil : store,
                    executor: executor, workers: jobs ?? coreCount, deadline: deadline, terminal: .current,
                    isQuiet: report.format.isQuiet)
            }
            let runner = try await AuditRunner(workspace, trail)
            let selection = try VerifySelection(names, loaded, trail, key: runner.key?.key)
            // Receipts of the work tree count here as if they were on the audit branch.
            let samples = TraceSamples(loaded.ledger, trail)
            trail.arrive(loaded.ledger.state)
            let session = AuditSession(
                loaded: loaded, trail: trail, selection: selection, runner: runner, workspace: workspace, store: store,
                samples: samples)
            if kernels.choice.sandbox == SandboxLevel.none, !loaded.settings.countsUnsandboxedRuns {
                writeError(
                    "arbor-ledger: runs of contributors' kernels without a sandbox do not count in this ledger\n")
            }
            if elsewhere.isUsed {
                return try await elsewhere.run(
                    session, executor, kernels.choice, again: again, report.format, verbosity.style)
            }
            onInterrupt(
                "arbor-ledger: stopped; "
                    + (isRepeat
                        ? "repeats are not saved\n" : "finished runs are saved, and the same command resumes\n"))
            guard isRepeat else {
                let result = try await session.audit(
                    auditor(isRepeat: false), settlingWith: auditor(isRepeat: true), again: again)
                try report.format.print(result, style: verbosity.style)
                if report.format.isText { writeNext(result.next(try session.surroundings)) }
                return result.exitCode
            }
            let result = try await session.repeatRuns(auditor(isRepeat: true), sample: sample, records: record)
            try report.format.print(result)
            if report.format.isText { writeNext(result.next(try session.surroundings)) }
            for sentence in result.contradictions { writeError("arbor-ledger: \(escapeHidden(sentence))\n") }
            return result.contradictions.isEmpty ? .success : .failure
        }
    }

    /// Signs the receipts of the work tree that were made here and that the user's key has not signed.
    private func signReceipts(
        _ loaded: LoadedLedger, _ runner: AuditRunner, _ store: RunStore, _ workspace: Workspace
    ) async throws -> ExitCode {
        guard let key = runner.key?.key else {
            throw Refusal(
                message: "git does not sign with an SSH key",
                remedy: "git config gpg.format ssh, and git config user.signingKey ~/.ssh/id_ed25519.pub")
        }
        let signatures = loaded.ledger.state.signatures
        let unsigned = loaded.ledger.state.receipts.filter { receipt in
            receipt.runnerKey == key && !signatures[receipt.name, default: []].contains { $0.signature.key == key }
        }
        let receipts = try unsigned.filter { store.isUnsigned($0.name) }.map {
            WrittenReceipt(model: $0.folder, name: $0.name, bytes: try Receipt.encode($0.statement).bytes)
        }
        let paths = try await runner.sign(receipts, workspace)
        try store.removeUnsigned(receipts)
        writeOutput(
            paths.isEmpty
                ? "No receipt here waits for a signature of your key.\n"
                : "\(counted(paths.count, "signature")) written under Verifiers/; commit them with their receipts.\n")
        let others = unsigned.count - receipts.count
        if others > 0 {
            writeOutput(
                "\(counted(others, "unsigned receipt")) \(others == 1 ? "names" : "name") your key, but \(others == 1 ? "was" : "were") not made in this clone.\n"
            )
        }
        return .success
    }
}

extension VerifyReport {
    /// Disagreement and open claims are no failure. An audit that could do nothing is one.
    var exitCode: ExitCode { isFruitless ? ExitCode(2) : .success }
}
