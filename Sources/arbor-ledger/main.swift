import ArgumentParser
import Foundation
import Glibc

var arguments = Array(CommandLine.arguments.dropFirst())

// A reader that closes early ends the report, not with a signal but with a quiet stop.
_ = signal(SIGPIPE, SIG_IGN)

do {
    arguments = try changeDirectory(arguments)
} catch {
    writeError("\(error)\n")
    exit(64)
}
do {
    var command = try ArborLedger.parseAsRoot(arguments)
    if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
    } else {
        try command.run()
    }
} catch {
    ArborLedger.exit(withError: error)
}

/// `-C DIR` counts wherever it stands, as in git.
func changeDirectory(_ arguments: [String]) throws(UsageError) -> [String] {
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

struct UsageError: Error, CustomStringConvertible {
    var message: String
    var description: String { "arbor-ledger: \(message)" }
}
