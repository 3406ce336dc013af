import FoundationEssentials
import Git
import Glibc
import Records
import Subprocess
import SystemPackage
import Words

/// Runs requests as child processes on this machine. Each child uses one BLAS thread.
struct LocalExecutor: Sendable {
    private let executable: String
    private let variables: [String: String]

    init(environment: [String: String]) throws(Refusal) {
        executable = try Self.executablePath()
        // With MIMALLOC_EAGER_COMMIT=0, memory that is only reserved by the allocator does not count against the
        // budget.
        variables = scrubbedEnvironment(environment).merging(
            ["OPENBLAS_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no", "MIMALLOC_EAGER_COMMIT": "0"]
        ) { $1 }
    }

    /// Executes one request with OpenBLAS's code for a core type. If the core type is nil, OpenBLAS chooses one. A
    /// crash is retried once. A second crash is a failure of the kernel. If the task is cancelled, the child is killed
    /// and its run does not count.
    func run(
        _ request: RunRequest, index: Int, coreType: String?, onMessage: @escaping @Sendable (RunMessage) -> Void
    ) async -> RunOutcome {
        switch await attempt(request, index: index, coreType: coreType, onMessage: onMessage) {
        case .outcome(let outcome): return outcome
        case .crash: break
        }
        switch await attempt(request, index: index, coreType: coreType, onMessage: onMessage) {
        case .outcome(let outcome): return outcome
        case .crash(let signal):
            do {
                return .run(
                    Statement.Run(
                        index: index, seed: request.seed, seconds: 0, values: nil,
                        failure: "crashed twice with \(signal)", sample: request.sampleDigest),
                    try await platform(coreType))
            } catch {
                return .noRun(reason: error.message)
            }
        }
    }

    /// Returns the platform on which this machine makes runs with OpenBLAS's code for a core type.
    func platform(_ coreType: String?) async throws(Refusal) -> Statement.Platform {
        let result = try? await Subprocess.run(
            .path(FilePath(executable)), arguments: ["__machine"], environment: environment(coreType),
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

    private enum Attempt {
        case outcome(RunOutcome)
        case crash(signal: String)
    }

    private func attempt(
        _ request: RunRequest, index: Int, coreType: String?, onMessage: @escaping @Sendable (RunMessage) -> Void
    ) async -> Attempt {
        do {
            let input = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: ["__run"], environment: environment(coreType),
                input: .inputWriter, output: .sequence, error: .string(limit: 1 << 16)
            ) { execution in
                // With `.string` input, swift-subprocess 1.0.2 ends this process if the child exits before it has read
                // all of the input (https://github.com/swiftlang/swift-subprocess/issues/367). With this writer, the
                // child's status gives the reason.
                do throws(SubprocessError) {
                    _ = try await execution.standardInputWriter.write(input)
                } catch {
                    guard error.underlyingError == .brokenPipe else { throw error }
                }
                try await execution.standardInputWriter.finish()
                var last: RunMessage?
                for try await line in execution.standardOutput.strings() {
                    guard let message = try? JSONDecoder().decode(RunMessage.self, from: Data(line.utf8)) else {
                        continue
                    }
                    switch message {
                    case .progress, .network, .picture, .text: onMessage(message)
                    case .finished, .unsupported: last = message
                    }
                }
                return last
            }
            return interpret(
                result.terminationStatus, result.closureResult, standardError: result.standardError, request, index)
        } catch {
            return .outcome(.noRun(reason: "the child process could not be started: \(error)"))
        }
    }

    private func environment(_ coreType: String?) -> Environment {
        var custom: [Environment.Key: String] = [:]
        for (name, value) in variables where name != Self.coreTypeVariable {
            if let key = Environment.Key(rawValue: name) { custom[key] = value }
        }
        if let coreType, let key = Environment.Key(rawValue: Self.coreTypeVariable) { custom[key] = coreType }
        return .custom(custom)
    }

    /// The environment variable that OpenBLAS reads when it is loaded.
    private static let coreTypeVariable = "OPENBLAS_CORETYPE"

    private func interpret(
        _ status: TerminationStatus, _ message: RunMessage?, standardError: String, _ request: RunRequest, _ index: Int
    ) -> Attempt {
        switch (status, message) {
        case (.exited(0), .finished(let result, let seconds, let platform)?):
            return .outcome(
                .run(
                    Statement.Run(
                        index: index, seed: request.seed, seconds: seconds, values: result.values,
                        failure: result.failure, hasDiverged: result.hasDiverged,
                        sample: request.sampleDigest),
                    platform))
        case (.exited(0), .unsupported(let reason)?):
            return .outcome(.noRun(reason: reason))
        case (.exited(let code), _):
            return .outcome(.noRun(reason: "the child process ended with \(code): \(standardError.prefix(200))"))
        case (.signaled(let signal), _):
            if reportsOutOfMemory(standardError) {
                return .outcome(.noRun(reason: "exceeded the memory of its budget"))
            }
            switch signal {
            case SIGALRM: return .outcome(.noRun(reason: "exceeded the time of its budget"))
            case SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT: return .crash(signal: "signal \(signal)")
            default: return .outcome(.noRun(reason: "ended by signal \(signal)"))
            }
        }
    }

    /// Recognises Swift's `failed to allocate 8192 bytes of memory`, C's `Cannot allocate memory`, and C++'s
    /// `std::bad_alloc`.
    private func reportsOutOfMemory(_ standardError: String) -> Bool {
        let text = standardError.lowercased()
        return text.containsBytes("allocate") && text.containsBytes("memory") || text.containsBytes("out of memory")
            || text.containsBytes("bad_alloc")
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
