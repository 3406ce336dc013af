import ArgumentParser
import Ledger

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every record, by itself and against the others.",
        discussion: """
            Prints every mistake of every file at once, with its place and a remedy. Exits with 1 if there is an error.

            Examples:
              arbor-ledger check
              arbor-ledger check Findings/search/tinyzero.yaml
              arbor-ledger check --staged --format json
            """)

    @OptionGroup var report: ReportOptions

    @Flag(help: "Read what the next commit would hold.")
    var staged = false

    @Flag(help: "Show notes too.")
    var all = false

    @Argument(help: "Show only these files or folders; everything is still checked.")
    var paths: [String] = []

    func validate() throws {
        if staged && report.at != nil { throw ValidationError("--staged and --at exclude each other") }
    }

    func run() async throws {
        try await withWorkspace { workspace in
            let snapshot = staged ? Snapshot.staged : report.snapshot
            let files = try await workspace.files(snapshot)
            let wanted = try paths.map(workspace.ledgerPath)
            for path in wanted { try requireFile(at: path, in: files) }
            let loaded = try await workspace.load(files, from: workspace.standpoint(of: snapshot), depth: .everything)
                .ledger
            let ledger = loaded.adding(try workspace.readmeNotes(snapshot, loaded))
            let shown = ledger.diagnostics.filter { diagnostic in
                (all || report.format == .json || !wanted.isEmpty || diagnostic.severity != .note)
                    && (wanted.isEmpty || wanted.contains { isPath(diagnostic.path, under: $0) })
            }
            switch report.format {
            case .text: writeOutput(checkText(ledger, showing: shown, style: Terminal.current.style))
            case .json: writeOutput(try json(CheckJSON(ledger, showing: shown)))
            }
            let failing = wanted.isEmpty ? ledger.hasErrors : shown.contains { $0.severity == .error }
            return failing ? .failure : .success
        }
    }
}

/// Whether a path is this file or lies in this folder; the ledger's root holds every path.
private func isPath(_ path: String, under place: String) -> Bool {
    place.isEmpty || path == place || path.startsWithBytes(place + "/")
}

/// A mistyped path must not pass for a checked one.
private func requireFile(at place: String, in files: [DecodedFile]) throws(Refusal) {
    let alwaysThere = ["", settingsPath] + ledgerFolders
    guard !alwaysThere.contains(place), !files.contains(where: { isPath($0.path, under: place) }) else { return }
    throw Refusal(message: "there is no record at \(place)", exitCode: 64)
}
