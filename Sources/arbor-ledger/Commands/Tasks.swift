import ArgumentParser
import Checking
import Editing
import Evidence
import FoundationEssentials
import Merging
import Records
import Reports
import Words

struct Tasks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what is worth doing next, take a task, or make a deciding run.",
        discussion: """
            The importance of a task is first the number of undecided questions above it that its outcome alone could \
            decide, and second the share of cases in which it decides the nearest of them. A case is a combination of \
            outcomes of the other open questions. Cost is the time of the runs still needed, or the effort that the \
            question declares. Tasks are listed by the Pareto rank of importance and cost; the cheapest tasks of rank \
            1 are the low-hanging fruit.

            Examples (replace QUANTITY by that of a listed deciding run):
              arbor-ledger tasks
              arbor-ledger tasks superposition --sort votes
              arbor-ledger tasks --minutes 10
              arbor-ledger tasks take needs-general-run:superposition
              arbor-ledger tasks --kind deciding-run
              arbor-ledger tasks run deciding-run:QUANTITY
            """,
        subcommands: [ListTasks.self, TakeTask.self, RunTask.self], defaultSubcommand: ListTasks.self)
}

struct ListTasks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what is worth doing next (the default).")

    @OptionGroup var report: ReportOptions<TaskReport>

    @Option(help: "Sort by rank, importance, cost or votes.")
    var sort = TaskOrder.rank

    @Option(help: ArgumentHelp("Only tasks of this kind; repeat for several.", valueName: "kind"))
    var kind: [LedgerTask.Kind] = []

    @Flag(help: "Only tasks that this machine can do.")
    var runnable = false

    @Option(
        help: ArgumentHelp("Only tasks that this machine can do in this time.", valueName: "minutes"))
    var minutes: Double?

    @Flag(help: "List all tasks, not only the first 20 without the caveats that name no test.")
    var all = false

    @Argument(
        help: "Only tasks below this question; importance is then relative to it.",
        completion: .names(\.questions))
    var question: String?

    func validate() throws {
        if let minutes, !(minutes > 0 && minutes.isFinite) {
            throw ValidationError("--minutes must be a positive number, such as 30 or 0.5")
        }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            try workspace.report(of: report.snapshot) { source in
                let loaded = try workspace.load(source)
                if let question { try requireQuestion(question, loaded.ledger.state) }
                let merge = loaded.merge()
                var tasks = merge.tasks(below: question, today: today())
                if !kind.isEmpty { tasks.removeAll { !kind.contains($0.kind) } }
                if runnable || minutes != nil { tasks.removeAll { !$0.isRunnable } }
                if let minutes { tasks.removeAll { ($0.costSeconds ?? .infinity) > minutes * 60 } }
                tasks = sort.sorted(tasks)
                let output = try report.format.written(
                    TaskReport(
                        tasks, shownCount: all ? .max : 20, isFiltered: !kind.isEmpty || runnable || minutes != nil,
                        isSaltUnchecked: merge.evidence.isSaltUnchecked))
                return FinishedReport(output: output, notes: errorNote(loaded.ledger) ?? "")
            }.show()
        }
    }
}

extension LedgerTask.Kind: ExpressibleByArgument {}

extension TaskOrder: ExpressibleByArgument {}

struct TakeTask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take",
        abstract: "Write a planned finding that reserves a task.",
        discussion: """
            The file states the quantity, the cell and the expected value before any run. Review it, then submit it; the \
            reservation lapses after its date. Nothing is committed.

            Example:
              arbor-ledger tasks take needs-general-run:superposition \\
                --expect "[0.45, 0.55]"
            """)

    @Option(help: ArgumentHelp("The last day of the reservation (default: in 30 days).", valueName: "date"))
    var until: String?

    @Option(help: ArgumentHelp("The expected value, in the form of a claim's `value`.", valueName: "value"))
    var expect: String?

    @Argument(help: "The task's id, as `arbor-ledger tasks` lists it.", completion: .tasks)
    var id: String

    func validate() throws {
        guard let until else { return }
        if !isDate(until) { throw ValidationError("--until takes a date such as 2027-01-31") }
        if hasPassed(until, today: today()) { throw ValidationError("--until takes a date that is not past") }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let (task, merge) = try await workspace.task(named: id)
            let value = try expect.map { text throws(Refusal) in
                guard let value = ValueSet(text) else {
                    throw Refusal(
                        message: "\"\(text)\" is not a valid value",
                        remedy: "write it as in a finding: [0.4, 0.6] or {at_least: 0.9}",
                        exitCode: 64)
                }
                if let mistake = task.mistake(expecting: value, in: merge.state) {
                    throw Refusal(message: mistake.message, remedy: mistake.fix, exitCode: 64)
                }
                return value
            }
            let planned = try workspace.plan(task, in: merge, until: until, expecting: value)
            try workspace.file(planned)
            warnAboutPlans(for: task)
            writeOutput("wrote  \(escapeHidden(planned.path))\n")
            writeNext("review it, then arbor-ledger submit \(planned.path)")
            return .success
        }
    }
}

