import Evidence
import FoundationEssentials
import Records
import Words

/// Prints progress. On a terminal, a few lines are redrawn: the progress of all runs and the counts of open claims.
/// Elsewhere, each finished study gets a line, and a long audit gets a line from time to time.
struct ProgressBoard {
    private let workers: Int
    private let width: Int
    private let isTerminal: Bool
    private let isQuiet: Bool
    private var finishedCount = 0
    /// The seconds spent on finished runs and finished training.
    private var spentSeconds = 0.0
    private var activeRuns: [PlannedRun: (start: ContinuousClock.Instant, share: Double)] = [:]
    private var studies: [Int: (runs: Int, trained: Int, seconds: Double)] = [:]
    /// Whether runs may be added to the plan.
    var mayGrow = false
    /// The counts of the claims that are open, in the order in which their last runs finished.
    private var openTallies: [ClaimTally] = []
    private var warned: Set<String> = []
    private var lastDrawn: ContinuousClock.Instant?
    /// The number of lines that are drawn below the printed ones.
    private var drawnLines = 0

    private static let tallyLimit = 5

    init(workers: Int, terminal: Terminal, isQuiet: Bool) {
        self.workers = workers
        width = terminal.style.width
        isTerminal = terminal.isErrorTerminal
        self.isQuiet = isQuiet
    }

    /// Records that a run starts or that, after its training, it starts to measure.
    mutating func start(_ run: PlannedRun, _ plan: AuditPlan) {
        spentSeconds += seconds(of: run)
        activeRuns[run] = (.now, 0)
        draw(plan)
    }

    mutating func advance(_ run: PlannedRun, to share: Double, _ plan: AuditPlan) {
        activeRuns[run]?.share = share
        draw(plan)
    }

    /// Records that a run is finished. Prints its study if none of the study's runs is waiting or active.
    mutating func finish(_ run: PlannedRun, seconds: Double, isTrained: Bool, _ plan: AuditPlan) {
        spentSeconds += self.seconds(of: run)
        activeRuns[run] = nil
        finishedCount += 1
        studies[run.study, default: (0, 0, 0)].runs += 1
        studies[run.study, default: (0, 0, 0)].trained += isTrained ? 1 : 0
        studies[run.study, default: (0, 0, 0)].seconds += seconds
        let tallies = plan.tallies(of: run.study)
        for tally in tallies {
            openTallies.removeAll { $0.name == tally.name }
            if !tally.count.isDecided { openTallies.append(tally) }
        }
        if !isQuiet, let done = studies[run.study], !plan.queue.contains(study: run.study) {
            let mean = fixed(done.seconds / Double(done.runs), digits: 2)
            let isCached =
                done.trained == 0 && plan.studies[run.study].batches == nil
                && plan.studies[run.study].verification.kernel.program == nil
            let pace = "\(counted(done.runs, "run")), \(mean) s each\(isCached ? " on trained networks" : "")"
            writeLine("\(plan.studies[run.study].title): \(pace)\(timeLeft(plan).map { ", \($0)" } ?? "")")
            for tally in tallies { writeLine("  \(tally.phrase)") }
        }
        for tally in tallies where !isQuiet && !warned.contains(tally.name) {
            guard let outlook = tally.outlook else { continue }
            warned.insert(tally.name)
            writeLine("  \(tally.phrase); \(outlook)")
        }
        draw(plan)
    }

    mutating func remove(_ run: PlannedRun) { activeRuns[run] = nil }

    mutating func writeLine(_ text: String) {
        writeError("\(erasure)\(escapeHidden(text))\n")
        drawnLines = 0
        lastDrawn = isTerminal ? nil : .now
    }

    mutating func end() {
        writeError(erasure)
        drawnLines = 0
    }

    private func seconds(of run: PlannedRun) -> Double {
        activeRuns[run].map { (.now - $0.start) / .seconds(1) } ?? 0
    }

    /// The escape sequence that erases the drawn lines.
    private var erasure: String {
        guard isTerminal, !isQuiet else { return "" }
        return "\r" + (drawnLines > 1 ? "\u{1B}[\(drawnLines - 1)A" : "") + "\u{1B}[J"
    }

    private mutating func draw(_ plan: AuditPlan) {
        guard !isQuiet else { return }
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < (isTerminal ? .milliseconds(100) : .seconds(30)) { return }
        defer { lastDrawn = now }
        guard isTerminal else {
            // The first line comes after the interval, because the announcement has just been printed.
            if lastDrawn != nil { writeStatus(plan) }
            return
        }
        var lines = [bar(plan) + status(plan)] + shownTallies.map { "  \($0.phrase)" }
        let others = openTallies.count - Self.tallyLimit
        if others > 0 { lines.append("  and \(counted(others, "other open claim"))") }
        writeError(erasure + lines.map { escapeHidden($0).prefix(max(1, width - 1)) }.joined(separator: "\n"))
        drawnLines = lines.count
    }

    /// The claims whose runs finished last, in the order of their names, so that the lines do not jump.
    private var shownTallies: [ClaimTally] {
        openTallies.suffix(Self.tallyLimit).sorted { $0.name < $1.name }
    }

    /// Writes a line about the progress and lines about the open claims, if the output is not a terminal.
    private mutating func writeStatus(_ plan: AuditPlan) {
        writeLine(status(plan))
        for tally in shownTallies { writeLine("  \(tally.phrase)") }
    }

    private func status(_ plan: AuditPlan) -> String {
        let total = finishedCount + activeRuns.count + plan.queue.runCount
        return "\(finishedCount) of \(mayGrow ? "at least " : "")\(total) runs\(timeLeft(plan).map { ", \($0)" } ?? "")"
    }

    /// Progress is measured in seconds, because runs of one plan may differ in length by a factor of a thousand.
    private func bar(_ plan: AuditPlan) -> String {
        let spent = spentSeconds + activeRuns.keys.reduce(0) { $0 + seconds(of: $1) }
        let left = plan.queue.secondsLeft(active, cores: 1)
        let barWidth = 24
        let filled = min(barWidth, Int(spent / max(spent + left, 1e-9) * Double(barWidth)))
        return String(repeating: "█", count: filled) + String(repeating: "·", count: barWidth - filled) + " "
    }

    private var active: [ActiveRun] {
        activeRuns.map { ActiveRun($0, seconds: ($1.start.duration(to: .now)) / .seconds(1), share: $1.share) }
    }

    private func timeLeft(_ plan: AuditPlan) -> String? {
        guard !activeRuns.isEmpty || plan.queue.runCount > 0 else { return nil }
        return "about \(duration(plan.queue.secondsLeft(active, cores: workers))) left"
    }
}

extension ClaimTally {
    fileprivate var name: String { "\(claim.id)\(cellSuffix(cell))" }
}
