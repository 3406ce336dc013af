import ArgumentParser
import Evidence
import FoundationEssentials
import Git
import Records
import Reports
import Words

/// The number of one shard and of all, such as `3/16`.
struct ShardArgument: ExpressibleByArgument {
    var number: Int
    var count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]), (1...100_000).contains(count),
            (1...count).contains(number)
        else { return nil }
        (self.number, self.count) = (number, count)
    }
}

extension AuditSession {
    /// Writes a plan of the runs that the claims need next into a folder. A plan without runs says that they need none.
    func writePlan(into path: String, _ executor: LocalExecutor, again: Bool)
        async throws
    {
        let folder = PlanFolder(workspace.absolutePath(path))
        let prepared = try await prepare(selection.claims, selection.skipped, on: .unknown)
        var planned = try await collect(CollectedResults(), prepared, executor, again: again).planned
        let runs = planned.plan.startWave()
        let plan = try write(
            runs, of: planned.studies, prepared, into: folder)
        for (claim, reason) in prepared.skipped { writeError("skipped \(claim): \(escapeHidden(reason))\n") }
        guard !runs.isEmpty else {
            writeOutput("No claim needs runs. The plan in \(escapeHidden(path)) is empty.\n")
            return
        }
        let shards = plan.shardCount(atMost: 32, cores: 1)
        writeOutput(
            """
            \(counted(runs.count, "run")) of \(counted(plan.studies.count, "study", "studies")) planned in \
            \(escapeHidden(path)), about \(duration(plan.seconds)) on one core.

            """)
        writeNext(
            "arbor-ledger verify --shard 1/\(shards) --into \(shellQuoted(path)), for each of \(counted(shards, "shard"))"
        )
    }

    /// Writes receipts of the results in the folder of a plan.
    func collectPlan(in path: String, _ executor: LocalExecutor, again: Bool) async throws -> VerifyReport {
        let folder = PlanFolder(workspace.absolutePath(path))
        let plan = try folder.plan()
        var own = selection.claims
        let digests = Set(plan.studies.map(\.digest))
        own.removeAll { audited in
            !audited.verification.cells.flatMap(\.studies).contains { digests.contains($0.digest) }
        }
        let name = runner.key?.key.text ?? runner.name
        guard plan.runner.hasSameBytes(as: name) else {
            throw Refusal(
                message: "the seeds of this plan are those of \(plan.runner), and you are \(name)",
                remedy: "let the person who made the plan collect it; receipts of foreign seeds count for nothing")
        }
        let prepared = try await prepare(own, selection.skipped, on: .unknown)
        var results = CollectedResults()
        let count = results.read([folder])
        for reason in results.takeIgnored() { writeError("arbor-ledger: ignored: \(escapeHidden(reason))\n") }
        let (planned, notes) = try await collect(results, prepared, executor, again: again)
        let used = planned.saved.count + planned.others.reduce(0) { $0 + $1.count }
        let unfitting = results.count - results.fittingCount(planned.studies)
        if unfitting > 0 {
            writeError(
                "arbor-ledger: \(counted(unfitting, "result")) \(unfitting == 1 ? "belongs" : "belong") to no claim as it is now, or \(unfitting == 1 ? "does" : "do") not fit its measurement\n"
            )
        }
        for note in notes { writeError("arbor-ledger: \(note)\n") }
        writeError(
            "\(counted(count, "result")) of \(counted(plan.runs.count, "run")) in \(escapeHidden(path)); \(used) in no receipt yet\n"
        )
        let failures = plan.runs.compactMap { run -> FailedRun? in
            let name = plan.name(of: run)
            guard !results.contains(name), let reason = results.missing[folder.path]?[name] else { return nil }
            return FailedRun(run: "\(plan.studies[run.study].title), seed \(run.index)", reason: reason)
        }
        var report = try await conclude(prepared, planned, failures: failures, cores: 1).report
        report.continuation = .newPlan
        return report
    }
}
