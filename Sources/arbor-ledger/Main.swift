import ArgumentParser
import FoundationEssentials
import Glibc
import Words

@main
enum Main {
    static func main() async {
        openClosedStandardStreams()
        requireProc()
        // A reader that closes early ends the report, not with a signal but with a quiet stop.
        _ = signal(SIGPIPE, SIG_IGN)
        do {
            let arguments = try changeDirectory(Array(programArguments().dropFirst()))
            // What every commit waits for goes straight there: to read a command line takes as long as to judge a commit.
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

/// Swift's threads look after one another in /proc, and end the process without a word where it is not there.
private func requireProc() {
    guard !fileExists("/proc/self/stat") else { return }
    writeError(
        """
        arbor-ledger: /proc is not mounted here, and this program's threads need it
          -> mount -t proc proc /proc, or in a sandbox: bwrap --proc /proc

        """)
    exit(2)
}

/// As `ArborLedger.exit` does, but what was typed is echoed so that it cannot steer a terminal.
private func leave(with error: any Error) -> Never {
    let code = ArborLedger.exitCode(for: error)
    let text = escapeHiddenInLines(ArborLedger.fullMessage(for: error))
    if !text.isEmpty {
        if code.isSuccess { writeOutput(text + "\n") } else { writeError(text + "\n") }
    }
    exit(code.rawValue)
}

/// `-C DIR` counts wherever it stands, as in git.
private func changeDirectory(_ arguments: [String]) throws(UsageError) -> [String] {
    var kept: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
        if argument == "--" { return kept + [argument] + rest }
        guard argument == "-C" else {
            kept.append(argument)
            continue
        }
        guard let folder = rest.popFirst() else { throw UsageError(message: "-C needs a folder") }
        guard unsafe chdir(folder) == 0 else {
            throw UsageError(message: "cannot change to \"\(folder)\": \(unsafe String(cString: strerror(errno)))")
        }
    }
    return kept
}

private struct UsageError: Error {
    var message: String
}
