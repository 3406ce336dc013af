import FoundationEssentials
import Glibc
import Synchronization
import Words

/// The properties of the terminal and the caller's environment.
struct Terminal: Sendable {
    var isOutputTerminal: Bool
    var isErrorTerminal: Bool
    var width: Int
    var allowsColour: Bool

    static let current = Terminal(environment: ProcessInfo.processInfo.environment)

    init(environment: [String: String]) {
        isOutputTerminal = isatty(STDOUT_FILENO) == 1
        isErrorTerminal = isatty(STDERR_FILENO) == 1
        width = 80
        allowsColour = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    var style: TextStyle { TextStyle(width: width, hasColour: isOutputTerminal && allowsColour) }
}

/// Whether a person can answer a question.
func isInputTerminal() -> Bool { isatty(STDIN_FILENO) == 1 }

/// The error from a failed write to standard output. A pipe that the reader closed (`| head`) does not count.
///
/// The command continues, so that no work is left unfinished, and reports the error at its end.
private let outputFailure = Mutex<Int32?>(nil)

/// Returns a message about a failed write to standard output, or nil if no write failed.
func outputProblem() -> String? {
    outputFailure.withLock(\.self).map { "cannot write to standard output: \(unsafe String(cString: strerror($0)))" }
}

func writeOutput(_ text: String) {
    writeOutput(Array(text.utf8))
}

func writeOutput(_ bytes: [UInt8]) {
    let code = write(bytes[...], to: STDOUT_FILENO)
    if code != 0 && code != EPIPE { outputFailure.withLock { $0 = code } }
}

func writeError(_ text: String) {
    _ = write(Array(text.utf8)[...], to: STDERR_FILENO)
}

/// Writes all bytes; returns the error number, or 0.
private func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
    var bytes = bytes
    while !bytes.isEmpty {
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return errno }
        bytes = bytes.dropFirst(written)
    }
    return 0
}

/// Opens standard streams that the caller closed. Without this, a file of the repository could get such a descriptor,
/// and output could overwrite it. Reads and writes still fail as on a closed stream.
func openClosedStandardStreams() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)] {
        // `open` returns the lowest free descriptor, which is this one.
        if fcntl(descriptor, F_GETFD) < 0 { _ = unsafe open("/dev/null", mode) }
    }
}
