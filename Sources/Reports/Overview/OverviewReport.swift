import Checking
import Evidence
import Merging
import Records
import Words

/// The ledger on one screen: the answers with their evidence, the new findings, the worst disagreements, and the next
/// tasks.
package struct OverviewReport: Report {
    /// A finding and the commit that added it.
    package struct NewFinding: Sendable {
        package var slug: String
        package var title: String
        /// The ISO date of the commit.
        package var date: String
        package var author: String

        package init(slug: String, title: String, date: String, author: String) {
            (self.slug, self.title, self.date, self.author) = (slug, title, date, author)
        }
    }

    package var northStar: Answer?
    package var counts: BriefReport.Counts
    package var questionCount: Int
    package var findingCount: Int
    package var traceCount: Int
    /// The numbers of claims in the merge by evidence, strongest first, and of those that runs refuted. Levels without
    /// claims are missing.
    package var evidence: [(level: EvidenceLevel, claims: Int)]
    package var refuted: Int
    package var errorCount: Int
    /// The newest findings, the newest first.
    package var newFindings: [NewFinding]
    package var totals: DiscordTotals
    /// The most serious disagreements.
    package var disagreements: [ConflictReport.Subject]
    /// The tasks to do first: those that this machine can do come before others.
    package var tasks: [LedgerTask]
    /// Whether an interrupted `verify` left finished runs without a receipt.
    package var hasSavedRuns: Bool
    /// The number of claims that a toy model of the ledger can re-run and that have no run yet.
    package var claimsWithoutRuns: Int

    package static let name = "the overview"
    package static let renderers = [
        Renderer("text", "one screen, for the terminal", overviewText), Renderer("json", "every field", json),
    ]

    /// `today` is an ISO date, at which plans may have lapsed.
    package init(_ merge: Merge, newFindings: [NewFinding], hasSavedRuns: Bool, today: String) {
        let answers = merge.answers()
        let allTasks = merge.tasks(today: today, answers: answers)
        let conflicts = ConflictReport(merge)
        northStar = answers[RecordPlace.rootQuestion]
        counts = BriefReport(merge, answers, allTasks).counts
        questionCount = answers.count
        findingCount = merge.state.findings.count
        traceCount = merge.state.traces.count
        let members = Array(merge.members)
        let confirmed = members.filter { !$0.isRefuted }
        evidence = EvidenceLevel.allCases.reversed().compactMap { level in
            let count = confirmed.count { $0.evidence.evidence == level }
            return count > 0 ? (level, count) : nil
        }
        refuted = members.count - confirmed.count
        errorCount = merge.ledger.counts.errors
        self.newFindings = newFindings
        totals = conflicts.totals
        disagreements = Array(
            conflicts.subjects.filter { $0.found.home != nil && $0.standing <= .differentParts }.prefix(3))
        let free = allTasks.filter { $0.isUseful && !$0.isMinor && $0.takenBy.isEmpty }
        tasks = Array((free.filter(\.isRunnable) + free.filter { !$0.isRunnable }).prefix(3))
        self.hasSavedRuns = hasSavedRuns
        claimsWithoutRuns = members.count { member in
            !member.evidence.cells.isEmpty && member.evidence.verdict == .none && member.evidence.offeredRuns == 0
        }
    }

    /// The command to start with, and why.
    var next: (command: String, reason: String) {
        if errorCount > 0 { return ("arbor-ledger check", "lists \(counted(errorCount, "error")) to correct") }
        if northStar == nil { return ("arbor-ledger new question .", "writes the north star") }
        if findingCount == 0 { return ("arbor-ledger new finding", "writes the first finding") }
        if hasSavedRuns { return ("arbor-ledger verify", "resumes an interrupted audit") }
        if claimsWithoutRuns > 0 {
            return ("arbor-ledger verify", "re-runs \(counted(claimsWithoutRuns, "claim")) for the first time")
        }
        if let command = tasks.first(where: \.isRunnable)?.command { return (command, "does the first task above") }
        return ("arbor-ledger tasks", "lists what is worth doing")
    }
}

