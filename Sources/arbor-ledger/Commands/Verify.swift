import ArgumentParser
import Foundation
import Git
import Ledger

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Re-run toy models under audit seeds until every claim is verified, refuted or open.",
        discussion: """
            Seeds derive from the commit with which a claim entered the audit branch, so nobody could choose them. \
            Each finished run is kept at once: after Ctrl-C the same command goes on where it was. Receipts are written \
            under Verifiers/ and count once they are on the audit branch.

            Examples:
              arbor-ledger verify
              arbor-ledger verify half-a-dimension
              arbor-ledger verify --repeat intro-shapes#3
            """)

    @OptionGroup var report: ReportOptions

    @Flag(
        name: .customLong("repeat"),
        help: "Run recorded seeds again and compare with their receipts; nothing is written on the same platform.")
    var repeats = false

    @Option(help: ArgumentHelp("How many runs go side by side (default: one per core).", valueName: "n"))
    var jobs: Int?

    @Argument(help: ArgumentHelp("Findings or claims (slug or slug#n); default: all.", valueName: "finding"))
    var names: [String] = []

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            try await audit(workspace)
            return .success
        }
    }

    private func audit(_ workspace: Workspace) async throws {
        guard !workspace.isBare else {
            throw Refusal(
                message: "a bare repository has no work tree to write receipts to", remedy: "run in a clone",
                exitCode: 2)
        }
        let loaded = try await workspace.load(report.snapshot)
        warnOfErrors(loaded.ledger)
        let selection = try Selection(
            names, loaded, try workspace.auditTrail(workspace.auditBranch(), needsSalts: true))
        var auditor = Auditor(
            claims: selection.claims, store: RunStore(workspace),
            executor: try LocalExecutor(environment: workspace.environment),
            workers: jobs ?? max(1, ProcessInfo.processInfo.activeProcessorCount), terminal: .current,
            isQuiet: report.format == .json && !Terminal.current.isErrorTerminal)
        let recorded = RunIndex(loaded.ledger.state.receipts)
        let runBy =
            (try? workspace.repository().identity(.author, environment: workspace.environment).name) ?? "unknown"
        if repeats {
            auditor.takesKeptNetworks = false
            try await compare(auditor, loaded, workspace, runBy: runBy)
            return
        }
        let alpha = loaded.settings.alpha.doubleValue
        onInterrupt("arbor-ledger: stopped; finished runs are kept, and the same command goes on from there\n")
        let (runs, new, failures) = try await auditor.audit(recorded, alpha: alpha)
        var result = VerifyReport(selection.claims, runs, alpha: alpha)
        result.receipts = try writeReceipts(
            new, claims: selection.claims, workspace: workspace, store: auditor.store, runBy: runBy)
        result.skipped = selection.skipped
        result.failures = failures.map { ($0.title, $0.reason) }
        switch report.format {
        case .text: writeOutput(verifyText(result, style: Terminal.current.style))
        case .json: writeOutput(try json(VerifyJSON(result)))
        }
    }

    /// Runs every recorded seed of the selected claims again on this machine.
    private func compare(_ auditor: Auditor, _ loaded: LoadedLedger, _ workspace: Workspace, runBy: String) async throws
    {
        let recorded = RunIndex(loaded.ledger.state.receipts)
        var planned: [PlannedRun] = []
        for audited in auditor.claims {
            for study in audited.verification.cells.flatMap({ [$0.study, $0.control].compactMap(\.self) }) {
                for index in recorded.prefix(of: study, salt: audited.salt).indices {
                    let run = PlannedRun(study: study, salt: audited.salt, index: index)
                    if !planned.contains(run) { planned.append(run) }
                }
            }
        }
        guard !planned.isEmpty else {
            throw Refusal(message: "no run of these claims is recorded", remedy: "run `arbor-ledger verify` first")
        }
        let outcomes = try await auditor.carryOut(planned)
        var repeated = RunIndex([])
        var elsewhere: [PlannedRun: FinishedRun] = [:]
        let platforms = Set(loaded.ledger.state.receipts.map(\.predicate.platform.blasCore))
        for (run, outcome) in outcomes {
            guard case .run(let done, let platform) = outcome else { continue }
            repeated.add(done, to: run.study, salt: run.salt)
            let finished = FinishedRun(run: done, platform: platform)
            if platforms.contains(platform.blasCore) {
                try auditor.store.forget([finished], of: run.study, salt: run.salt)
            } else {
                elsewhere[run] = finished
            }
        }
        let receipts = try writeReceipts(
            SaltedRuns.group(elsewhere), claims: auditor.claims, workspace: workspace, store: auditor.store,
            runBy: runBy)
        let result = RepeatReport(auditor.claims, recorded: recorded, repeated: repeated, receipts: receipts)
        switch report.format {
        case .text: writeOutput(repeatText(result, style: Terminal.current.style))
        case .json: writeOutput(try json(result))
        }
    }
}

/// The claims that a `verify` is about.
private struct Selection {
    var claims: [AuditedClaim] = []
    var skipped: [(claim: ClaimID, reason: String)] = []

    init(_ names: [String], _ loaded: LoadedLedger, _ trail: AuditTrail) throws {
        let state = loaded.ledger.state
        guard trail.branch != nil else {
            throw Refusal(
                message: "this repository has no audit branch \"\(loaded.settings.auditBranch)\"",
                remedy: "name it with `git config arbor-ledger.auditBranch BRANCH`", exitCode: 2)
        }
        guard !trail.isShallow else {
            throw Refusal(
                message: "the history is shallow, so nobody can tell when a claim entered it",
                remedy: "git fetch --unshallow", exitCode: 2)
        }
        let wanted = try Self.claimIDs(names, state)
        for finding in state.findings.values.sorted(by: { $0.slug < $1.slug }) {
            let leftOut = state.reasonLeftOut(finding)
            for claim in finding.claims where names.isEmpty || wanted.contains(claim.id) {
                if let leftOut {
                    if !names.isEmpty { skipped.append((claim.id, leftOut)) }
                    continue
                }
                guard let verification = loaded.ledger.verification(of: claim) else {
                    if !names.isEmpty { skipped.append((claim.id, "no verifier can measure it")) }
                    continue
                }
                guard let salt = trail.salts[verification.auditDigest(of: claim)] else {
                    skipped.append((claim.id, "not on \(trail.branch ?? "") yet, so it has no audit seeds"))
                    continue
                }
                claims.append(AuditedClaim(claim: claim, finding: finding, verification: verification, salt: salt))
            }
        }
    }

    private static func claimIDs(_ names: [String], _ state: LedgerState) throws -> Set<ClaimID> {
        var ids: Set<ClaimID> = []
        for name in names {
            if let finding = state.findings[name] {
                ids.formUnion(finding.claims.map(\.id))
            } else if let id = state.claimID(name) {
                ids.insert(id)
            } else {
                throw Refusal(
                    message: "there is no finding or claim \"\(name)\"",
                    remedy: state.nearestFinding(to: name).map { "did you mean \"\($0)\"?" }, exitCode: 64)
            }
        }
        return ids
    }
}