struct RunTask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Make a deciding run with a kernel, and write its outcome as a planned finding.",
        discussion: """
            Runs a few unsalted seeds at the task's cell, prints which side they support, and writes a planned finding \
            with the measured values for you to review. Only its audit decides.

            Example (replace QUANTITY by that of a listed deciding run):
              arbor-ledger tasks run deciding-run:QUANTITY
            """)

    @OptionGroup var kernels: KernelOptions

    @Option(help: ArgumentHelp("Number of seeds (default: as many as could decide a claim).", valueName: "n"))
    var seeds: Int?

    @Argument(help: "The task's id, as `arbor-ledger tasks` lists it.", completion: .tasks)
    var id: String

    func validate() throws {
        if let seeds, !(1...runLimit).contains(seeds) { throw ValidationError("--seeds takes 1 to \(runLimit)") }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let (task, merge) = try await workspace.task(named: id)
            if task.isProposed, let command = task.command {
                throw Refusal(
                    message: "no claim says at which settings to measure for \"\(id)\"",
                    remedy:
                        "look at some values first: \(command); then write the claim with `arbor-ledger new finding`")
            }
            guard task.verifier != nil, let base = task.base else {
                throw Refusal(
                    message: "no kernel can run \"\(id)\"",
                    remedy: "reserve it with `arbor-ledger tasks take \(id)`")
            }
            guard let audited = merge.exploration(of: task) else {
                throw Refusal(message: "the verifier of \"\(base)\" cannot measure that cell", remedy: nil)
            }
            let explored = try await workspace.explore(
                audited, runs: seeds ?? merge.runsNeeded(base), TraceSamples(merge.ledger, AuditTrail()),
                kernels.choice)
            for failure in explored.failures { writeError("arbor-ledger: \(escapeHidden(failure.phrase))\n") }
            let exploration = Exploration(
                of: task, audited, values: explored.values, runCount: explored.runCount, in: merge)
            guard let exploration else { throw Refusal(message: "no run produced a value", remedy: nil) }
            let planned = try workspace.plan(task, in: merge, until: nil, outcome: exploration.outcome)
            try workspace.file(planned)
            warnAboutPlans(for: task)
            writeOutput(explorationText(exploration, style: Terminal.current.style))
            writeOutput("wrote  \(escapeHidden(planned.path))\n")
            writeNext("review it, then arbor-ledger submit \(planned.path)")
            return .success
        }
    }
}

extension Workspace {
    /// Finds a task in the work tree's ledger; refuses a bare repository.
    fileprivate func task(named id: String) async throws -> (LedgerTask, Merge) {
        try requireWorkTree()
        let merge = try load(.workTree).merge()
        let tasks = merge.tasks(today: today())
        if let task = tasks.first(where: { $0.id == id }) { return (task, merge) }
        throw Refusal(
            message: "there is no task \"\(id)\"",
            remedy: nearestTask(to: id, among: tasks).map { "did you mean \"\($0)\"?" }
                ?? "`arbor-ledger tasks --all` lists them", exitCode: 64)
    }
}

private func warnAboutPlans(for task: LedgerTask) {
    guard !task.takenBy.isEmpty else { return }
    writeError("arbor-ledger: already taken by \(task.takenBy.joined(separator: ", "))\n")
}

extension Workspace {
    fileprivate func plan(
        _ task: LedgerTask, in merge: Merge, until: String?, expecting value: ValueSet? = nil, outcome: Outcome? = nil
    ) throws -> PlannedFinding {
        let name = try repository().identity(.author, environment: environment).contributor
        let planned = task.planned(
            in: merge, by: name, today: today(), until: until ?? today(plusDays: 30), expecting: value, outcome: outcome
        )
        guard let planned else {
            throw Refusal(
                message: "\"\(task.id)\" has no quantity, so no finding can plan it",
                remedy: "change the question tree in a commit: \(task.phrase)")
        }
        return planned
    }

    /// Writes the file of a planned finding; refuses to overwrite an existing file.
    fileprivate func file(_ planned: PlannedFinding) throws {
        let path = "\(root)/\(planned.path)"
        guard !fileExists(path) else {
            throw Refusal(message: "\(planned.path) already exists", remedy: "edit it, or move it aside")
        }
        try writeFile(path, Array(planned.text.utf8))
    }

    /// Makes the runs 0..<count of a claim's first cell. They use the empty salt, and no receipt is written. Returns
    /// their values, the number of finished runs, and the failures.
    fileprivate func explore(
        _ audited: AuditedClaim, runs count: Int, _ samples: TraceSamples, _ options: KernelOptions.Choice
    ) async throws -> (values: [Double], runCount: Int, failures: [FailedRun]) {
        let studies = studiesToRun([audited], samples).filter { !$0.study.isControl }.prefix(1)
        let made = try await makeUnsaltedRuns(count, of: Array(studies), options)
        let rule = audited.verification.hitRule(of: audited.claim)
        let runs = made.runs.flatMap(\.self)
        let values = runs.compactMap(rule.value).filter(\.isFinite)
        return (values, runs.count, made.failures)
    }
}
