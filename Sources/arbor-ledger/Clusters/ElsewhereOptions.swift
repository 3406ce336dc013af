import ArgumentParser
import FoundationEssentials
import Git
import Records
import Reports
import Words

/// The options of `verify` for runs on other machines.
struct ElsewhereOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Make the runs on a cluster: slurm, pbs, lsf, sge, or a profile in ~/.config/arbor-ledger/clusters.",
            valueName: "profile"))
    var on: String?

    @Flag(help: "With --on: submit the next runs and do not wait for them.")
    var detach = false

    @Flag(help: "With --on: print what is planned, queued, running and finished, and submit nothing.")
    var status = false

    @Flag(help: "With --on: cancel the jobs that this clone submitted.")
    var cancel = false

    @Option(
        help: ArgumentHelp("Write a plan of the next runs into a new folder, and run nothing.", valueName: "folder"),
        completion: .directory)
    var plan: String?

    @Option(
        help: ArgumentHelp(
            "Make one shard of the planned runs of --into, such as 3/16. This needs no ledger and no key.",
            valueName: "k/n"))
    var shard: ShardArgument?

    @Option(
        help: ArgumentHelp("With --shard: the folder with the plan and its results.", valueName: "folder"),
        completion: .directory)
    var into: String?

    @Option(
        help: ArgumentHelp(
            "Write receipts of the results in the folder of a plan, and run nothing.", valueName: "folder"),
        completion: .directory)
    var collect: String?

    /// Whether runs of the ledger are planned for other machines, or collected from them.
    var isUsed: Bool { on != nil || plan != nil || collect != nil }

    func validate() throws {
        let modes = [on != nil, plan != nil, shard != nil, collect != nil].count { $0 }
        if modes > 1 { throw ValidationError("--on, --plan, --shard and --collect exclude each other") }
        if (shard == nil) != (into == nil) { throw ValidationError("--shard and --into need each other") }
        if on == nil, detach || status || cancel {
            throw ValidationError("--detach, --status and --cancel need --on: they concern the jobs of a cluster")
        }
        if [detach, status, cancel].count(where: { $0 }) > 1 {
            throw ValidationError("--detach, --status and --cancel exclude each other")
        }
    }

    /// Refuses options of `verify` that have no effect together with these.
    func validate(
        isRepeat: Bool, hasBudget: Bool, hasJobs: Bool, names: [String], at: String?,
        _ format: FormatOption<VerifyReport>
    ) throws {
        guard isUsed || shard != nil else { return }
        if isRepeat { throw ValidationError("--repeat, --sample, --record and --sign work only on this machine") }
        if hasBudget { throw ValidationError("--budget limits the runs of this machine") }
        if hasJobs, shard == nil { throw ValidationError("--jobs is for runs on this machine; a profile has `cpus`") }
        if at != nil {
            throw ValidationError("runs on other machines are planned from the work tree, not --at a commit")
        }
        if shard != nil, !names.isEmpty {
            throw ValidationError("--shard makes the runs of its plan, not those of \(names[0])")
        }
        if plan != nil || shard != nil || cancel || detach, !format.isText {
            throw ValidationError("--plan, --shard, --detach and --cancel have no --format")
        }
        if status { try format.requireFormat(of: ClusterStatus.self) }
    }

    func run(
        _ session: AuditSession, _ executor: LocalExecutor, _ choice: KernelOptions.Choice, again: Bool,
        _ format: FormatOption<VerifyReport>, _ style: TextStyle
    ) async throws -> ExitCode {
        if let plan {
            try await session.writePlan(into: plan, executor, again: again)
            return .success
        }
        let result: VerifyReport?
        if let collect {
            result = try await session.collectPlan(in: collect, executor, again: again)
        } else {
            let scheduler = try session.workspace.scheduler(named: on ?? "")
            var audit = ClusterAudit(session, scheduler, executor, choice, isQuiet: format.isQuiet)
            if status {
                try format.print(try await audit.status(again: again))
                return .success
            }
            if cancel {
                let jobs = try await audit.cancel()
                writeOutput(
                    jobs.isEmpty
                        ? "No job of this clone is active on \(scheduler.profileName).\n"
                        : "Cancelled \(listed(jobs)). Results that are here already are kept.\n")
                return .success
            }
            let command = try session.surroundings.command
            onInterrupt(
                "arbor-ledger: stopped; the jobs go on, and the same command collects their results:\n  \(command)\n")
            result = try await audit.run(again: again, detaches: detach)
            if result == nil {
                writeNext("\(command.replacing(" --detach", with: "")), or the same with --status")
            }
        }
        guard let result else { return .success }
        try format.print(result, style: style)
        if format.isText { writeNext(result.next(try session.surroundings)) }
        return result.exitCode
    }
}

/// Makes one shard of a plan. The exit status is 1 if a run could not be made.
func makeShard(
    _ shard: ShardArgument, _ folder: String, _ choice: KernelOptions.Choice, workers: Int
) async throws {
    try await reportingErrors {
        let current = FileManager.default.currentDirectoryPath
        let path = folder.startsWithBytes("/") ? folder : "\(current)/\(folder)"
        onInterrupt("arbor-ledger: stopped; finished runs are saved\n")
        let runner = try ShardRunner(
            PlanFolder(path), environment: ProcessInfo.processInfo.environment, workers: workers, choice)
        return try await runner.run(shard: shard.number, of: shard.count) ? .success : .failure
    }
}

extension Workspace {
    /// Returns the scheduler of a profile. The profiles slurm, pbs, lsf and sge need no file.
    func scheduler(named name: String) throws -> Scheduler {
        let known = ClusterProfile.SchedulerName(rawValue: name).map(ClusterProfile.init)
        let folder = userFolder(environment).map { "\($0)/clusters" }
        guard isFileName(name) else {
            throw Refusal(
                message: "\"\(name)\" cannot be the name of a profile", remedy: "use letters, digits, `-` and `_`",
                exitCode: 64)
        }
        guard let folder, fileExists("\(folder)/\(name).yaml") else {
            if let known, name != ClusterProfile.SchedulerName.other.rawValue { return Scheduler(name, known) }
            let others =
                folder.flatMap { try? listFolder($0) }?.map(\.name).filter { $0.hasSuffix(".yaml") }
                .map { String($0.dropLast(5)) } ?? []
            throw Refusal(
                message: "there is no cluster profile \"\(name)\"",
                remedy: didYouMean(name, others + ["slurm", "pbs", "lsf", "sge"])
                    ?? "write \(folder ?? "~/.config/arbor-ledger/clusters")/\(name).yaml; docs/clusters.md has examples",
                exitCode: 64)
        }
        let path = "\(folder)/\(name).yaml"
        guard case .bytes(let bytes) = try readFile(path, limit: recordByteLimit) else {
            throw Refusal(message: "\(path) is too large", exitCode: 2)
        }
        let (profile, diagnostics) = decodeClusterProfile(bytes, path: path)
        for diagnostic in diagnostics {
            writeError("\(diagnostic.path):\(diagnostic.mark.line): \(escapeHidden(diagnostic.message))\n")
            if let fix = diagnostic.fix { writeError("  -> \(escapeHidden(fix))\n") }
        }
        guard let profile else {
            throw Refusal(
                message: "the cluster profile \(path) has mistakes", remedy: "correct the lines above", exitCode: 1)
        }
        return Scheduler(name, profile)
    }
}

private func isFileName(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy {
            ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x2D || $0 == 0x5F
        }
}
