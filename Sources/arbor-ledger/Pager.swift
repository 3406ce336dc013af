import FoundationEssentials
import Git
import Glibc
import Words

/// Writes a report to standard output, through a pager if standard output is a terminal.
///
/// The pager is chosen as git does: GIT_PAGER, `core.pager`, PAGER, then `less`, which ends at once if everything fits
/// the screen. An empty command or `cat` means that there is no pager.
func writePaged(_ bytes: [UInt8]) {
    let environment = ProcessInfo.processInfo.environment
    guard Terminal.current.isOutputTerminal, globalOptions.withLock(\.usesPager), environment["TERM"] != "dumb",
        let pager = pagerCommand(environment), outputProblem() == nil
    else { return writeOutput(bytes) }
    // `less` shows colours and links, and leaves the text on the screen.
    let command = ": \"${LESS=FRX}\" \"${LV=-c}\"; export LESS LV; \(pager)"
    guard let stream = unsafe popen(command, "we") else { return writeOutput(bytes) }
    // The pager handles Ctrl-C.
    let handler = signal(SIGINT, SIG_IGN)
    defer { _ = signal(SIGINT, handler) }
    // If the reader quits the pager, the pipe is closed, which is no error.
    unsafe bytes.withUnsafeBytes { _ = unsafe fwrite($0.baseAddress, 1, $0.count, stream) }
    let status = unsafe pclose(stream)
    // The status with which the shell exits if it cannot run the pager.
    if status == 127 << 8 || status == 126 << 8 { writeOutput(bytes) }
}

private func pagerCommand(_ environment: [String: String]) -> String? {
    let configured = try? RepositoryLocation(
        environment: environment, currentDirectory: FileManager.default.currentDirectoryPath
    ).open().configValue("core.pager")
    let command = environment["GIT_PAGER"] ?? configured ?? environment["PAGER"] ?? "less"
    return command.isEmpty || command == "cat" ? nil : command
}
