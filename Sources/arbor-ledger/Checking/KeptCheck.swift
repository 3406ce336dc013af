import Checking
import Foundation
import Incremental
import Records
import Words

/// All that a check tells of one state of the ledger.
struct FinishedCheck: Sendable {
    var summary: CheckSummary
    /// Errors and warnings, sorted.
    var problems: [Diagnostic]
    /// Sorted; nil where nobody asked for them.
    var notes: [Diagnostic]?

    init(summary: CheckSummary, problems: [Diagnostic], notes: [Diagnostic]?) {
        (self.summary, self.problems, self.notes) = (summary, problems, notes)
    }

    init(_ ledger: CheckedLedger) {
        problems = ledger.diagnostics.filter { $0.severity != .note }
        notes = ledger.diagnostics.filter { $0.severity == .note }
        summary = ledger.summary
    }

    var diagnostics: [Diagnostic] { notes.map { (problems + $0).sorted() } ?? problems }
}

/// A finished check in the cache, with what tells which part of it a change of findings concerns.
struct KeptCheck {
    struct Head: Codable {
        /// All that it depends on but the files.
        var stamp: String
        /// The id of the tree that was checked, or the digest of the work tree's stamp.
        var state: String
        /// What stood in the work tree's READMEs was held against the whole merge.
        var hasReadmes: Bool
        var problemShards: Int
        var noteShards: Int
        var rowShards: Int
    }

    let head: Head
    let summary: CheckSummary
    private let pieces: KeptPieces
    private let problemShards: Range<Int>
    private let noteShards: Range<Int>
    private let rows: KeptRows

    private static let headPieces = 3
    private static let problemsAShard = 1_000
    private static let notesAShard = 50

    init?(_ pieces: KeptPieces) {
        guard let text = pieces[0], let head = try? JSONDecoder().decode(Head.self, from: Data(text)),
            let summary = pieces[1].flatMap(CheckSummary.init(packed:)),
            (0...pieces.count).contains(head.problemShards), (1...pieces.count).contains(head.noteShards),
            (0...pieces.count).contains(head.rowShards),
            Self.headPieces + head.problemShards + head.noteShards + head.rowShards <= pieces.count
        else { return nil }
        (self.pieces, self.head, self.summary) = (pieces, head, summary)
        problemShards = Self.headPieces..<Self.headPieces + head.problemShards
        noteShards = problemShards.upperBound..<problemShards.upperBound + head.noteShards
        rows = KeptRows(pieces: pieces, shards: noteShards.upperBound..<noteShards.upperBound + head.rowShards)
    }

    /// Whether it can tell what a change concerns: the ledger had no error.
    var hasRows: Bool { head.rowShards > 0 }

    func row(_ row: CheckRow) throws -> [String] { try rows[row.key] }

    /// All of it as it was.
    func finished(withNotes: Bool) -> FinishedCheck? {
        guard let problems = diagnostics(in: problemShards) else { return nil }
        var notes: [Diagnostic]?
        if withNotes {
            guard let unsorted = diagnostics(in: noteShards) else { return nil }
            notes = unsorted.sorted()
        }
        return FinishedCheck(summary: summary, problems: problems, notes: notes)
    }

    private func diagnostics(in shards: some Sequence<Int>) -> [Diagnostic]? {
        let pieces = pieces
        let unpacked = shards.mapSideBySide { pieces[$0].flatMap(unpackedDiagnostics) }
        return unpacked.contains { $0 == nil } ? nil : unpacked.compactMap(\.self).flatMap(\.self)
    }

    /// Notes on files.
    func notes(on paths: Set<String>) throws -> [Diagnostic] {
        let shards = Set(paths.map { noteShards.lowerBound + shard(of: $0, among: noteShards.count) })
        guard let notes = diagnostics(in: shards.sorted()) else { throw UnreadableCache() }
        return notes.filter { paths.contains($0.path) }
    }

    /// Folders of the work tree with the digest of each listing; empty for a commit.
    var folderDigests: [(path: String, digest: String)] {
        let fields = (pieces[2] ?? []).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: fields.count - 1, by: 2).map { (fields[$0], fields[$0 + 1]) }
    }

    /// The listing of a folder, by its place in `folderDigests`.
    func listing(_ index: Int) throws -> [UInt8] {
        guard let listing = pieces[rows.shards.upperBound + index] else {
            throw UnreadableCache()
        }
        return listing
    }

    /// `rows` are empty where the ledger had errors, `folders` for a commit.
    static func packed(
        _ check: FinishedCheck, stamp: String, state: String, hasReadmes: Bool, rows: [[RowText]],
        folders: [WorkTreeStamp.Folder]
    ) throws -> [[UInt8]] {
        let all = check.notes ?? []
        var notes = [[Diagnostic]](repeating: [], count: max(1, all.count / notesAShard))
        for note in all { notes[shard(of: note.path, among: notes.count)].append(note) }
        let problems = check.problems.inRuns(of: problemsAShard).map(Array.init)
        let rowShards = rows.isEmpty ? [] : KeptRows.packed(rows)
        let head = Head(
            stamp: stamp, state: state, hasReadmes: hasReadmes, problemShards: problems.count, noteShards: notes.count,
            rowShards: rowShards.count)
        let table = folders.map { "\($0.path)\0\($0.digest)\0" }.joined()
        let heads: [[UInt8]] = [
            Array(try JSONEncoder().encode(head)), check.summary.packed, Array(table.utf8),
        ]
        return heads + (problems + notes).mapSideBySide(Incremental.packed) + rowShards + folders.map(\.files)
    }
}
