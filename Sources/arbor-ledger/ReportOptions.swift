import ArgumentParser
import Reports
import Words

/// `--format`, which takes the formats in the table of a kind of report.
struct FormatOption<R: Report>: ParsableArguments {
    @Option(
        name: .customLong("format"), help: ArgumentHelp("How to print: \(R.formatHelp)."),
        completion: .list(R.formatNames))
    var name = "text"

    func validate() throws { try requireFormat(of: R.self) }

    /// For a command whose options can ask for another kind of report.
    func requireFormat<Other: Report>(of other: Other.Type) throws(ValidationError) {
        guard !Other.formatNames.contains(name) else { return }
        throw ValidationError(missingFormat(name, of: Other.name, among: Other.formatNames))
    }

    /// Refuses what this one report has no format for, before any work is done for it.
    func requireFormat(of report: some Report) throws(Refusal) {
        let names = report.renderers.map(\.name)
        guard !names.contains(name) else { return }
        throw Refusal(message: missingFormat(name, of: report.subject, among: names), exitCode: 64)
    }

    func written(_ report: some Report, style: TextStyle = Terminal.current.style) throws(Refusal) -> [UInt8] {
        try requireFormat(of: report)
        return report.written(as: name, style: style) ?? []
    }

    func print(_ report: some Report) throws(Refusal) { writeOutput(try written(report)) }

    var isText: Bool { name == "text" }

    /// Whether progress is left out: a program reads the output, and nobody looks at standard error.
    var isQuiet: Bool { !isText && !Terminal.current.isErrorTerminal }
}

/// What every report of a ledger takes.
struct ReportOptions<R: Report>: ParsableArguments {
    @OptionGroup var format: FormatOption<R>

    @Option(help: ArgumentHelp("Read the ledger as this commit has it.", valueName: "rev"))
    var at: String?

    var snapshot: Snapshot { at.map(Snapshot.revision) ?? .workTree }
}

/// How much of each question a text report prints; other formats hold everything.
struct LengthOption: ParsableArguments {
    @Flag(name: .customLong("all"), help: "Print every line of each question, in place of the first 20.")
    var isWhole = false

    var style: TextStyle {
        var style = Terminal.current.style
        style.lineLimit = isWhole ? nil : 20
        return style
    }
}

struct FailOptions: ParsableArguments {
    @Option(
        name: .customLong("fail-on"),
        help: "Exit with 1 if there is one: conflict, unexplained or refuted. Repeat for several.")
    var failOn: [FailOn] = []

    func exitCode(_ conditions: Set<ReportCondition>) -> ExitCode {
        failOn.contains { conditions.contains($0.condition) } ? .failure : .success
    }
}