/// Writes each part with its name in a column on the left.
func overviewText(_ report: OverviewReport, style: TextStyle) -> String {
    var lines: [String] = []
    if let northStar = report.northStar {
        lines = [
            style.bold(style.wrapped(northStar.question.text, indent: 0)),
            style.paint(northStar.status, style.wrapped(statusLine(northStar), indent: 4, first: 2)), "",
        ]
    }
    let isNarrow = style.width < 60
    func add(_ name: String, _ texts: [String]) {
        if isNarrow, !texts.isEmpty { lines.append(style.bold(name)) }
        for (place, text) in texts.enumerated() {
            guard !isNarrow else {
                lines.append(style.wrapped(text, indent: 4, first: 2))
                continue
            }
            let body = style.wrapped(text, indent: 13, first: 11)
            lines.append(place == 0 ? style.bold(name) + String(body.dropFirst(name.count)) : body)
        }
    }
    add("Known", [report.knownPhrase])
    add("Evidence", [report.evidencePhrase])
    if report.errorCount > 0 {
        add("Errors", ["\(counted(report.errorCount, "error")); their files are left out here"])
    }
    add("New", report.newFindings.map { "\($0.date) \($0.slug): \($0.title) (\($0.author))" })
    add(
        "Disputes",
        report.disagreements.isEmpty
            ? ["none between different contributors"]
            : report.disagreements.map { "\($0.found.quantity): \(headline($0.found))" })
    add("To do", report.tasks.map { "\($0.id): \($0.phrase) (\($0.costPhrase))" })
    let next = report.next
    lines += ["", style.wrapped("Next: \(next.command) (\(next.reason))", indent: 2, first: 0)]
    lines.append(
        style.dim(
            style.wrapped(
                "More: arbor-ledger merge --brief, conflicts, tasks, list findings, find TEXT, show ID, help.",
                indent: 2,
                first: 0)))
    return lines.joined(separator: "\n") + "\n"
}

extension OverviewReport {
    fileprivate var knownPhrase: String {
        let parts = [
            "\(counts.answeredForGeneralModels) answered for general models",
            "\(counts.answeredForOtherModels) only for other models", "\(counts.inDispute) in dispute",
            "\(counts.unanswered) open",
        ]
        return
            "\(counted(questionCount, "question")), \(counts.leaves) of them without parts: \(parts.joined(separator: ", "))"
    }

    fileprivate var evidencePhrase: String {
        let claims = evidence.reduce(refuted) { $0 + $1.claims }
        let levels =
            evidence.map { "\($0.claims) \($0.level == .ownRun && $0.claims != 1 ? "own runs" : $0.level.phrase)" }
            + (refuted > 0 ? ["\(refuted) refuted by runs"] : [])
        let traces = traceCount > 0 ? "; \(counted(traceCount, "trace"))" : ""
        let split = levels.isEmpty ? "" : ": \(levels.joined(separator: ", "))"
        return "\(counted(findingCount, "finding")) with \(counted(claims, "claim"))\(split)\(traces)"
    }
}

extension OverviewReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.objects("disagreements", disagreements) { subject, json in
            json.add("headline", headline(subject.found))
            json.add("quantity", subject.found.quantity)
            json.add("standing", subject.standing.rawValue)
        }
        json.add("errors", errorCount)
        json.add("evidence") { json in
            json.object { json in
                for (level, count) in evidence.sorted(by: { $0.level.rawValue < $1.level.rawValue }) {
                    json.add(level.rawValue, count)
                }
            }
        }
        json.add("findings", findingCount)
        json.add("leaves") { json in
            json.object { json in
                json.add("all", counts.leaves)
                json.add("answered_for_general_models", counts.answeredForGeneralModels)
                json.add("answered_for_other_models", counts.answeredForOtherModels)
                json.add("in_dispute", counts.inDispute)
                json.add("open", counts.unanswered)
            }
        }
        json.objects("new_findings", newFindings) { finding, json in
            json.add("author", finding.author)
            json.add("date", finding.date)
            json.add("slug", finding.slug)
            json.add("title", finding.title)
        }
        json.add("next", next.command)
        json.add("north_star", northStar?.question.text)
        json.add("questions", questionCount)
        json.add("refuted", refuted)
        json.add("status", northStar?.status.rawValue)
        json.add("tasks", tasks)
        json.add("traces", traceCount)
    }
}
