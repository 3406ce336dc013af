import ArgumentParser
import Records
import Reports
import Words

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the records of one kind.",
        discussion: """
            --where selects by settings: claims that name the value, tested or not, and the findings, questions, \
            quantities, models and assumptions of such claims; tasks and traces by their own settings. A condition can be \
            an attribute, as in model.family=qwen. --by selects by authors and contributors, and tasks by who took them; \
            a part of the name is enough. Records with errors are left out.

            Examples:
              arbor-ledger list findings
              arbor-ledger list claims --where model=superposition-geometry
              arbor-ledger list questions --format csv
              arbor-ledger list kernels
            """)

    @OptionGroup var report: ReportOptions<ListReport>

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only records with this setting; repeat for several.", valueName: "condition=value"))
    var settings: [String] = []

    @Option(help: ArgumentHelp("Only records of this person.", valueName: "name"))
    var by: String?

    @Argument(
        help: ArgumentHelp(
            "What to list: \(listed(ListReport.Kind.allCases.map(\.rawValue), "or")).", valueName: "kind"))
    var kind: ListReport.Kind

    func validate() throws {
        if let by, by.allSatisfy(\.isWhitespace) { throw ValidationError("--by takes a name or a part of one") }
        let name = settings.isEmpty ? by == nil ? nil : "--by" : "--where"
        guard let name, !kind.canBeSelected else { return }
        throw ValidationError(
            "\(name) cannot select \(kind.rawValue), which no claim tests; use it with findings or claims")
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let selection = ClaimSelection(settings: try settings.map(setting), person: by)
            return try workspace.report(of: report.snapshot) { source in
                let loaded = try workspace.load(source)
                do {
                    for (condition, value) in selection.settings {
                        try loaded.ledger.state.vocabulary.requireKnown(value, of: condition)
                    }
                } catch let error as UnknownSetting {
                    throw Refusal(message: error.message, remedy: error.remedy, exitCode: 64)
                }
                let list = ListReport(kind, loaded.merge(), where: selection, today: today())
                return FinishedReport(
                    output: try report.format.written(list), notes: errorNote(loaded.ledger) ?? "")
            }.show()
        }
    }
}

/// Splits `condition=value`.
private func setting(_ text: String) throws(Refusal) -> (condition: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw Refusal(
            message: "\"\(text)\" is not a setting", remedy: "write it as condition=value, such as model=r1",
            exitCode: 64)
    }
    return (parts[0], parts[1])
}

extension ListReport.Kind: ExpressibleByArgument {
    /// Accepts the singular too.
    package init?(argument: String) {
        let singular = argument == "quantity" ? "quantities" : "\(argument)s"
        guard let kind = Self(rawValue: argument) ?? Self(rawValue: singular) else { return nil }
        self = kind
    }
}
