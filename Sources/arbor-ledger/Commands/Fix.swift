import ArgumentParser
import Checking
import Records
import Reports
import Words

struct Fix: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Mend the mistakes that have only one possible correction.",
        discussion: """
            Shows the changes as a diff and asks before it writes them. It corrects mistakes in the records and \
            settings of the work tree, changes nothing else in these files, and never changes receipts, annotations \
            and texts. It lists mistakes that need a decision, with their remedies.

            Exits with 1 if changes were not applied, or if errors remain that need a decision. Without a terminal, \
            only --yes applies changes.

            Examples:
              arbor-ledger fix
              arbor-ledger fix Findings/half-a-dimension.yaml
              arbor-ledger fix --yes
              arbor-ledger fix --format json
            """)

    @OptionGroup var format: FormatOption<FixReport>

    @Flag(name: .customLong("yes"), help: "Apply the changes without asking.")
    var isAccepted = false

    @Argument(
        help: ArgumentHelp("The files or folders to mend (default: all).", valueName: "path"), completion: .file())
    var paths: [String] = []

    func run() async throws {
        try await withWorkspace { workspace in
            let wanted = try paths.map(workspace.ledgerPath)
            let files = try workspace.mendableFiles(under: wanted)
            let mending = try files.mended()
            let style = Terminal.current.style
            if format.isText { writeOutput(mendingDiff(mending, style: style)) }
            var isApplied = false
            if !mending.changes.isEmpty, isAccepted || format.isText && isConfirmed(mending) {
                try files.write(mending.changes)
                isApplied = true
            }
            let left = mending.ledger.errors.filter { found in
                wanted.isEmpty || wanted.contains { isPath(found.path, under: $0) }
            }
            try format.print(FixReport(mending, isApplied: isApplied, left: left))
            return (isApplied || mending.changes.isEmpty) && left.isEmpty ? .success : .failure
        }
    }

    private func isConfirmed(_ mending: Mending) -> Bool {
        guard isInputTerminal(), Terminal.current.isOutputTerminal else { return false }
        writeOutput("Apply? [y/N] ")
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}

/// The records and settings of the work tree that may be mended.
private struct MendableFiles {
    let workspace: Workspace
    let files: [DecodedFile]
    /// The entries by path.
    let entries: [String: WorkTreeEntry]
    let wanted: [String]

    func mended() throws -> Mending {
        let reader = try EntryReader(workspace)
        return try Checking.mended(
            files, read: { try bytes(of: $0, reader) }, check: { workspace.check($0, depth: .everything) })
    }

    /// Returns the bytes of a file that may be changed.
    private func bytes(of path: String, _ reader: EntryReader) throws -> [UInt8]? {
        guard wanted.isEmpty || wanted.contains(where: { isPath(path, under: $0) }), isMendable(path),
            let entry = entries[path]
        else { return nil }
        let file = try reader.read(entry)
        return file.kind == .file ? file.bytes : nil
    }

    /// Whether a file is a record that people write. Files that are named by their digest never change.
    private func isMendable(_ path: String) -> Bool {
        switch RecordPlace(path: path) {
        case nil: path.hasSameBytes(as: settingsPath)
        case .receipt, .signature, .annotation, .traceText, .kernelFile: false
        case .question, .vote, .quantity, .condition, .conditionValue, .assumption, .constraint, .finding, .model,
            .measurement, .trace, .codebook, .resource, .kernel:
            true
        }
    }

    /// Writes the changed files. Refuses all of them if one has changed since it was read.
    func write(_ changes: [Mending.Change]) throws {
        let (reader, tree) = (try EntryReader(workspace), try WorkTree(workspace.root))
        let modes = try changes.map { change in
            guard let entry = entries[change.path], try reader.read(entry).bytes == change.before else {
                throw Refusal(
                    message: "\(change.path) has changed since it was read", remedy: "run the command again")
            }
            return try fileMode("\(workspace.root)/\(change.path)")
        }
        for (change, mode) in zip(changes, modes) {
            // A checkout can have other line ends than the committed file.
            let lineEnd = try tree.read(entries[change.path]!).bytes.hasOnlyCRLF ? "\r\n" : "\n"
            let isKept = lineEnd == "\r\n" && !change.before.contains(UInt8(ascii: "\r"))
            let bytes = isKept ? change.after.withCRLF : change.after
            try writeFile("\(workspace.root)/\(change.path)", bytes, mode: mode)
        }
    }
}

extension Workspace {
    fileprivate func mendableFiles(under wanted: [String]) throws -> MendableFiles {
        try requireWholeWorkTree()
        let source = try LedgerSource(.workTree, in: self)
        for place in wanted where try !source.holdsRecord(at: place) {
            throw Refusal(message: "there is no record at \(place)", exitCode: 64)
        }
        var entries: [String: WorkTreeEntry] = [:]
        for entry in try source.entries() {
            if case .workTree(let file) = entry.location { entries[entry.path] = file }
        }
        return MendableFiles(workspace: self, files: try ledgerFiles(source), entries: entries, wanted: wanted)
    }
}

extension [UInt8] {
    fileprivate var hasOnlyCRLF: Bool {
        let ends = indices.filter { self[$0] == UInt8(ascii: "\n") }
        return !ends.isEmpty && ends.allSatisfy { $0 > 0 && self[$0 - 1] == UInt8(ascii: "\r") }
    }

    fileprivate var withCRLF: [UInt8] {
        flatMap { $0 == UInt8(ascii: "\n") ? [UInt8(ascii: "\r"), $0] : [$0] }
    }
}
