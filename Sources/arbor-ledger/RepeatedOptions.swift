import ArgumentParser
import FoundationEssentials

/// Returns an option that is given several times on the command line although it takes a single value; nil if there is
/// none. ArgumentParser would use only the last value.
func repeatedOption(_ arguments: [String], of command: any ParsableCommand) -> String? {
    let options = arguments.prefix { $0 != "--" }.filter { $0.startsWithBytes("-") }
        .map { String($0.prefix { $0 != "=" }) }
    // Making the description of a command takes time.
    guard Set(options).count < options.count || options.contains(where: { !$0.startsWithBytes("--") }),
        let help = try? JSONDecoder().decode(CommandDescription.self, from: Data(type(of: command)._dumpHelp().utf8))
    else { return nil }
    for argument in help.command.arguments ?? [] where argument.kind == "option" && !argument.isRepeating {
        let spellings = Set((argument.names ?? []).map(\.spelling))
        let given = options.filter(spellings.contains)
        if given.count > 1 { return given[1] }
    }
    return nil
}

/// The part of ArgumentParser's description of a command that names its options.
private struct CommandDescription: Decodable {
    struct Command: Decodable { var arguments: [Argument]? }

    struct Argument: Decodable {
        var kind: String
        var isRepeating: Bool
        var names: [Name]?
    }

    struct Name: Decodable {
        var kind: String
        var name: String

        var spelling: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    var command: Command
}
