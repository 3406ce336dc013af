import FoundationEssentials
import Glibc
import Records
import Subprocess
import Synchronization
import SystemPackage
import Words

/// A process that runs a kernel and answers one request after the other.
final class KernelWorker: Sendable {
    /// How to start the process.
    struct Launch: Sendable {
        var executable: String
        var arguments: [String]
        var environment: [String: String]
        var folder: String?
        /// Limits on all processes of the worker together; nil if the process limits itself.
        var limits: ProcessLimits?
    }

    /// How a request ended.
    enum Ending: Sendable {
        case answer(WorkerAnswer)
        /// The process ended without an answer. The log is the end of its standard error.
        case ended(TerminationStatus, log: String)
        /// This program ended the process for a reason that is not evidence about the kernel.
        case stopped(reason: String)
        /// The output of the process is not an answer.
        case broken(reason: String)
    }

    private let requests: AsyncStream<Exchange>.Continuation
    private let process: WorkerProcess
    private let serving: Task<Void, Never>

    init(_ launch: Launch) {
        let (stream, requests) = AsyncStream.makeStream(of: Exchange.self)
        let process = WorkerProcess()
        (self.requests, self.process) = (requests, process)
        serving = Task { await process.serve(stream, launch) }
    }

    /// Sends a request and waits for its answer, at most for a time. If the task is cancelled, the process is killed.
    func ask(
        _ request: WorkerRequest, within limit: Duration? = nil, lateReason: String = "",
        onMessage: @escaping @Sendable (RunMessage) -> Void = { _ in }
    ) async -> Ending {
        let line: String
        do {
            line = try request.line()
        } catch {
            return .stopped(reason: "the request could not be written: \(error)")
        }
        let timer = limit.map { limit in
            Task { [process] in
                try await Task.sleep(for: limit)
                process.stop(.stopped(reason: lateReason))
            }
        }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                process.offer(
                    Exchange(line: line, id: request.id, onMessage: onMessage, reply: reply), to: requests)
            }
        } onCancel: {
            process.stop(.stopped(reason: "it was cancelled"))
        }
    }

    /// Whether the process can still answer.
    var isAlive: Bool { !process.hasEnded }

    /// Asks the process to end, and kills it if it does not.
    func end() async {
        requests.finish()
        let timer = Task { [process] in
            try await Task.sleep(for: .seconds(5))
            process.stop(.stopped(reason: "it did not end"))
        }
        await serving.value
        timer.cancel()
    }

    func kill() { process.stop(.stopped(reason: "it was ended")) }
}

private struct Exchange: Sendable {
    var line: String
    var id: Int?
    var onMessage: @Sendable (RunMessage) -> Void
    var reply: CheckedContinuation<KernelWorker.Ending, Never>
}

/// The process groups of the workers of contributors' kernels.
private let workerGroups = Mutex<Set<pid_t>>([])

/// Kills the workers of contributors' kernels. A handler of a signal calls this before it ends the process.
func killWorkers() {
    for group in workerGroups.withLock(\.self) { kill(-group, SIGKILL) }
}

/// The process of a worker and the request that it is answering.
private final class WorkerProcess: Sendable {
    private struct State {
        var id: pid_t?
        var leadsGroup = false
        /// Why this program ends the process.
        var ending: KernelWorker.Ending?
        var hasEnded = false
        var current: Exchange?
    }

    private let state = Mutex(State())

    var hasEnded: Bool { state.withLock { $0.hasEnded || $0.ending != nil } }

    func offer(_ exchange: Exchange, to requests: AsyncStream<Exchange>.Continuation) {
        let isLate = state.withLock { state in
            if !state.hasEnded { requests.yield(exchange) }
            return state.hasEnded
        }
        if isLate { exchange.reply.resume(returning: .stopped(reason: "the process has ended")) }
    }

    /// Kills the process. The first reason counts.
    func stop(_ ending: KernelWorker.Ending) {
        state.withLock { state in
            state.ending = state.ending ?? ending
            guard let id = state.id, !state.hasEnded else { return }
            kill(state.leadsGroup ? -id : id, SIGKILL)
        }
    }

