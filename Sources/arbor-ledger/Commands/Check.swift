import ArgumentParser
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

    @Option(help: "How to print: text, json, github (workflow commands) or sarif (2.1.0).")
    var format = CheckFormat.text

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
            let isEverythingShown = all || format == .json || format == .sarif || !wanted.isEmpty
            let check =
                if let range { try await judged(range, workspace) } else {
                    try await checked(wanted, workspace, withNotes: isEverythingShown)
                }
            var found = isEverythingShown ? check.diagnostics : check.problems
            if !wanted.isEmpty { found.removeAll { found in !wanted.contains { isPath(found.path, under: $0) } } }
            let shown =
                isEverythingShown ? found : format == .text ? readable(found) : found.filter { $0.severity != .note }
            let summary = check.summary
            switch format {
            case .text: writeOutput(checkText(summary, showing: shown, style: Terminal.current.style))
            case .json: writeOutput(try json(CheckJSON(summary, showing: shown)))
            case .github: writeOutput(checkGitHub(summary, showing: shown))
            case .sarif: writeOutput(try json(CheckSARIF(showing: shown, toolVersion: toolVersion)))
            }
            return shown.contains { $0.severity == .error } ? .failure : .success
        }
    }

    /// One state of the ledger with all that is wrong with it.
    private func checked(
        _ wanted: [String], _ workspace: Workspace, withNotes: Bool
    ) async throws -> FinishedCheck {
        let snapshot = staged ? Snapshot.staged : at.map(Snapshot.revision) ?? .workTree
        for place in wanted where try !workspace.holdsRecord(at: place, snapshot) {
            // A mistyped path must not pass for a checked one.
            throw Refusal(message: "there is no record at \(place)", exitCode: 64)
        }
        return try await workspace.finishedCheck(snapshot, withNotes: withNotes)
    }

    /// The state at the end of a range with what is new in it and what the range did.
    private func judged(_ argument: RangeArgument, _ workspace: Workspace) async throws -> FinishedCheck {
        guard let range = try workspace.resolve(argument) else {
            writeError("arbor-ledger: the branch is deleted, so there is nothing to judge\n")
            return FinishedCheck(workspace.check([]))
        }
        let judgement = try await workspace.judge(range, moving: reference)
        writeError(judgement.notes)
        var check = FinishedCheck(judgement.ledger)
        check.problems = judgement.shown
        check.notes = []
        return check
    }
}

/// How diagnostics are written: for eyes, programs, GitHub's workflows or code scanning.
enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, github, sarif
}

/// Whether a path is this file or lies in this folder; the ledger's root holds every path.
private func isPath(_ path: String, under place: String) -> Bool {
    place.isEmpty || path == place || path.startsWithBytes(place + "/")
}

extension Workspace {
    /// Whether a record stands at a path or below it; the ledger's own places are always there.
    fileprivate func holdsRecord(at place: String, _ snapshot: Snapshot) throws -> Bool {
        if (["", settingsPath] + ledgerFolders).contains(place) { return true }
        switch snapshot {
        case .workTree:
            guard let kind = try? kindOfFile("\(root)/\(place)") else { return false }
            switch kind {
            case .folder: return try !WorkTree(root).list(below: [place]).isEmpty
            case .file: return isLedgerPath(place)
            case .link: return true
            case .other: return false
            }
        case .staged:
            return try repository().stagedEntries(
                indexFile: environment["GIT_INDEX_FILE"], currentDirectory: startDirectory, under: ledgerFolders
            ).contains { $0.concernsLedger && isPath($0.path, under: place) }
        case .revision(let revision):
            let repository = try repository()
            let tree = try repository.tree(of: repository.resolve(revision))
            guard var entry = try repository.entry(at: place, inTree: tree) else { return false }
            guard entry.mode == .tree else { return entry.concernsLedger }
            return try repository.entries(ofTree: entry.id).contains { found in
                entry = found
                entry.path = "\(place)/\(found.path)"
                return entry.concernsLedger
            }
        }
    }
}
