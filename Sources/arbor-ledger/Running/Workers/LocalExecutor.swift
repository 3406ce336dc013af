import FoundationEssentials
import Git
import Glibc
import KernelInterface
import Records
import Subprocess
import SystemPackage
import Words

/// Runs requests on this machine, in workers: a process for each run of a compiled kernel, and processes that serve many
/// runs for a contributor's kernel.
struct LocalExecutor: Sendable {
    let contributed: ContributedKernels
    let home: KernelHome
    private let executable: String
    private let variables: [String: String]

    init(_ home: KernelHome, _ options: KernelOptions.Choice = .init()) throws(Refusal) {
        self.home = home
        executable = try Self.executablePath()
        // With MIMALLOC_EAGER_COMMIT=0, memory that is only reserved by the allocator does not count against the
        // budget.
        variables = scrubbedEnvironment(home.environment).merging(
            ["OPENBLAS_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no", "MIMALLOC_EAGER_COMMIT": "0"]
        ) { $1 }
        contributed = ContributedKernels(home, options, executable: executable)
    }

    /// Executes one request, for a compiled kernel with OpenBLAS's code for a core type. If the core type is nil, OpenBLAS
    /// chooses one. A crash is retried once. A second crash is a failure of the kernel. If the task is cancelled, the
    /// worker is killed and its run does not count.
    func run(
        _ request: RunRequest, index: Int, coreType: String?, onMessage: @escaping @Sendable (RunMessage) -> Void
    ) async -> RunOutcome {
        var crash: (reason: String, place: RunPlace)?
        for _ in 0..<2 {
            let attempt =
                request.kernel.program == nil
                ? await runCompiled(request, coreType: coreType, onMessage: onMessage)
                : await contributed.run(request, onMessage: onMessage)
            switch attempt {
            case .answer(let answer, let seconds, let place):
                return outcome(answer, seconds: seconds, place, request, index)
            case .noRun(let reason): return .noRun(reason: reason)
            case .crash(let reason, let place): crash = (reason, place)
            }
        }
        guard let crash else { return .noRun(reason: "it was not tried") }
        let run = Statement.Run(
            index: index, seed: request.seed, seconds: 0, values: nil, failure: "crashed twice with \(crash.reason)",
            sample: request.sampleDigest)
        return .run(run, crash.place)
    }

    /// Returns the platform on which this machine makes runs of compiled kernels with OpenBLAS's code for a core type.
    func platform(_ coreType: String?) async throws(Refusal) -> Statement.Platform {
        let result = try? await Subprocess.run(
            .path(FilePath(executable)), arguments: ["__machine"],
            environment: .custom(
                Dictionary(
                    environment(coreType).compactMap { name, value in
                        Environment.Key(rawValue: name).map { ($0, value) }
                    }, uniquingKeysWith: { first, _ in first })),
            output: .string(limit: 1 << 16), error: .discarded)
        guard let line = result?.standardOutput,
            let report = try? JSONDecoder().decode(MachineReport.self, from: Data(line.utf8))
        else {
            throw Refusal(
                message: "this machine's platform could not be determined", remedy: "run `arbor-ledger doctor`",
                exitCode: 2)
        }
        guard let platform = report.platform else {
            let problem = report.cpuProblem ?? report.blasProblem
            throw Refusal(
                message: problem?.reason ?? "this machine cannot make runs", remedy: problem?.remedy, exitCode: 2)
        }
        return platform
    }

    /// Starts a worker of this program for one run, so that runs share no memory.
    private func runCompiled(
        _ request: RunRequest, coreType: String?, onMessage: @escaping @Sendable (RunMessage) -> Void
    ) async -> RunAttempt {
        let worker = KernelWorker(
            KernelWorker.Launch(executable: executable, arguments: ["__kernel"], environment: environment(coreType)))
        let attempt = await compiledAttempt(request, worker, coreType: coreType, onMessage: onMessage)
        await worker.end()
        return attempt
    }