    /// Starts the process and answers the requests, until there are no more requests or the process ends.
    func serve(_ requests: AsyncStream<Exchange>, _ launch: KernelWorker.Launch) async {
        let ending: KernelWorker.Ending
        do {
            var options = PlatformOptions()
            // All processes of a contributor's kernel can then be killed together.
            if launch.limits != nil { options.processGroupID = 0 }
            let result = try await Subprocess.run(
                .path(FilePath(launch.executable)), arguments: Arguments(launch.arguments),
                environment: .custom(
                    Dictionary(
                        launch.environment.compactMap { name, value in
                            Environment.Key(rawValue: name).map { ($0, value) }
                        }, uniquingKeysWith: { first, _ in first })),
                workingDirectory: launch.folder.map { FilePath($0) }, platformOptions: options, input: .inputWriter,
                output: .sequence, error: .sequence
            ) { execution in
                let id = execution.processIdentifier.value
                let isStopped = state.withLock { state in
                    (state.id, state.leadsGroup) = (id, launch.limits != nil)
                    if state.leadsGroup { workerGroups.withLock { _ = $0.insert(id) } }
                    return state.ending != nil
                }
                if isStopped { kill(id, SIGKILL) }
                let watch = launch.limits.map { limits in
                    Task { try await limits.watch(id) { self.stop(.stopped(reason: $0)) } }
                }
                defer { watch?.cancel() }
                async let log = lastBytes(of: execution.standardError)
                do {
                    try await answer(
                        requests, execution.standardInputWriter, execution.standardOutput)
                } catch let mistake as WorkerMistake {
                    stop(.broken(reason: mistake.message))
                } catch {
                    stop(.broken(reason: "its answers could not be read: \(error)"))
                }
                try? await execution.standardInputWriter.finish()
                return await log
            }
            ending = .ended(result.terminationStatus, log: result.closureResult)
        } catch {
            ending = .stopped(reason: "the process could not be started: \(error)")
        }
        let (current, reason) = state.withLock { state in
            // Processes that the program started are ended together with it.
            if state.leadsGroup, let id = state.id {
                kill(-id, SIGKILL)
                workerGroups.withLock { _ = $0.remove(id) }
            }
            state.hasEnded = true
            defer { state.current = nil }
            return (state.current, state.ending)
        }
        current?.reply.resume(returning: reason ?? ending)
        for await late in requests { late.reply.resume(returning: .stopped(reason: "the process has ended")) }
    }

    /// Answers requests until there are no more, or until the process closes its output.
    private func answer(
        _ requests: AsyncStream<Exchange>, _ input: StandardInputWriter, _ output: SubprocessOutputSequence
    ) async throws {
        var lines = AnswerLines(output, limit: lineLimit)
        for await exchange in requests {
            state.withLock { $0.current = exchange }
            do {
                _ = try await input.write(exchange.line)
            } catch {
                // The process has ended, and its status tells why.
                guard error.underlyingError == .brokenPipe else { throw error }
            }
            guard let answer = try await next(for: exchange, &lines) else {
                // If the process has ended, its status gives the reason.
                Task {
                    try await Task.sleep(for: .seconds(2))
                    stop(.broken(reason: "it closed its output without an answer"))
                }
                return
            }
            state.withLock { $0.current = nil }
            exchange.reply.resume(returning: .answer(answer))
        }
    }

    /// Reads lines up to the answer of a request. Returns nil if the process closes its output.
    private func next(
        for exchange: Exchange, _ lines: inout AnswerLines
    ) async throws -> WorkerAnswer? {
        var count = 0
        while true {
            let line: String
            do {
                guard let next = try await lines.next() else { return nil }
                line = next
            } catch AnswerLines.Mistake.tooLong {
                throw WorkerMistake("it wrote a line of more than \(lineLimit) bytes")
            } catch AnswerLines.Mistake.notUTF8 {
                throw WorkerMistake("it wrote a line that is not UTF-8")
            }
            guard let answer = try? WorkerAnswer(line) else {
                throw WorkerMistake(
                    "it wrote \"\(brief(line))\", which is not an answer; print to standard error"
                )
            }
            if let reason = answer.error, answer.arbor == nil {
                throw WorkerMistake("it reported: \(brief(reason, limit: 300))")
            }
            guard answer.id == exchange.id else {
                throw WorkerMistake(
                    "it answered request \(answer.id.map(String.init) ?? "without id"), which was not the one asked")
            }
            if answer.isFinal { return answer }
            count += 1
            guard count < messageLimit else { throw WorkerMistake("it wrote \(count) lines without an answer") }
            if let message = RunMessage(answer) { exchange.onMessage(message) }
        }
    }
}

/// The longest line that a worker may write, in bytes. Pictures of compiled kernels are the longest.
private let lineLimit = 4 << 20

/// The number of lines before an answer, so that a worker cannot write for ever.
private let messageLimit = 1_000_000

private struct WorkerMistake: Error {
    var message: String

    init(_ message: String) { self.message = message }
}

/// Reads a log to its end and returns its last bytes.
private func lastBytes(of log: SubprocessOutputSequence) async -> String {
    var kept: [UInt8] = []
    do {
        for try await buffer in log {
            kept += unsafe buffer.withUnsafeBytes { unsafe Array($0) }
            if kept.count > 2 * logLimit { kept.removeFirst(kept.count - logLimit) }
        }
    } catch {
        // If the process was killed, the part that was read is enough.
    }
    return String(decoding: kept.suffix(logLimit), as: UTF8.self)
}

private let logLimit = 16 << 10
