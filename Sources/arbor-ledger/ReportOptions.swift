import ArgumentParser
import Reports
import Words

/// The option `--format`. Its help lists the formats of a kind of report.
struct FormatOption<R: Report>: ParsableArguments {
    @Option(
        name: .customLong("format"), help: ArgumentHelp("Output format: \(R.formatHelp)."),
        completion: .list(R.formatNames))
    var name = "text"

    func validate() throws { try requireFormat(of: R.self) }

    /// Refuses a format that another kind of report lacks. Commands call this if their options select that kind.
    func requireFormat<Other: Report>(of other: Other.Type) throws(ValidationError) {
        guard !Other.formatNames.contains(name) else { return }
        throw ValidationError(missingFormat(name, of: Other.name, among: Other.formatNames))
    }

    /// Refuses a format that this report lacks. This happens before any work is done.
    func requireFormat(of report: some Report) throws(Refusal) {
        let names = report.renderers.map(\.name)
        guard !names.contains(name) else { return }
        throw Refusal(message: missingFormat(name, of: report.subject, among: names), exitCode: 64)
    }

    func written(_ report: some Report, style: TextStyle = Terminal.current.style) throws(Refusal) -> [UInt8] {
        try requireFormat(of: report)
        return report.written(as: name, style: style) ?? []
    }

    func print(_ report: some Report, style: TextStyle = Terminal.current.style) throws(Refusal) {
        writePaged(try written(report, style: style))
    }

    /// Refuses an option that changes only texts.
    func requireText(for option: String) throws(ValidationError) {
        guard isText else { throw ValidationError("\(option) changes only text, and the format is \(name)") }
    }

    var isText: Bool { name == "text" }

    /// Whether to omit progress. This is true if the output is for a program and standard error is not a terminal.
    var isQuiet: Bool { !isText && !Terminal.current.isErrorTerminal }
}

/// The options of every report on a ledger.
struct ReportOptions<R: Report>: ParsableArguments {
    @OptionGroup var format: FormatOption<R>

    @Option(help: ArgumentHelp("Report on the ledger at this commit.", valueName: "rev"))
    var at: String?

    var snapshot: Snapshot { at.map(Snapshot.revision) ?? .workTree }
}

/// The option for the length of each question in a text report. Other formats always contain everything.
struct LengthOption: ParsableArguments {
    @Flag(name: .customLong("all"), help: "Print all lines of each question, not only the first 20.")
    var isWhole = false

    var style: TextStyle {
        var style = Terminal.current.style
        style.lineLimit = isWhole ? nil : 20
        return style
    }
}

/// The option for E values in text reports. JSON always contains them.
struct VerboseOption: ParsableArguments {
    @Flag(name: .customLong("verbose"), help: "Print the E values behind each verdict.")
    var isVerbose = false

    var style: TextStyle {
        var style = Terminal.current.style
        style.isVerbose = isVerbose
        return style
    }
}

struct FailOptions: ParsableArguments {
    @Option(
        name: .customLong("fail-on"),
        help: "Exit with 1 if the report has any: conflict, unexplained or refuted. Repeat for several.")
    var failOn: [FailOn] = []

    func exitCode(_ conditions: Set<ReportCondition>) -> ExitCode {
        failOn.contains { conditions.contains($0.condition) } ? .failure : .success
    }
}
