import ArgumentParser
import Reports
import Words

struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Find records by words of their names, titles and texts.",
        discussion: """
            A record is found if it has every word of TEXT, or words that begin with them. Words of names and titles \
            count for more than words of other texts, such as authors, sources, definitions, settings and caveats.

            Examples:
              arbor-ledger find superposition
              arbor-ledger find "features dimension"
            """)

    @OptionGroup var report: ReportOptions<FindReport>

    @Flag(help: "List all records that are found, not only the first 20.")
    var all = false

    @Argument(help: ArgumentHelp("The words to find.", valueName: "text"))
    var words: [String]

    func validate() throws {
        guard searchWords(query).isEmpty else { return }
        throw ValidationError("name at least one word to find")
    }

    private var query: String { words.joined(separator: " ") }

    func run() async throws {
        try await withWorkspace { workspace in
            let (table, notes) = try workspace.searchTable(of: LedgerSource(report.snapshot, in: workspace))
            writeError(notes)
            try report.format.print(try FindReport(query, in: table, shownCount: all ? .max : 20))
            return .success
        }
    }
}

extension Workspace {
    /// Returns the words of all records of a state, either from the store or newly collected, and the note about records
    /// with errors.
    fileprivate func searchTable(of source: LedgerSource) throws -> (table: SearchTable, notes: String) {
        let store = Store(self)
        let name = source.identity.map { "search \(source.snapshot.kind) \($0)" }
        if let name, let file = store?.read(name) {
            let chunks = (0..<file.count).concurrentMap { file[$0] }.compactMap(\.self)
            if chunks.count == file.count, let notes = chunks.last {
                return (SearchTable(chunks: chunks.dropLast()), String(decoding: notes, as: UTF8.self))
            }
        }
        let ledger = check(retainedUntilExit(try ledgerFiles(source)))
        let (table, notes) = (SearchTable(ledger), errorNote(ledger) ?? "")
        if let name, !sawCarriageReturn.isOn { store?.write(table.chunks + [Array(notes.utf8)], as: name) }
        return (table, notes)
    }
}
