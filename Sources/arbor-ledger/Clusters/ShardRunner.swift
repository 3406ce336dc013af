import Evidence
import FoundationEssentials
import Glibc
import KernelInterface
import Kernels
import Records
import Words

/// Makes the runs of one shard of a plan and writes each result into the plan's folder. It needs no ledger, no key and no
/// network.
struct ShardRunner {
    private let folder: PlanFolder
    private let plan: RunPlan
    private let executor: LocalExecutor
    private let workers: Int
    private let kinds: [RunKind]
    /// The trained networks of this shard; nil if no study trains networks here.
    private let networks: NetworkFolder?

    /// A study of the plan, with the records that its runs need.
    private struct RunKind {
        var model: ToyModel
        var kernel: KernelDescription
    }

    init(
        _ folder: PlanFolder, environment: [String: String], workers: Int, _ choice: KernelOptions.Choice
    ) throws {
        (self.folder, self.workers) = (folder, workers)
        let plan = try folder.plan()
        self.plan = plan
        let key = HMACKey(environment: environment)
        let home = KernelHome(
            records: folder.records, cacheDirectory: try folder.cache, hmacKey: key, environment: environment)
        executor = try LocalExecutor(
            home,
            choice)
        kinds = try plan.studies.map { try Self.kind(of: $0, home) }
        var temporary = home
        if plan.studies.contains(where: { $0.program == nil }) {
            // File locks on shared file systems are often unreliable, so that shards share no networks.
            temporary.cacheDirectory = try makeWorkerFolder()
            networks = try NetworkFolder(temporary)
        } else {
            networks = nil
        }
    }

    /// Makes the runs that have no result yet. Returns whether all of them have one now.
    func run(shard number: Int, of count: Int) async throws -> Bool {
        let finished = Set(folder.readableResultFiles().map(PlanFolder.runName))
        let groups = plan.shards(count)[number - 1].map { group in
            group.filter { !finished.contains(plan.name(of: $0)) }
        }.filter { !$0.isEmpty }
        let runs = groups.reduce(0) { $0 + $1.count }
        writeError("arbor-ledger: shard \(number) of \(count): \(counted(runs, "run")) to make on \(hostName)\n")
        guard runs > 0 else { return true }
        let unusable = await selfChecks(Set(groups.joined().map(\.study)))
        let left = try await withThrowingTaskGroup(of: Int.self) { tasks in
            var waiting = groups[...]
            var left = 0
            func startNext() {
                guard let group = waiting.popFirst() else { return }
                tasks.addTask { try await makeAll(group, unusable) }
            }
            for _ in 0..<workers { startNext() }
            while let missing = try await tasks.next() {
                left += missing
                startNext()
            }
            return left
        }
        writeError(
            "arbor-ledger: \(counted(runs - left, "run")) made\(left == 0 ? "" : ", \(left) could not be made")\n")
        return left == 0
    }

    /// Checks the kernels that contributors wrote, once for each model and measurement. Returns the reasons why studies
    /// cannot run, by their index.
    private func selfChecks(_ studies: Set<Int>) async -> [Int: String] {
        var reasons: [Int: String] = [:]
        var passed: Set<String> = []
        for number in studies.sorted() {
            let study = plan.studies[number]
            guard let subject = study.checkSubject, !passed.contains(subject) else { continue }
            do throws(Refusal) {
                try await executor.check(
                    request(number, seed: "", sample: nil, sampleDigest: nil), title: study.title, study.rules)
                passed.insert(subject)
            } catch {
                reasons[number] = error.message + (error.remedy.map { "; \($0)" } ?? "")
            }
        }
        return reasons
    }

    /// Makes runs one after the other. Returns the number of those that have no result.
    private func makeAll(_ runs: [RunPlan.Run], _ obstacles: [Int: String]) async throws -> Int {
        var missing = 0
        for run in runs where try await !make(run, obstacles[run.study]) { missing += 1 }
        return missing
    }

    /// Makes one run. Returns whether it has a result.
    private func make(_ run: RunPlan.Run, _ obstacle: String?) async throws -> Bool {
        let study = plan.studies[run.study]
        let outcome: RunOutcome
        if let obstacle {
            outcome = .noRun(reason: obstacle)
        } else {
            outcome = await executor.run(
                request(run.study, seed: run.seed, sample: try run.batch.map(folder.sample), sampleDigest: run.sample),
                index: run.index, coreType: plan.coreType, onMessage: { _ in })
        }
        let name = plan.name(of: run)
        switch outcome {
        case .run(let done, let place):
            let result = PlannedResult(
                study: study.digest, run: done, platform: place.platform, sandbox: place.sandbox, host: hostName)
            try folder.save(result, as: name)
            return true
        case .noRun(let reason):
            writeError("no run of \(study.title), seed \(run.index): \(escapeHidden(reason))\n")
            try folder.save(MissingResult(reason: reason, host: hostName), of: name)
            return false
        }
    }

    private func request(_ number: Int, seed: String, sample: String?, sampleDigest: String?) -> RunRequest {
        let (study, kind) = (plan.studies[number], kinds[number])
        let training = kind.kernel.measurement(named: study.measurement)?.trainingSettings ?? []
        let path =
            networks?.path(
                study.modelDigest, seed: seed, study.settings.filter { training.contains($0.key) },
                coreType: plan.coreType) ?? ""
        return RunRequest(
            purpose: .measure, kernel: kind.kernel, model: kind.model, measurement: study.measurement,
            settings: Settings(study.settings), seed: seed, sample: sample, sampleDigest: sampleDigest,
            networkPath: path, hmacKey: executor.home.hmacKey)
    }

    /// Reads the records of a study. Refuses records that differ from those of the plan.
    private static func kind(of study: RunPlan.Study, _ home: KernelHome) throws -> RunKind {
        let path = RecordPlace.model(slug: study.model).path
        let remedy = "make a new plan; nothing in the folder of a plan may be changed"
        let tree = try WorkTree(home.records)
        guard let entry = try tree.entry(at: path), case .model(let model)? = decode(try tree.read(entry)).record else {
            throw Refusal(message: "\(home.records)/\(path) cannot be read", remedy: remedy, exitCode: 2)
        }
        let kernel: KernelDescription
        if let program = study.program {
            kernel = try home.commandKernel(named: study.kernel).description
            guard kernel.program == program else {
                throw Refusal(
                    message: "the kernel \(study.kernel) in \(home.records) is not the one of the plan",
                    remedy: remedy, exitCode: 2)
            }
        } else {
            guard let compiled = kernelDescriptions.first(where: { $0.name == study.kernel }) else {
                throw Refusal(
                    message: "this build has no kernel \"\(study.kernel)\"",
                    remedy: "use the version of arbor-ledger that made the plan", exitCode: 2)
            }
            kernel = compiled
        }
        guard model.digest(kernel) == study.modelDigest else {
            throw Refusal(
                message: "\(home.records)/\(path), or its kernel in this version, is not the one of the plan",
                remedy: remedy, exitCode: 2)
        }
        return RunKind(model: model, kernel: kernel)
    }
}

/// The name of this machine.
let hostName: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}()
