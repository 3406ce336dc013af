import Words
import YAML

/// A file that another tool left among the records. It is reported as foreign, not as a record with missing keys.
enum ForeignFile {
    /// A copy that Jupyter made of a file that it opened.
    case checkpoint
    case notebook
    /// A notebook with the name of a record.
    case renamedNotebook
    /// JSON that is neither a receipt nor an annotation.
    case json
    /// Conflict markers of git, with the line of the first one.
    case conflict(line: Int)
    /// A mapping without any key of the expected record, not even a misspelt one.
    case foreign(subject: String)
    case pipeline

    /// Recognises foreign files by their path.
    init?(path: String) {
        if pathParts(path).contains(".ipynb_checkpoints") {
            self = .checkpoint
        } else if path.endsWithBytes(".ipynb") {
            self = .notebook
        } else if path.endsWithBytes(".json") && !isBelowReceipts(path) && !isBelowAnnotations(path) {
            self = .json
        } else {
            return nil
        }
    }

    /// Recognises conflict markers.
    init?(content bytes: [UInt8]) {
        guard bytes.contains(UInt8(ascii: "<")) else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        func first(_ marker: String) -> Int? { lines.firstIndex { $0.starts(with: marker.utf8) } }
        guard let ours = first("<<<<<<< "), let theirs = first(">>>>>>> "), ours < theirs else { return nil }
        self = .conflict(line: ours + 1)
    }

    init?(_ node: Node, at place: RecordPlace, path: String) {
        guard let shape = place.kind?.shape, case .mapping(let entries) = node.content, !entries.isEmpty,
            !entries.contains(where: { shape.keyNames.contains($0.key) })
        else { return nil }
        if entries.contains(where: { $0.key == "nbformat" }) {
            self = .renamedNotebook
        } else if path.endsWithBytes("/dvc.yaml") && entries.contains(where: { $0.key == "stages" }) {
            self = .pipeline
        } else if entries.contains(where: { nearestName(to: $0.key, among: shape.keyNames) != nil }) {
            // The misspelt key is reported instead.
            return nil
        } else {
            self = .foreign(subject: shape.subject)
        }
    }

    func report(to log: FileLog) {
        switch self {
        case .checkpoint:
            log.report(
                .strayFile, .fileStart, "a Jupyter checkpoint",
                fix: "remove that folder, also from git, and add `.ipynb_checkpoints/` to .gitignore")
        case .notebook:
            log.report(
                .notebook, .fileStart, "notebooks are ignored",
                fix: "record its result with `arbor-ledger new finding` and list the notebook in `resources`")
        case .renamedNotebook:
            log.report(
                .strayFile, .fileStart, "a Jupyter notebook, not a record",
                fix: "move it outside \(listed(ledgerFolders)), and record its result with `arbor-ledger new finding`")
        case .json:
            log.report(
                .misplacedRecord, .fileStart, "records are YAML, and this JSON file is ignored",
                fix: "if it is a record, rename it to .yaml: JSON is YAML too")
        case .conflict(let line):
            log.report(
                .syntax, Mark(line: line, column: 1), "git conflict markers of an unfinished merge",
                fix: conflictRemedy)
        case .foreign(let subject):
            log.report(
                .strayFile, .fileStart, "the file has none of the keys of \(subject)",
                fix:
                    "see docs/format.md for where each record goes; move other files outside \(listed(ledgerFolders))"
            )
        case .pipeline:
            log.report(
                .strayFile, .fileStart, "a DVC pipeline", fix: "move it outside \(listed(ledgerFolders))")
        }
    }
}

/// The remedy for conflict markers of git.
let conflictRemedy = "combine both sides, remove the lines of <, = and >, and `git add` the file"

extension Diagnostic.Code {
    package static let strayFile = Self("stray-file", .error, "A file lies where it would be ignored.")
    package static let notebook = Self("notebook", .warning, "A notebook lies among the records and is ignored.")

    package static let misplacedRecord = Self(
        "misplaced-record", .warning, "A file looks like a record, but its path or format is not read.")

    package static let ofForeignFiles = [strayFile, notebook, misplacedRecord]
}

/// Whether a YAML file outside the ledger's folders is probably a record: most of its keys belong to one kind.
package func looksLikeRecord(_ bytes: [UInt8]) -> Bool {
    guard case .mapping(let entries)? = readYAML(bytes).node?.content else { return false }
    return RecordKind.allCases.compactMap(\.shape).contains { shape in
        let knownCount = entries.count { shape.keyNames.contains($0.key) }
        return knownCount >= 3 && 2 * knownCount > entries.count
    }
}
