import ArgumentParser
import Checking
import Git
import Records
import Reports
import Words

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every record, alone and against the others.",
        discussion: """
            Prints every mistake of every file, with its place and a remedy. Exits with 1 if there is an error.

            With a range it checks the state at TIP and what the commits changed. Errors that BASE already had do not \
            count. Removed or altered receipts, deleted findings, changed audited claims and merges that drop records \
            are errors. BASE...TIP starts at the merge base; a BASE of zeros, as git passes it to hooks, is a new branch.

            Examples:
              arbor-ledger check
              arbor-ledger check main...HEAD
              arbor-ledger check Findings/half-a-dimension.yaml
              arbor-ledger check --staged --format json
              arbor-ledger check --format github
              arbor-ledger check --format sarif > ledger.sarif
            """)

    @OptionGroup var format: FormatOption<CheckReport>

    @Option(help: ArgumentHelp("Check the ledger at this commit.", valueName: "rev"))
    var at: String?

    @Flag(help: "Check the index, which is the content of the next commit.")
    var staged = false

    @Flag(help: "Also show notes, and warnings beyond the first 200.")
    var all = false

    @Option(
        name: .customLong("ref"),
        help: ArgumentHelp(
            "With a range: the branch that it updates; history of the audit branch must not be rewritten.",
            valueName: "refs/heads/name"
        ))
    var reference: String?

    @Argument(
        help: ArgumentHelp(
            "A range of commits to check, or the files or folders to show; everything is checked.",
            valueName: "base..tip | path"),
        completion: .file())
    var arguments: [String] = []

    private var range: RangeArgument? { arguments.first.flatMap(asRange) }
    private var paths: [String] { range == nil ? arguments : Array(arguments.dropFirst()) }

    func validate() throws {
        if staged && at != nil { throw ValidationError("--staged and --at exclude each other") }
        if range != nil && (staged || at != nil) {
            throw ValidationError("a range excludes --staged and --at")
        }
        if range == nil && reference != nil { throw ValidationError("--ref needs a range") }
        if let second = arguments.dropFirst().first(where: { asRange($0) != nil }) {
            throw ValidationError("\"\(second)\" is a range; give one range, before any path")
        }
    }

    /// Returns the argument as a range; nil if it is the name of a file, because such a name may contain two dots.
    private func asRange(_ argument: String) -> RangeArgument? { fileExists(argument) ? nil : RangeArgument(argument) }

    func run() async throws {
        try await withWorkspace { workspace in
            let wanted = try paths.map(workspace.ledgerPath)
            if let range { return try await checkRange(range, wanted, workspace).show() }
            let snapshot = staged ? Snapshot.staged : at.map(Snapshot.revision) ?? .workTree
            return try workspace.report(of: snapshot) { source in
                for place in wanted where try !source.holdsRecord(at: place) {
                    // A mistyped path must not appear to have been checked.
                    throw Refusal(message: "there is no record at \(place)", exitCode: 64)
                }
                let loaded = try workspace.load(source, depth: .everything)
                // The generated READMEs are a part of the check.
                let ledger = loaded.ledger.adding(
                    try (workspace.readmeNotes(source.snapshot, loaded.ledger) ?? []) + source.misplaced)
                return try finished(
                    ledger.summary, ledger.diagnostics, wanted, isSaltUnchecked: loaded.evidence.isSaltUnchecked)
            }.show()
        }
    }

    /// Checks the state at the end of a range, and the changes in the range.
    private func checkRange(
        _ argument: RangeArgument, _ wanted: [String], _ workspace: Workspace
    ) async throws -> FinishedReport {
        guard let range = try workspace.resolve(argument) else {
            writeError("arbor-ledger: the branch is deleted, so there is nothing to check\n")
            return try emptyReport(workspace)
        }
        guard try ([range.tip] + [range.base].compactMap(\.self)).contains(where: workspace.holdsLedger) else {
            writeError("arbor-ledger: neither end of the range holds a ledger, so there is nothing to check\n")
            return try emptyReport(workspace)
        }
        let rangeCheck = try await workspace.checkRange(range, updating: reference)
        writeError(rangeCheck.notes)
        return try finished(
            rangeCheck.ledger.summary, rangeCheck.shown, wanted, isSaltUnchecked: rangeCheck.isSaltUnchecked)
    }

    /// Returns an empty report. The text format has no summary, which would claim that the ledger has no mistakes. In
    /// other formats, the report is an empty document.
    private func emptyReport(_ workspace: Workspace) throws -> FinishedReport {
        format.isText ? FinishedReport(output: []) : try finished(workspace.check([]).summary, [], [])
    }

    /// Renders the diagnostics of the wanted paths.
    private func finished(
        _ summary: CheckSummary, _ diagnostics: [Diagnostic], _ wanted: [String], isSaltUnchecked: Bool = false
    ) throws -> FinishedReport {
        let shown =
            wanted.isEmpty
            ? diagnostics : diagnostics.filter { found in wanted.contains { isPath(found.path, under: $0) } }
        let report = CheckReport(
            summary, shown, isComplete: all || !wanted.isEmpty, toolVersion: toolVersion,
            isSaltUnchecked: isSaltUnchecked)
        let hasErrors = shown.contains { $0.severity == .error }
        return FinishedReport(output: try format.written(report), conditions: hasErrors ? [.error] : [])
    }
}

/// Returns whether a path is `place` or inside it. An empty `place` is the ledger's root.
func isPath(_ path: String, under place: String) -> Bool {
    place.isEmpty || path == place || path.startsWithBytes(place + "/")
}

extension LedgerSource {
    /// Returns whether there is a record at a path or below it. The result is always true for the ledger's top folders.
    func holdsRecord(at place: String) throws -> Bool {
        try (["", settingsPath, signersPath] + ledgerFolders).contains(place)
            || entries().contains { isPath($0.path, under: place) }
    }
}