    private func compiledAttempt(
        _ request: RunRequest, _ worker: KernelWorker, coreType: String?,
        onMessage: @escaping @Sendable (RunMessage) -> Void
    ) async -> RunAttempt {
        let start = await worker.ask(WorkerRequest(.describe))
        guard case .answer(let described) = start else { return failedStart(start) }
        guard let platform = described.platform.flatMap(Statement.Platform.init(compiled:)) else {
            return .noRun(reason: described.unsupported ?? "this machine's platform is unknown")
        }
        let ending = await worker.ask(request.message(id: 0), onMessage: onMessage)
        return RunAttempt(ending, seconds: 0, RunPlace(platform: platform))
    }

    private func failedStart(_ ending: KernelWorker.Ending) -> RunAttempt {
        switch ending {
        case .answer: .noRun(reason: "it did not start")
        case .ended(let status, let log): .noRun(reason: endPhrase(status, log))
        case .stopped(let reason), .broken(let reason): .noRun(reason: reason)
        }
    }

    private func environment(_ coreType: String?) -> [String: String] {
        var custom = variables
        custom[Self.coreTypeVariable] = coreType
        return custom
    }

    /// The environment variable that OpenBLAS reads when it is loaded.
    private static let coreTypeVariable = "OPENBLAS_CORETYPE"

    private func outcome(
        _ answer: WorkerAnswer, seconds: Double, _ place: RunPlace, _ request: RunRequest, _ index: Int
    ) -> RunOutcome {
        if let reason = answer.unsupported { return .noRun(reason: reason) }
        return .run(
            Statement.Run(
                index: index, seed: request.seed, seconds: answer.seconds ?? seconds,
                values: answer.failed == nil
                    ? (answer.values ?? [:]).mapValues { Statement.Run.Value($0.value) } : nil,
                failure: answer.failed, hasDiverged: answer.diverged ?? false,
                sample: request.sampleDigest ?? answer.sample),
            place)
    }

    static func executablePath() throws(Refusal) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else {
            throw Refusal(
                message:
                    "cannot read the path of this program from /proc/self/exe: \(unsafe String(cString: strerror(errno)))",
                remedy: "mount all of /proc", exitCode: 2)
        }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension TerminationStatus {
    /// The status in words.
    var phrase: String {
        switch self {
        case .exited(let code): "status \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}

/// One attempt to make a run.
enum RunAttempt: Sendable {
    case answer(WorkerAnswer, seconds: Double, RunPlace)
    case noRun(reason: String)
    /// The process ended in a way that counts as a failure of the kernel if it repeats.
    case crash(reason: String, RunPlace)

    init(_ ending: KernelWorker.Ending, seconds: Double, _ place: RunPlace) {
        switch ending {
        case .answer(let answer): self = .answer(answer, seconds: seconds, place)
        case .stopped(let reason), .broken(let reason): self = .noRun(reason: reason)
        case .ended(.exited(let code), let log): self = .noRun(reason: endPhrase(.exited(code), log))
        case .ended(.signaled(let signal), let log):
            guard !reportsOutOfMemory(log) else {
                self = .noRun(reason: "exceeded the memory of its budget")
                return
            }
            switch signal {
            case SIGALRM: self = .noRun(reason: "exceeded the time of its budget")
            case SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT:
                self = .crash(reason: "signal \(signal)", place)
            default: self = .noRun(reason: "ended by signal \(signal)")
            }
        }
    }
}

/// Says how the process of a run ended, with the end of its log.
private func endPhrase(_ status: TerminationStatus, _ log: String) -> String {
    let number =
        switch status {
        case .exited(let code): "\(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    return "the child process ended with \(number)\(log.isEmpty ? "" : ": \(log.suffix(200))")"
}

/// Recognises Swift's `failed to allocate 8192 bytes of memory`, C's `Cannot allocate memory`, and C++'s
/// `std::bad_alloc`.
private func reportsOutOfMemory(_ log: String) -> Bool {
    let text = log.lowercased()
    return text.containsBytes("allocate") && text.containsBytes("memory") || text.containsBytes("out of memory")
        || text.containsBytes("bad_alloc")
}
