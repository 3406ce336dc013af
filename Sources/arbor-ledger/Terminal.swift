import FoundationEssentials
import Glibc
import Synchronization
import Words

/// What the program knows of the terminal and its caller's environment.
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

/// Why standard output could not be written to, where that is more than a reader that went away (`| head`).
///
/// The command goes on, so that nothing is left half done, and says so in the end.
private let outputFailure = Mutex<Int32?>(nil)

/// What failed when something was written to standard output, in words; nil where nothing did.
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

/// The error that kept it from writing everything, or 0.
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

/// Takes the places of standard streams that the caller closed, or a file of the repository would get one of them and
/// then be written to. Reading from them and writing to them fails as it did.
func openClosedStandardStreams() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)] {
        // The lowest free number, which is this one.
        if fcntl(descriptor, F_GETFD) < 0 { _ = unsafe open("/dev/null", mode) }
    }
}
