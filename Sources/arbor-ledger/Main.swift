import ArgumentParser
import FoundationEssentials
import Glibc
import Reports
import Words

@main
enum Main {
    static func main() async {
        openClosedStandardStreams()
        requireProc()
        // A reader that closes the pipe early, such as `head`, ends the report without an error.
        _ = signal(SIGPIPE, SIG_IGN)
        do {
            let arguments = try takeGlobalOptions(Array(programArguments().dropFirst()))
            // Every commit waits for this hook, so it must start fast. Parsing its command line would take as long as
            // checking the commit.
            if arguments == ["hook", "run", HookName.preCommit.rawValue] { return try await runHook(.preCommit) }
            if arguments == ["help", "terms"] { return writePaged(Array(termsText(Terminal.current.style).utf8)) }
            try requireKnownCommand(arguments)
            var command = try await ArborLedger.asyncParseAsRoot(arguments)
            if let option = repeatedOption(arguments, of: command) {
                throw UsageError(message: "\(option) is given twice", remedy: "give it once")
            }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as UsageError {
            fail(error.message, remedy: error.remedy)
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

/// Handles the options that every command takes, and returns the other arguments.
private func takeGlobalOptions(_ arguments: [String]) throws(UsageError) -> [String] {
    var others: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
        switch argument {
        case "--": return others + [argument] + rest
        case "-C":
            guard let folder = rest.popFirst() else { throw UsageError(message: "-C needs a folder") }
            guard unsafe chdir(folder) == 0 else {
                throw UsageError(message: "cannot change to \"\(folder)\": \(unsafe String(cString: strerror(errno)))")
            }
        case "--no-pager": globalOptions.withLock { $0.usesPager = false }
        case "--color", "--colour": try setColour(rest.popFirst())
        case _ where argument.startsWithBytes("--color=") || argument.startsWithBytes("--colour="):
            try setColour(argument.split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init))
        default: others.append(argument)
        }
    }
    return others
}

private func setColour(_ text: String?) throws(UsageError) {
    guard let text, let choice = ColourChoice(rawValue: text) else {
        throw UsageError(message: "--color takes \(listed(ColourChoice.allCases.map(\.rawValue), "or"))")
    }
    globalOptions.withLock { $0.colour = choice }
}

/// Refuses an unknown command, and suggests the nearest one.
private func requireKnownCommand(_ arguments: [String]) throws(UsageError) {
    let asksForHelp = arguments.first == "help"
    guard let name = asksForHelp ? arguments.dropFirst().first : arguments.first, !name.startsWithBytes("-"),
        !ArborLedger.configuration.subcommands.contains(where: { $0._commandName == name }),
        asksForHelp || name != "help"
    else { return }
    let known = ArborLedger.configuration.subcommands.compactMap { command in
        command.configuration.shouldDisplay ? command._commandName : nil
    }
    let topics = asksForHelp ? known + ["terms"] : known + ["help"]
    throw UsageError(
        message: "there is no command \"\(name)\"",
        remedy: didYouMean(name, topics) ?? "`arbor-ledger help` lists the commands")
}

private struct UsageError: Error {
    var message: String
    var remedy: String?
}
