import ArgumentParser
import FoundationEssentials
import Glibc
import Words

@main
enum Main {
    static func main() async {
        openClosedStandardStreams()
        requireProc()
        // A reader that closes the pipe early, such as `head`, ends the report without an error.
        _ = signal(SIGPIPE, SIG_IGN)
        do {
            let arguments = try changeDirectory(Array(programArguments().dropFirst()))
            // Every commit waits for this hook. Parsing its command line would take as long as checking the commit.
            if arguments == ["hook", "run", HookName.preCommit.rawValue] { return try await runHook(.preCommit) }
            var command = try await ArborLedger.asyncParseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as UsageError {
            writeError("arbor-ledger: \(escapeHidden(error.message))\n")
            exit(64)
        } catch {
            leave(with: error)
        }
    }
}

/// Exits with a message if /proc is missing. Swift's threads need /proc and would end the process without a message.
private func requireProc() {
    guard !fileExists("/proc/self/stat") else { return }
    writeError(
        """
        arbor-ledger: /proc is not mounted here, and this program's threads need it
          -> mount -t proc proc /proc, or in a sandbox: bwrap --proc /proc

        """)
    exit(2)
}

/// Exits as `ArborLedger.exit` does, but escapes echoed arguments. They therefore cannot control a terminal.
private func leave(with error: any Error) -> Never {
    let code = ArborLedger.exitCode(for: error)
    let text = escapeHiddenInLines(ArborLedger.fullMessage(for: error))
    if !text.isEmpty {
        if code.isSuccess { writeOutput(text + "\n") } else { writeError(text + "\n") }
    }
    exit(code.rawValue)
}

/// Handles `-C DIR` at any position and returns the other arguments.
private func changeDirectory(_ arguments: [String]) throws(UsageError) -> [String] {
    var others: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
        if argument == "--" { return others + [argument] + rest }
        guard argument == "-C" else {
            others.append(argument)
            continue
        }
        guard let folder = rest.popFirst() else { throw UsageError(message: "-C needs a folder") }
        guard unsafe chdir(folder) == 0 else {
            throw UsageError(message: "cannot change to \"\(folder)\": \(unsafe String(cString: strerror(errno)))")
        }
    }
    return others
}

private struct UsageError: Error {
    var message: String
}
