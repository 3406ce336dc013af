/// What `arbor-ledger --experimental-dump-help` says of the tool and its commands.
struct CommandDump: Decodable, Sendable {
    var command: CommandDescription
}

struct CommandDescription: Decodable, Sendable {
    struct Name: Decodable, Sendable {
        enum Kind: String, Decodable { case long, short, longWithSingleDash }

        var kind: Kind
        var name: String

        var spelling: String { (kind == .long ? "--" : "-") + name }
    }

    struct Argument: Decodable, Sendable {
        enum Kind: String, Decodable { case positional, option, flag }

        var kind: Kind
        var names: [Name]?
        var preferredName: Name?
        var valueName: String?
        var abstract: String?
        var discussion: String?
        var defaultValue: String?
        var isOptional: Bool
        var isRepeating: Bool
        var shouldDisplay: Bool

        /// The names with the value, as in `-h, --help` or `--format <format>`.
        var term: String {
            let value = "<\(valueName ?? "value")>"
            guard kind != .positional else { return value }
            let spellings = (names ?? []).sorted {
                ($0.kind == .long ? 1 : 0, $0.name) < ($1.kind == .long ? 1 : 0, $1.name)
            }
            .map(\.spelling).joined(separator: ", ")
            return kind == .flag ? spellings : "\(spellings) \(value)"
        }

        /// The argument in a line that shows how the command is called.
        var usage: String {
            let name = preferredName.map(\.spelling) ?? ""
            let value = "<\(valueName ?? "value")>" + (isRepeating ? " ..." : "")
            let text =
                switch kind {
                case .positional: value
                case .option: "\(name) \(value)"
                case .flag: name
                }
            return isOptional ? "[\(text)]" : text
        }
    }

    var commandName: String
    var superCommands: [String]?
    var abstract: String?
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [CommandDescription]?
    var shouldDisplay: Bool

    /// The name after that of the tool, as in `tasks take`.
    var name: String { ((superCommands ?? []).dropFirst() + [commandName]).joined(separator: " ") }

    var anchor: String { name.split(separator: " ").joined(separator: "-") }

    /// The path of the page of a command that is not part of another one.
    var path: String { "\(SitePaths.commandFolder)\(commandName).html" }

    var parts: [CommandDescription] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    /// The arguments, without those that every command has.
    var shownArguments: [Argument] {
        (arguments ?? []).filter { argument in
            argument.shouldDisplay && !["help", "version"].contains(argument.preferredName?.name)
        }
    }

    var usage: String {
        (["arbor-ledger", name] + shownArguments.map(\.usage) + (parts.isEmpty ? [] : ["<subcommand>"]))
            .joined(separator: " ")
    }
}
