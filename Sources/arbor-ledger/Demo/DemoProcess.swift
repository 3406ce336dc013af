import FoundationEssentials
import Glibc
import Subprocess
import Synchronization
import SystemPackage
import Words

/// The programs that the demo runs, one after the other. Each has a process group of its own, so that it can be ended with
/// its children.
final class DemoProcesses: Sendable {
    private enum State {
        case idle, starting, stopped
        case running(pid_t)
    }

    private let state = Mutex(State.idle)

    /// Runs a program and returns its output and exit status.
    func run<Errors: ErrorOutputProtocol>(
        _ program: String, _ arguments: [String], in folder: String, _ environment: [String: String], errors: Errors
    ) async throws -> (output: String, status: Int32) {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        var options = PlatformOptions()
        options.processGroupID = 0
        await begin()
        do {
            let result = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(variables),
                workingDirectory: FilePath(folder), platformOptions: options, input: .none, output: .sequence,
                error: errors
            ) { execution in
                started(execution.processIdentifier.value)
                var bytes: [UInt8] = []
                for try await buffer in execution.standardOutput {
                    bytes += unsafe buffer.withUnsafeBytes { unsafe Array($0) }
                }
                return String(decoding: bytes, as: UTF8.self)
            }
            await end()
            let status: Int32 =
                switch result.terminationStatus {
                case .exited(let code): Int32(code)
                case .signaled(let signal): 128 + Int32(signal)
                }
            return (result.closureResult, status)
        } catch {
            await end()
            throw Refusal(message: "\(program) could not be run: \(error)", exitCode: 2)
        }
    }

    /// Ends the running program and its children, and starts no other.
    func stop() {
        // A program that is just starting has no identifier yet.
        for _ in 0..<100 {
            let isStarting = state.withLock { state in
                if case .starting = state { return true } else { return false }
            }
            guard isStarting else { break }
            usleep(10_000)
        }
        let group = state.withLock { state -> pid_t? in
            defer { state = .stopped }
            if case .running(let id) = state { return id } else { return nil }
        }
        guard let group else { return }
        kill(-group, SIGKILL)
        for _ in 0..<100 where kill(-group, 0) == 0 { usleep(10_000) }
    }

    private func begin() async { await change(to: .starting) }

    private func end() async { await change(to: .idle) }

    /// Changes the state. Does not return after `stop`, because the process is then about to exit.
    private func change(to next: State) async {
        while true {
            let isStopped = state.withLock { state in
                if case .stopped = state { return true }
                state = next
                return false
            }
            guard isStopped else { return }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func started(_ id: pid_t) {
        state.withLock { state in
            if case .starting = state { state = .running(id) }
        }
    }
}
