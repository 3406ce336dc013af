import ArgumentParser
import Ledger

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
            """)

    @OptionGroup var report: ReportOptions

    @Flag(help: "Read what the next commit would hold.")
    var staged = false

    @Flag(help: "Show notes too.")
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
            valueName: "base..tip | path"))
    var arguments: [String] = []

    private var range: RangeArgument? { arguments.first.flatMap(asRange) }
    private var paths: [String] { range == nil ? arguments : Array(arguments.dropFirst()) }

    func validate() throws {
        if staged && report.at != nil { throw ValidationError("--staged and --at exclude each other") }
        if range != nil && (staged || report.at != nil) {
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
            let (ledger, told) =
                if let range { try await judged(range, workspace) } else { try await checked(wanted, workspace) }
            let shown = told.filter { diagnostic in
                (all || report.format == .json || !wanted.isEmpty || diagnostic.severity != .note)
                    && (wanted.isEmpty || wanted.contains { isPath(diagnostic.path, under: $0) })
            }
            switch report.format {
            case .text: writeOutput(checkText(ledger, showing: shown, style: Terminal.current.style))
            case .json: writeOutput(try json(CheckJSON(ledger, showing: shown)))
            }
            return shown.contains { $0.severity == .error } ? .failure : .success
        }
    }

    /// One state of the ledger with all that is wrong with it.
    private func checked(_ wanted: [String], _ workspace: Workspace) async throws -> (CheckedLedger, [Diagnostic]) {
        let snapshot = staged ? Snapshot.staged : report.snapshot
        let files = try await workspace.files(snapshot)
        for path in wanted { try requireFile(at: path, in: files) }
        let loaded = try await workspace.load(files, from: workspace.standpoint(of: snapshot), depth: .everything)
            .ledger
        let ledger = loaded.adding(try workspace.readmeNotes(snapshot, loaded))
        return (ledger, ledger.diagnostics)
    }

    /// The state at the end of a range with what is new in it and what the range did.
    private func judged(
        _ argument: RangeArgument, _ workspace: Workspace
    ) async throws -> (CheckedLedger, [Diagnostic]) {
        guard let range = try workspace.resolve(argument) else {
            writeError("arbor-ledger: the branch is deleted, so there is nothing to judge\n")
            return (workspace.check([]), [])
        }
        let judgement = try await workspace.judge(range, moving: reference)
        writeError(judgement.notes)
        return (judgement.ledger, judgement.shown)
    }
}

/// Whether a path is this file or lies in this folder; the ledger's root holds every path.
private func isPath(_ path: String, under place: String) -> Bool {
    place.isEmpty || path == place || path.hasPrefix(place + "/")
}

/// A mistyped path must not pass for a checked one.
private func requireFile(at place: String, in files: [DecodedFile]) throws(Refusal) {
    let alwaysThere = ["", settingsPath] + ledgerFolders
    guard !alwaysThere.contains(place), !files.contains(where: { isPath($0.path, under: place) }) else { return }
    throw Refusal(message: "there is no record at \(place)", exitCode: 64)
}
