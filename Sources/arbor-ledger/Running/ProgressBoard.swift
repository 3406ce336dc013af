import Foundation
import Ledger

/// Shows how far a set of runs is: one redrawn line on a terminal, a line per finished study elsewhere.
actor ProgressBoard {
    private let total: Int
    private let workers: Int
    private let isTerminal: Bool
    private let isQuiet: Bool
    private var finished = 0
    private var finishedSeconds = 0.0
    private var running: [Int: (share: Double, start: ContinuousClock.Instant)] = [:]
    private var studies: [String: (runs: Int, seconds: Double)] = [:]
    private var lastDrawn: ContinuousClock.Instant?

    init(total: Int, workers: Int, terminal: Terminal, isQuiet: Bool) {
        self.total = total
        self.workers = workers
        isTerminal = terminal.isErrorTerminal
        self.isQuiet = isQuiet
    }

    func start(_ id: Int) {
        running[id] = (0, .now)
        draw()
    }

    func advance(_ id: Int, to share: Double) {
        running[id]?.share = share
        draw()
    }

    /// `study` says what was run, whatever the seed; it is told of when `runCount` runs of it are finished.
    func finish(_ id: Int, _ study: String, seconds: Double, of runCount: Int) {
        finished += 1
        studies[study, default: (0, 0)].runs += 1
        studies[study, default: (0, 0)].seconds += seconds
        if let start = running.removeValue(forKey: id)?.start { finishedSeconds += (.now - start) / .seconds(1) }
        guard !isQuiet, let done = studies[study], done.runs == runCount else {
            draw()
            return
        }
        let mean = String(format: "%.2f", done.seconds / Double(done.runs))
        let line =
            "\(study): \(done.runs) run\(done.runs == 1 ? "" : "s"), \(mean) s each\(timeLeft.map { ", \($0)" } ?? "")"
        writeError(isTerminal ? "\r\u{1B}[K\(line)\n" : "\(line)\n")
        lastDrawn = nil
        draw()
    }

    func say(_ text: String) {
        writeError(isTerminal ? "\r\u{1B}[K\(visible(text))\n" : "\(visible(text))\n")
    }

    func end() {
        if isTerminal && !isQuiet { writeError("\r\u{1B}[K") }
    }

    private func draw() {
        guard isTerminal, !isQuiet else { return }
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        lastDrawn = now
        let done = (Double(finished) + running.values.reduce(0) { $0 + $1.share }) / Double(max(total, 1))
        let width = 24
        let filled = min(width, Int(done * Double(width)))
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        writeError("\r\u{1B}[K\(bar) \(finished) of \(total) runs\(timeLeft.map { ", \($0)" } ?? "")")
    }

    /// From the runs that are finished, or as far as those under way have come.
    private var timeLeft: String? {
        guard finished < total else { return nil }
        let mean: Double
        if finished > 0 {
            mean = finishedSeconds / Double(finished)
        } else {
            let estimates = running.values.filter { $0.share > 0.02 }.map { (.now - $0.start) / .seconds(1) / $0.share }
            guard !estimates.isEmpty else { return nil }
            mean = estimates.reduce(0, +) / Double(estimates.count)
        }
        let open = Double(total - finished) - running.values.reduce(0) { $0 + $1.share }
        return "about \(duration(max(0, open) * mean / Double(workers))) left"
    }
}

/// `8 s`, `3 min`, `2 h 10 min`.
func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 90 { return "\(max(1, whole)) s" }
    let minutes = (whole + 30) / 60
    return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
}
