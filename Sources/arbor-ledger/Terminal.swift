import Foundation
import Glibc
import Ledger

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

/// Writes a report to standard output; a reader that went away (`| head`) is no error.
func writeOutput(_ text: String) {
    writeOutput(Array(text.utf8)[...])
}

func writeOutput(_ bytes: ArraySlice<UInt8>) {
    write(bytes, to: STDOUT_FILENO)
}

func writeError(_ text: String) {
    write(Array(text.utf8)[...], to: STDERR_FILENO)
}

private func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var bytes = bytes
    while !bytes.isEmpty {
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return }
        bytes = bytes.dropFirst(written)
    }
}
