import Evidence
import FoundationEssentials
import Glibc
import Records
import Words

/// A run that was made from a plan, as its file holds it.
struct PlannedResult: Codable {
    /// The digest of the run's study.
    var study: String
    var run: Statement.Run
    var platform: Statement.Platform
    /// The name of the sandbox; nil for a compiled kernel.
    var sandbox: String?
    /// The machine that made the run.
    var host: String

    var place: RunPlace { RunPlace(platform: platform, sandbox: sandbox) }
}

/// The reason why a shard could not make a run.
struct MissingResult: Codable {
    var reason: String
    var host: String
}

/// A folder with planned runs and their results. All files of results are written once and never changed, so that any
/// number of machines can share the folder.
struct PlanFolder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    private var planPath: String { "\(path)/plan.json" }
    private var results: String { "\(path)/results" }
    private var failures: String { "\(path)/failures" }
    var records: String { "\(path)/records" }
    var logs: String { "\(path)/logs" }
    /// The folder in which passed self-checks and digests of weights are remembered: one for all plans of a scheduler, or one
    /// in the plan's folder.
    var cache: String {
        get throws { try job() == nil ? "\(path)/cache" : "\(folder(of: path))/cache" }
    }
    var script: String { "\(path)/job.sh" }
    private var jobPath: String { "\(path)/job.json" }

    var hasPlan: Bool { fileExists(planPath) }

    // MARK: The plan

    /// Writes the plan and what its runs need: the records of models and kernels, and batches of traces by their digests.
    func create(_ plan: RunPlan, files: [(path: String, bytes: [UInt8])], samples: [String: String]) throws {
        guard !hasPlan else {
            throw Refusal(message: "\(path) holds a plan already", remedy: "name a new folder")
        }
        if fileExists(path), try !listFolder(path).isEmpty {
            throw Refusal(message: "\(path) is not empty", remedy: "name a new folder")
        }
        for folder in [path, results, failures, logs, "\(path)/samples"] { try makeFolder(folder) }
        guard unsafe chmod(path, 0o700) == 0 else { throw FileError(path: path, doing: "protect", code: errno) }
        for (name, bytes) in files { try writeFile("\(records)/\(name)", bytes) }
        for (name, text) in samples { try writeFile("\(path)/samples/\(name)", Array(text.utf8)) }
        // The plan is written last, so that a folder with a plan is complete.
        try writeFile(planPath, try encoded(plan), mode: 0o600)
    }

    func plan() throws -> RunPlan {
        guard fileExists(planPath) else {
            throw Refusal(message: "\(path) holds no plan", remedy: "make one: arbor-ledger verify --plan FOLDER")
        }
        guard let plan = try decoded(RunPlan.self, planPath), plan.isSound else {
            throw Refusal(
                message: "\(planPath) cannot be read", remedy: "make a new plan, and move \(path) away", exitCode: 2)
        }
        guard plan.arborLedgerPlan == 1 else {
            throw Refusal(
                message: "\(planPath) is of another version of this tool: \(plan.tool)",
                remedy: "use that version, or make a new plan", exitCode: 2)
        }
        return plan
    }

    /// Reads a batch of traces by the SHA-256 of its text. Refuses another text.
    func sample(_ digest: String) throws -> String {
        let path = "\(path)/samples/\(digest)"
        guard let bytes = try ownBytes(path), sha256(bytes) == digest else {
            throw Refusal(message: "\(path) was changed", remedy: "make a new plan", exitCode: 2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Results

    /// Saves a result. The file's name holds a digest of its content, so that no result replaces another.
    func save(_ result: PlannedResult, as name: String) throws { try save(result, as: name, in: results) }

    func save(_ failure: MissingResult, of name: String) throws { try save(failure, as: name, in: failures) }

    /// The names of the files with results.
    func resultFiles() -> [String] { names(in: results) }

    /// The names of the files with results that can count. A full disk or a user can have damaged others.
    func readableResultFiles() -> [String] {
        resultFiles().filter { (try? result($0).get()) != nil }
    }

    /// The names of the files with reasons why a shard could not make a run.
    func failureFiles() -> [String] { names(in: failures) }

    /// The name of the run to which a file belongs.
    static func runName(ofFile file: String) -> String { String(file.prefix { $0 != "." }) }

    /// Reads a result. Says why it does not count, if it does not.
    func result(_ file: String) -> Result<PlannedResult, Refusal> {
        let path = "\(results)/\(file)"
        do {
            guard let bytes = try ownBytes(path) else {
                return .failure(Refusal(message: "\(path) is not a result"))
            }
            guard file.hasSuffix(ending(bytes)) else {
                return .failure(Refusal(message: "\(path) was changed after its shard wrote it"))
            }
            guard let result = try? JSONDecoder().decode(PlannedResult.self, from: Data(bytes)) else {
                return .failure(Refusal(message: "\(path) is not a result"))
            }
            return .success(result)
        } catch let error as Refusal {
            return .failure(error)
        } catch {
            return .failure(Refusal(message: "\(error)"))
        }
    }

    func failure(_ file: String) -> MissingResult? { try? decoded(MissingResult.self, "\(failures)/\(file)") }

    // MARK: The job of a scheduler

    /// nil if the plan was not given to a scheduler.
    func job() throws -> ScheduledJob? {
        guard fileExists(jobPath) else { return nil }
        guard let job = try decoded(ScheduledJob.self, jobPath), (1...mostShards).contains(job.shards) else {
            throw Refusal(
                message: "\(jobPath) cannot be read", remedy: "move \(path) away; its results are then not counted",
                exitCode: 2)
        }
        return job
    }

    func save(_ job: ScheduledJob) throws { try writeFile(jobPath, try encoded(job), mode: 0o600) }

    // MARK: Files

    private func names(in folder: String) -> [String] {
        ((try? listFolder(folder)) ?? []).map(\.name).filter { $0.hasSuffix(".json") && !$0.startsWithBytes(".") }
            .sorted()
    }

    private func save(_ value: some Encodable, as name: String, in folder: String) throws {
        let bytes = try encoded(value)
        try writeFile("\(folder)/\(name)\(ending(bytes))", bytes)
    }

    /// The end of the name of a file with a result, which holds a digest of its content.
    private func ending(_ bytes: [UInt8]) -> String { ".\(sha256(bytes).prefix(12)).json" }

    private func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [0x0A]
    }

    /// Reads a file of this user. Returns nil for a file with other content.
    private func decoded<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value? {
        try ownBytes(path).flatMap { try? JSONDecoder().decode(Value.self, from: Data($0)) }
    }

    /// Reads a file of this user. Returns nil for something that is no file, or too large.
    private func ownBytes(_ path: String) throws -> [UInt8]? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw FileError(path: path, doing: "look at", code: errno) }
        guard status.st_uid == geteuid() else {
            throw Refusal(
                message: "\(path) belongs to another user, who could have written anything into it",
                remedy: "let the user who planned the runs collect them", exitCode: 2)
        }
        guard status.st_mode & S_IFMT == S_IFREG, case .bytes(let bytes) = try readFile(path, limit: planByteLimit)
        else {
            return nil
        }
        return bytes
    }
}

private let planByteLimit = 1 << 28
