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
            Seeds derive from the commit with which a claim entered the audit branch, so nobody can choose them. First \
            prints the planned runs: the fewest that could decide every claim. Claims and measurements on one toy model \
            share its trained networks. The cheapest networks run first, one seed on each core.

            Each finished run is saved at once: after Ctrl-C or the end of the budget the same command resumes. Receipts \
            are written under Verifiers/ and count once they are on the audit branch.

            A repeat uses the OpenBLAS core type that the receipt names if this machine supports it; then every bit must \
            agree.

            Examples:
              arbor-ledger verify
              arbor-ledger verify half-a-dimension
              arbor-ledger verify --budget 30
              arbor-ledger verify --repeat half-a-dimension
            """)

    @OptionGroup var report: ReportOptions<VerifyReport>

    @Flag(
        name: .customLong("repeat"),
        help: "Repeat recorded seeds and compare with their receipts; receipts are written for new platforms only.")
    var repeats = false

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
        if repeats { try report.format.requireFormat(of: RepeatReport.self) }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if let budget, !(budget > 0 && budget.isFinite) {
            throw ValidationError("--budget must be a positive number of minutes, such as 30 or 0.5")
        }
    }

    func run() async throws {
        // The budget includes the time for reading the ledger.
        let deadline = budget.map { ContinuousClock.now + .seconds(min($0 * 60, 1e9)) }
        try await withWorkspace { workspace in
            try await verify(workspace, until: deadline)
            return .success
        }
    }

    private func verify(_ workspace: Workspace, until deadline: ContinuousClock.Instant?) async throws {
        try workspace.requireWorkTree()
        let loaded = try workspace.load(report.snapshot)
        warnAboutErrors(loaded.ledger)
        let selection = try VerifySelection(
            names, loaded, try workspace.auditTrail(workspace.auditBranch(), needsSalts: true))
        let store = RunStore(workspace)
        let auditor = Auditor(
            networks: try NetworkFolder(workspace, isShared: !repeats), store: repeats ? nil : store,
            executor: try LocalExecutor(environment: workspace.environment), workers: jobs ?? coreCount,
            deadline: deadline, terminal: .current,
            isQuiet: report.format.isQuiet)
        if repeats {
            try await repeatRuns(selection, loaded, auditor, workspace, store)
        } else {
            try await audit(selection, loaded, auditor, workspace, store)
        }
    }

    /// Makes the runs that no receipt records.
    private func audit(
        _ selection: VerifySelection, _ loaded: LoadedLedger, _ auditor: Auditor, _ workspace: Workspace,
        _ store: RunStore
    ) async throws {
        onInterrupt("arbor-ledger: stopped; finished runs are saved, and the same command resumes\n")
        let studies = studiesToRun(selection.claims)
        var recorded = RunIndex(loaded.ledger.state.receipts)
        // An earlier call finished these runs without writing a receipt.
        let saved = store.runs(of: studies).filter { run, _ in
            !recorded.contains(run.index, of: studies[run.study].study, salt: studies[run.study].salt)
        }
        for (run, finished) in saved {
            recorded.add(finished.run, to: studies[run.study].study, salt: studies[run.study].salt)
        }
        let alpha = loaded.settings.alpha.doubleValue
        let audit = try await auditor.execute(
            AuditPlan(selection.claims, studies, recorded: recorded, alpha: alpha, isCached: auditor.networks.isCached))
        var result = VerifyReport(
            selection.claims, audit.plan.runs, left: audit.plan.queue.workload(cores: auditor.workers), alpha: alpha)
        result.receipts = try writeReceipts(
            saved + audit.finished, of: studies, workspace: workspace, store: store, runBy: runner(workspace))
        result.skipped = selection.skipped
        result.failures = audit.failures
        try report.format.print(result)
    }

    /// Repeats recorded runs. Writes receipts only for runs that are not yet recorded on the same OpenBLAS core type.
    private func repeatRuns(
        _ selection: VerifySelection, _ loaded: LoadedLedger, _ auditor: Auditor, _ workspace: Workspace,
        _ store: RunStore
    ) async throws {
        let repeats = RepeatPlan(selection.claims, loaded.ledger.state.receipts, coreTypes: CPU.blasCoreTypes)
        guard !repeats.recorded.isEmpty else {
            throw Refusal(message: "these claims have no recorded runs", remedy: "run `arbor-ledger verify` first")
        }
        let audit = try await auditor.execute(repeats.plan(isCached: auditor.networks.isCached))
        try auditor.networks.removePrivate(repeats.recorded.keys.map { repeats.studies[$0.study].network($0.index) })
        var result = RepeatReport(
            selection.claims,
            audit.finished.flatMap {
                repeats.compare($0.run, with: $0.finished.run, on: $0.finished.platform.blasCore)
            },
            left: audit.plan.queue.workload(cores: auditor.workers))
        result.receipts = try writeReceipts(
            audit.finished.filter { !repeats.isRecorded($0.run, on: $0.finished.platform.blasCore) },
            of: repeats.studies,
            workspace: workspace, store: store, runBy: runner(workspace))
        result.failures = audit.failures
        try report.format.print(result)
    }

    /// Returns git's user name, escaped so that the receipt can be read back.
    private func runner(_ workspace: Workspace) -> String {
        let name = (try? workspace.repository().identity(.author, environment: workspace.environment).name) ?? "unknown"
        return escapeHidden(composed(name)).replacing("\\", with: "/")
    }
}
