import Records
import Reports
import Words

/// What the files and the queue say of a job. The files decide what is finished; the queue only explains what is not.
struct JobState {
    var tasks: JobTasks
    private let plan: RunPlan
    private let shards: Int
    /// The names of the runs without a result.
    private let open: Set<String>
    private let secondsPerRun: Double?

    init(_ wave: ClusterFolder.Wave, _ results: CollectedResults, _ tasks: JobTasks = .listed([])) {
        (plan, shards, self.tasks) = (wave.plan, wave.job.shards, tasks)
        let missing = results.missing[wave.folder.path] ?? [:]
        open = Set(wave.names.filter { !results.contains($0) && missing[$0] == nil })
        secondsPerRun = results.seconds(of: wave.names)
    }

    var finished: Int { plan.runs.count - open.count }

    /// Whether every run has a result, or a reason why it has none.
    var isFinished: Bool { open.isEmpty }

    /// Whether the queue says that no task of the job will give a result any more.
    var mayHaveEnded: Bool {
        switch tasks {
        case .listed(let tasks): tasks.allSatisfy { $0.phase == .ended }
        case .forgotten: true
        case .unknown: false
        }
    }

    var endPhrase: String {
        switch tasks {
        case .listed(let tasks) where !tasks.isEmpty:
            "its tasks ended as \(listed(Set(tasks.map(\.state)).sorted()))"
        default: "the scheduler does not know it any more"
        }
    }

    /// The runs without a result whose shard made no run, with the state in which their task ended. The other shards make the
    /// rest of their runs with the next job.
    var losses: [(name: String, reason: String)] {
        let names = namesOfShards
        var reasons: [String: String] = [:]
        if case .listed(let tasks) = tasks {
            for task in tasks {
                for name in names[task.number ?? 0] ?? [] { reasons[name] = task.explainedState }
            }
        }
        let stuck = names.values.filter { $0.allSatisfy(open.contains) }.joined()
        return stuck.sorted().map { ($0, reasons[$0] ?? endPhrase) }
    }

    /// The phases of the open runs. If the queue does not tell the numbers of tasks, all open runs have the phase of the most
    /// advanced task.
    var phases: [String: JobTask.Phase] {
        guard case .listed(let tasks) = tasks else { return [:] }
        let shards = namesOfShards
        var phases: [String: JobTask.Phase] = [:]
        for task in tasks.sorted(by: { $0.phase == .waiting && $1.phase == .running }) where task.phase != .ended {
            let names = task.number.map { shards[$0] ?? [] } ?? Array(open)
            for name in names where open.contains(name) { phases[name] = task.phase }
        }
        return phases
    }

    /// The names of the runs of each shard, by its number.
    private var namesOfShards: [Int: [String]] {
        Dictionary(
            uniqueKeysWithValues: plan.shards(shards).enumerated().map { ($0 + 1, $1.joined().map(plan.name)) })
    }

    func report(_ wave: ClusterFolder.Wave, _ scheduler: Scheduler) -> ClusterStatus.Job {
        ClusterStatus.Job(
            id: wave.job.id, folder: wave.folder.path, runs: plan.runs.count, finished: finished,
            shards: shards, runningTasks: count(.running), waitingTasks: count(.waiting), reasons: reasons(wave.job),
            secondsLeft: secondsLeft(cpus: scheduler.profile.cpus), ended: wave.job.ended,
            sentence: line(wave.job, scheduler))
    }

    /// The number of tasks in a phase.
    func count(_ phase: JobTask.Phase) -> Int {
        guard case .listed(let tasks) = tasks else { return 0 }
        return tasks.count { $0.phase == phase }
    }

    /// The expected time until the running tasks have made their share, if some run has finished.
    private func secondsLeft(cpus: Int) -> Double? {
        guard let secondsPerRun, count(.running) > 0, count(.waiting) == 0 else { return nil }
        return secondsPerRun * Double(open.count) / Double(count(.running) * cpus)
    }

    /// The reasons for which tasks wait, with what can be done.
    func reasons(_ job: ScheduledJob) -> [String] {
        guard case .listed(let tasks) = tasks else { return [] }
        let waiting = tasks.filter { $0.phase == .waiting && !$0.reason.isEmpty }
        let groups = Dictionary(grouping: waiting, by: \.reason).sorted { $0.key < $1.key }
        return groups.map { reason, tasks in
            let remedy = tasks.lazy.compactMap { $0.remedy(job) }.first
            return "\(reason)\(remedy.map { ": \($0)" } ?? "")"
        }
    }

    /// One line about the job, such as `job 12 on slurm: 3 of 128 runs finished; 2 tasks run, 14 wait (Priority)`.
    func line(_ job: ScheduledJob, _ scheduler: Scheduler) -> String {
        let start =
            "job \(job.id ?? job.name) on \(scheduler.profileName): \(finished) of \(counted(plan.runs.count, "run")) finished"
        if isFinished {
            let rest = count(.waiting)
            guard rest > 0 else { return start }
            let remedy = scheduler.cancelLine(job).map { ": \($0)" } ?? ""
            return
                "\(start); \(counted(rest, "task")) of it \(rest == 1 ? "is" : "are") still in the queue and not needed\(remedy)"
        }
        switch tasks {
        case .unknown(let reason):
            return "\(start); the scheduler does not answer (\(reason)), and the results are counted as they arrive"
        case .forgotten: return "\(start); the scheduler does not know the job any more"
        case .listed:
            guard !mayHaveEnded else { return "\(start); \(endPhrase)" }
            var parts = ["\(start); \(counted(count(.running), "task")) run, \(count(.waiting)) wait"]
            let reasons = reasons(job)
            if !reasons.isEmpty { parts[0] += " (\(reasons.joined(separator: "; ")))" }
            if let left = secondsLeft(cpus: scheduler.profile.cpus) { parts.append("about \(duration(left)) left") }
            return parts.joined(separator: "; ")
        }
    }
}

extension JobTask {
    /// The state in which a task ended, with what can be done about it.
    fileprivate var explainedState: String {
        let remedies = [
            "TIMEOUT": "raise --time in `options` of the profile",
            "OUT_OF_MEMORY": "raise `budget.memory_gib` of the model, or --mem in `options` of the profile",
            "NODE_FAIL": "the node failed", "BOOT_FAIL": "the node did not start",
            "PREEMPTED": "another job took the node", "CANCELLED": "it was cancelled",
            "DEADLINE": "its deadline passed", "FAILED": "see its log in the folder of the plan",
        ]
        return remedies[state].map { "\(state) (\($0))" } ?? state
    }
}
