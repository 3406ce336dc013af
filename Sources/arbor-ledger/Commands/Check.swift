import ArgumentParser
import Checking
import Git
import Records
import Reports
import Words

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every record, by itself and against the others.",
        discussion: """
            Prints every mistake of every file at once, with its place and a remedy. Exits with 1 if there is an error.

            Of a range it judges the state at TIP and what the commits did: errors that BASE had already do not fail it, \
            but removed or altered receipts, deleted findings, changed audited claims and merges that drop records do. \
            BASE...TIP begins where the two parted; a BASE of zeros, as git writes it to hooks, is a new branch.

            Examples:
              arbor-ledger check
              arbor-ledger check origin/main...HEAD
              arbor-ledger check Findings/search/tinyzero.yaml
              arbor-ledger check --staged --format json
              arbor-ledger check --format github        in a workflow: marks lines of a pull request
              arbor-ledger check --format sarif > ledger.sarif
            """)

    @OptionGroup var format: FormatOption<CheckReport>

    @Option(help: ArgumentHelp("Read the ledger as this commit has it.", valueName: "rev"))
    var at: String?

    @Flag(help: "Read what the next commit would hold.")
    var staged = false

    @Flag(help: "Show notes too, and warnings beyond the first 200.")
    var all = false

    @Option(
        name: .customLong("ref"),
        help: ArgumentHelp(
            "With a range: the branch that it moves; the audit branch must keep its past.", valueName: "refs/heads/name"
        ))
    var reference: String?

    @Argument(
        help: ArgumentHelp(
            "Judge a range of commits; show only these files or folders, though everything is checked.",
            valueName: "base..tip | path"),
        completion: .file())
    var arguments: [String] = []

    private var range: RangeArgument? { arguments.first.flatMap(asRange) }
    private var paths: [String] { range == nil ? arguments : Array(arguments.dropFirst()) }

    func validate() throws {
        if staged && at != nil { throw ValidationError("--staged and --at exclude each other") }
        if range != nil && (staged || at != nil) {
            throw ValidationError("a range says what is read, so it takes neither --staged nor --at")
        }
        if range == nil && reference != nil { throw ValidationError("--ref needs a range") }
        if let second = arguments.dropFirst().first(where: { asRange($0) != nil }) {
            throw ValidationError("\"\(second)\" is a range, and a range comes first and alone")
        }
    }

    /// A file may have two dots in its name.
    private func asRange(_ argument: String) -> RangeArgument? { fileExists(argument) ? nil : RangeArgument(argument) }

    func run() async throws {
        try await withWorkspace { workspace in
            let wanted = try paths.map(workspace.ledgerPath)
            if let range { return try await checkRange(range, wanted, workspace).show() }
            let snapshot = staged ? Snapshot.staged : at.map(Snapshot.revision) ?? .workTree
            return try workspace.report(of: snapshot) { source in
                for place in wanted where try !source.holdsRecord(at: place) {
                    // A mistyped path must not pass for a checked one.
                    throw Refusal(message: "there is no record at \(place)", exitCode: 64)
                }
                let ledger = try workspace.checkEverything(source)
                return try finished(ledger.summary, ledger.diagnostics, wanted)
            }.show()
        }
    }

    /// The state at the end of a range with what is new in it and what the range did.
    private func checkRange(
        _ argument: RangeArgument, _ wanted: [String], _ workspace: Workspace
    ) async throws -> FinishedReport {
        guard let range = try workspace.resolve(argument) else {
            writeError("arbor-ledger: the branch is deleted, so there is nothing to judge\n")
            return try emptyReport(workspace)
        }
        guard try ([range.tip] + [range.base].compactMap(\.self)).contains(where: workspace.holdsLedger) else {
            writeError("arbor-ledger: neither end of the range holds a ledger, so there is nothing to judge\n")
            return try emptyReport(workspace)
        }
        let rangeCheck = try await workspace.checkRange(range, updating: reference)
        writeError(rangeCheck.notes)
        return try finished(rangeCheck.ledger.summary, rangeCheck.shown, wanted)
    }

    /// Programs read a document without diagnostics; eyes are not told of a ledger without a mistake.
    private func emptyReport(_ workspace: Workspace) throws -> FinishedReport {
        format.isText ? FinishedReport(output: []) : try finished(workspace.check([]).summary, [], [])
    }

    /// The diagnostics that were asked for, as they are printed.
    private func finished(
        _ summary: CheckSummary, _ diagnostics: [Diagnostic], _ wanted: [String]
    ) throws -> FinishedReport {
        let shown =
            wanted.isEmpty
            ? diagnostics : diagnostics.filter { found in wanted.contains { isPath(found.path, under: $0) } }
        let report = CheckReport(
            summary, shown, isComplete: all || !wanted.isEmpty, toolVersion: toolVersion)
        let hasErrors = shown.contains { $0.severity == .error }
        return FinishedReport(output: try format.written(report), conditions: hasErrors ? [.error] : [])
    }
}

extension Workspace {
    /// Everything that is wrong with a state of the ledger, its generated READMEs included.
    fileprivate func checkEverything(_ source: LedgerSource) throws -> CheckedLedger {
        let loaded = try load(source, depth: .everything).ledger
        return loaded.adding(try (readmeNotes(source.snapshot, loaded) ?? []) + source.misplaced)
    }
}

/// Whether a path is this file or lies in this folder; the ledger's root holds every path.
private func isPath(_ path: String, under place: String) -> Bool {
    place.isEmpty || path == place || path.startsWithBytes(place + "/")
}

extension LedgerSource {
    /// Whether a record stands at a path or below it; the ledger's own places are always there.
    fileprivate func holdsRecord(at place: String) throws -> Bool {
        try (["", settingsPath] + ledgerFolders).contains(place)
            || entries().contains { isPath($0.path, under: place) }
    }
}
