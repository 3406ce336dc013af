import Glibc

/// The resources that a finished child process has used.
struct Usage {
    var seconds: Double
    /// The user time plus the system time of all threads of the process.
    var cpuSeconds: Double
    var peakMebibytes: Double
    var exitCode: Int32
}

struct ChildFailure: Error, CustomStringConvertible {
    var description: String
}

/// Runs a program, writes its output to a file, and measures the resources that it used.
///
/// `Foundation.Process` waits for its children itself. It is not used here, because it does not return the peak memory;
/// `wait4` does.
func measure(
    _ arguments: [String], environment: [String: String], input: String = "/dev/null", output: String = "/dev/null"
) throws(ChildFailure) -> Usage {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)

    var child = pid_t()
    let start = ContinuousClock.now
    let code = unsafe withCStrings(arguments) { argv in
        unsafe withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
            unsafe posix_spawnp(&child, argv[0]!, &actions, nil, argv, envp)
        }
    }
    guard code == 0 else {
        throw ChildFailure(description: "cannot run \(arguments[0]): \(unsafe String(cString: strerror(code)))")
    }
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(child, &status, 0, &usage) < 0 && errno == EINTR {}
    let elapsed = start.duration(to: .now)
    // A child killed by a signal gets exit code 128 + signal, as in shells.
    let exitCode = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    return Usage(
        seconds: elapsed / .seconds(1), cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peakMebibytes: Double(usage.ru_maxrss) / 1024, exitCode: exitCode)
}

/// Runs a program; throws if it fails.
@discardableResult
func require(
    _ arguments: [String], environment: [String: String], input: String = "/dev/null", output: String = "/dev/null"
) throws(ChildFailure) -> Usage {
    let usage = try measure(arguments, environment: environment, input: input, output: output)
    guard usage.exitCode == 0 else {
        throw ChildFailure(description: "\(arguments.joined(separator: " ")) ended with \(usage.exitCode)")
    }
    return usage
}

private func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
}
