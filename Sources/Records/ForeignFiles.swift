import Words
import YAML

/// What other tools leave among records, told by its name and with its own remedy, in place of all that a record there would
/// lack.
enum ForeignFile {
    /// Jupyter keeps a copy of each file that it opens.
    case checkpoint
    case notebook
    /// Receipts are the only JSON of a ledger.
    case json
    /// The line where git's first marker stands.
    case conflict(line: Int)
    /// A mapping without any key of the record that its place asks for, nor one that is like any.
    case foreign(subject: String)
    case pipeline

    /// What a path alone tells.
    init?(path: String) {
        if pathParts(path).contains(".ipynb_checkpoints") {
            self = .checkpoint
        } else if path.endsWithBytes(".ipynb") {
            self = .notebook
        } else if path.endsWithBytes(".json") && !isBelowReceipts(path) {
            self = .json
        } else {
            return nil
        }
    }

    /// A merge that was not finished.
    init?(content bytes: [UInt8]) {
        guard bytes.contains(UInt8(ascii: "<")) else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        func first(_ marker: String) -> Int? { lines.firstIndex { $0.starts(with: marker.utf8) } }
        guard let ours = first("<<<<<<< "), let theirs = first(">>>>>>> "), ours < theirs else { return nil }
        self = .conflict(line: ours + 1)
    }

    init?(_ node: Node, at place: RecordPlace, path: String) {
        guard let shape = place.kind.shape, case .mapping(let entries) = node.content, !entries.isEmpty,
            !entries.contains(where: { shape.keyNames.contains($0.key) })
        else { return nil }
        if path.endsWithBytes("/dvc.yaml") && entries.contains(where: { $0.key == "stages" }) {
            self = .pipeline
        } else if entries.contains(where: { nearestName(to: $0.key, among: shape.keyNames) != nil }) {
            // One that is misspelt is better told by its key.
            return nil
        } else {
            self = .foreign(subject: shape.subject)
        }
    }

    func report(to log: FileLog) {
        switch self {
        case .checkpoint:
            log.report(
                .strayFile, .fileStart, "a copy that Jupyter keeps in .ipynb_checkpoints",
                fix: "remove that folder, from git too, and name `.ipynb_checkpoints/` in .gitignore")
        case .notebook:
            log.report(
                .notebook, .fileStart, "a notebook, which nothing here reads",
                fix: "say what it found with `arbor-ledger new finding`, and name the notebook in its `resources`")
        case .json:
            log.report(
                .misplacedRecord, .fileStart, "records are YAML, and this JSON file is not read",
                fix: "if it is a record, give it the ending .yaml: JSON is YAML too")
        case .conflict(let line):
            log.report(
                .syntax, Mark(line: line, column: 1), "git's conflict markers: a merge is not finished here",
                fix: "keep what is right of both sides, remove the lines of <, = and >, and `git add` the file")
        case .foreign(let subject):
            log.report(
                .strayFile, .fileStart, "it has none of the keys of \(subject)",
                fix: "docs/format.md says where each record goes; keep all else outside Claims, Findings and Verifiers")
        case .pipeline:
            log.report(
                .strayFile, .fileStart, "a pipeline of DVC", fix: "keep it outside Claims, Findings and Verifiers")
        }
    }
}

extension Diagnostic.Code {
    package static let strayFile = Self("stray-file", .error, "A file stands where nothing reads it.")
    package static let notebook = Self("notebook", .warning, "A notebook lies among records, and nothing reads it.")

    package static let misplacedRecord = Self(
        "misplaced-record", .warning, "A file that looks like a record has a place or a format that is not read.")

    package static let ofForeignFiles = [strayFile, notebook, misplacedRecord]
}

/// Whether a YAML file outside the ledger's folders is likely to be a record: most of its keys are those of one kind.
package func looksLikeRecord(_ bytes: [UInt8]) -> Bool {
    guard case .mapping(let entries)? = readYAML(bytes).node?.content else { return false }
    return RecordKind.allCases.compactMap(\.shape).contains { shape in
        let knownCount = entries.count { shape.keyNames.contains($0.key) }
        return knownCount >= 3 && 2 * knownCount > entries.count
    }
}
