import Evidence
import FoundationEssentials
import Records
import Words

/// Prints progress. On a terminal, one line is redrawn. Elsewhere, each finished study gets one line.
struct ProgressBoard {
    private struct ActiveRun {
        var expectedSeconds: Double
        var share = 0.0
        var start = ContinuousClock.now

        var seconds: Double { (.now - start) / .seconds(1) }

        /// The expected remaining time. The measured speed corrects the first estimate, with a weight that grows with
        /// the elapsed time.
        var secondsLeft: Double {
            guard share > 0 else { return max(0, expectedSeconds - seconds) }
            return expectedSeconds * (1 - share) * (seconds + 1) / (expectedSeconds * share + 1)
        }
    }

    private let workers: Int
    private let width: Int
    private let isTerminal: Bool
    private let isQuiet: Bool
    private var finishedCount = 0
    /// The seconds spent on finished runs and finished training.
    private var spentSeconds = 0.0
    private var activeRuns: [PlannedRun: ActiveRun] = [:]
    private var studies: [Int: (runs: Int, trained: Int, seconds: Double)] = [:]
    /// Whether runs may be added to the plan.
    var mayGrow = false
    /// The tally of one claim, which the study of the last finished run tests.
    private var tally: (claim: ClaimID, text: String)?
    private var warned: Set<ClaimID> = []
    private var lastDrawn: ContinuousClock.Instant?

    init(workers: Int, terminal: Terminal, isQuiet: Bool) {
        self.workers = workers
        width = terminal.style.width
        isTerminal = terminal.isErrorTerminal
        self.isQuiet = isQuiet
    }

    /// Records that a run starts or that, after its training, it starts to measure.
    mutating func start(_ run: PlannedRun, _ plan: AuditPlan) {
        spentSeconds += activeRuns[run]?.seconds ?? 0
        activeRuns[run] = ActiveRun(expectedSeconds: plan.queue.expectedSeconds(of: run))
        draw(plan)
    }

    mutating func advance(_ run: PlannedRun, to share: Double, _ plan: AuditPlan) {
        activeRuns[run]?.share = share
        draw(plan)
    }

    /// Records that a run is finished. Prints its study if none of the study's runs is waiting or active.
    mutating func finish(_ run: PlannedRun, seconds: Double, isTrained: Bool, _ plan: AuditPlan) {
        spentSeconds += activeRuns.removeValue(forKey: run)?.seconds ?? 0
        finishedCount += 1
        studies[run.study, default: (0, 0, 0)].runs += 1
        studies[run.study, default: (0, 0, 0)].trained += isTrained ? 1 : 0
        studies[run.study, default: (0, 0, 0)].seconds += seconds
        let tallies = plan.tallies(of: run.study)
        tally = tallies.first.map { ($0.claim, $0.text) }
        if !isQuiet, let done = studies[run.study], !plan.queue.contains(study: run.study) {
            let mean = fixed(done.seconds / Double(done.runs), digits: 2)
            let pace =
                "\(counted(done.runs, "run")), \(mean) s each\(done.trained == 0 && plan.studies[run.study].batches == nil ? " on trained networks" : "")"
            writeLine("\(plan.studies[run.study].title): \(pace)\(timeLeft(plan).map { ", \($0)" } ?? "")")
            for tally in tallies { writeLine("  \(tally.claim): \(tally.text)") }
        }
        for tally in tallies {
            if let outlook = tally.outlook, !isQuiet, warned.insert(tally.claim).inserted {
                writeLine("  \(tally.claim): \(tally.text); \(outlook)")
            }
        }
        draw(plan)
    }

    mutating func remove(_ run: PlannedRun) { activeRuns[run] = nil }

    mutating func writeLine(_ text: String) {
        writeError(isTerminal ? "\r\u{1B}[K\(escapeHidden(text))\n" : "\(escapeHidden(text))\n")
        lastDrawn = nil
    }

    func end() {
        if isTerminal && !isQuiet { writeError("\r\u{1B}[K") }
    }

    private mutating func draw(_ plan: AuditPlan) {
        guard isTerminal, !isQuiet else { return }
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        lastDrawn = now
        let total = finishedCount + activeRuns.count + plan.queue.runCount
        // Progress is measured in seconds, because runs of one plan may differ in length by a factor of a thousand.
        let spent = spentSeconds + activeRuns.values.reduce(0) { $0 + $1.seconds }
        let left = activeRuns.values.reduce(0) { $0 + $1.secondsLeft } + plan.queue.seconds
        let barWidth = 24
        let filled = min(barWidth, Int(spent / max(spent + left, 1e-9) * Double(barWidth)))
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: barWidth - filled)
        let runs = "\(finishedCount) of \(mayGrow ? "at least " : "")\(total) runs"
        let line = "\(bar) \(runs)\(timeLeft(plan).map { ", \($0)" } ?? "")"
        let ends = tally.map { ["; \($0.claim): \($0.text)", "; \($0.text)", ""] } ?? [""]
        let fitting = ends.map { line + $0 }.first { $0.count < width } ?? line
        writeError("\r\u{1B}[K\(fitting.prefix(width - 1))")
    }

    private func timeLeft(_ plan: AuditPlan) -> String? {
        let left = activeRuns.values.map(\.secondsLeft)
        guard !left.isEmpty || plan.queue.runCount > 0 else { return nil }
        let shared = (left.reduce(0, +) + plan.queue.seconds) / Double(workers)
        return "about \(duration(max(shared, left.max() ?? 0, plan.queue.longestSeconds))) left"
    }
}
