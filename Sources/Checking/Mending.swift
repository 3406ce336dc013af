import Records
import YAML

/// Files after all mends that are known.
package struct Mending: Sendable {
    package struct Change: Sendable {
        package var path: String
        package var before: [UInt8]
        package var after: [UInt8]
    }

    /// The changed files, sorted by path.
    package var changes: [Change]
    /// The number of diagnostics that were mended.
    package var mendedCount: Int
    /// The ledger after the changes.
    package var ledger: CheckedLedger
}

/// The number of times that files are mended and checked again. A mend may reveal a mistake that another mistake hid.
private let roundLimit = 32

/// Mends files in memory until nothing more can be mended. A mend that does not remove its mistake is undone.
///
/// `read` returns the bytes of a file from which its diagnostics were made, or nil if the file must not be changed.
package func mended(
    _ files: [DecodedFile], read: (String) throws -> [UInt8]?, check: ([DecodedFile]) -> CheckedLedger
) rethrows -> Mending {
    var files = files
    let places = Dictionary(files.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
    var changes: [String: Mending.Change] = [:]
    var given: Set<String> = []
    var mendedCount = 0
    var ledger = check(files)
    for _ in 0..<roundLimit {
        let mendable = Dictionary(grouping: ledger.diagnostics.filter { !$0.edits.isEmpty && !given.contains($0.path) })
        {
            $0.path
        }
        var attempts: [Attempt] = []
        for (path, diagnostics) in mendable.sorted(by: { $0.key < $1.key }) {
            guard let place = places[path], let bytes = try changes[path]?.after ?? read(path),
                let attempt = Attempt(diagnostics, bytes, in: files[place], at: place)
            else {
                given.insert(path)
                continue
            }
            attempts.append(attempt)
            files[place] = attempt.after
        }
        guard !attempts.isEmpty else { break }
        ledger = check(files)
        let failed = attempts.filter { !$0.succeeds(with: ledger.diagnostics) }
        for attempt in failed {
            files[attempt.place] = attempt.before
            given.insert(attempt.before.path)
        }
        if !failed.isEmpty { ledger = check(files) }
        for attempt in attempts where !given.contains(attempt.before.path) {
            let path = attempt.before.path
            mendedCount += attempt.diagnostics.count
            let before = changes[path]?.before ?? attempt.bytes
            changes[path] = Mending.Change(path: path, before: before, after: attempt.mended)
        }
    }
    return Mending(
        changes: changes.values.sorted { $0.path < $1.path }, mendedCount: mendedCount, ledger: ledger)
}

/// The maximum number of mistakes of one file that are mended in one round.
private let attemptLimit = 1_000

/// One attempt to mend a file.
private struct Attempt {
    var place: Int
    var diagnostics: [Diagnostic]
    var bytes: [UInt8]
    var mended: [UInt8]
    var before: DecodedFile
    var after: DecodedFile

    /// Applies the edits of the diagnostics that do not overlap earlier ones. Returns nil if nothing changes.
    init?(_ diagnostics: [Diagnostic], _ bytes: [UInt8], in file: DecodedFile, at place: Int) {
        var edits: Set<Edit> = []
        var taken: [Diagnostic] = []
        for diagnostic in diagnostics.prefix(attemptLimit) {
            let new = diagnostic.edits.filter { !edits.contains($0) }
            guard !new.contains(where: { mine in edits.contains { mine.overlaps($0) } }) else { continue }
            edits.formUnion(new)
            taken.append(diagnostic)
        }
        guard let mended = applying(Array(edits), to: bytes), mended != bytes else { return nil }
        (self.place, self.diagnostics, self.bytes, self.mended, before) = (place, taken, bytes, mended, file)
        after = decode(SourceFile(path: file.path, bytes: mended))
    }

    /// Whether the mended diagnostics are gone and the file is still as readable as before.
    func succeeds(with all: [Diagnostic]) -> Bool {
        func identity(_ diagnostic: Diagnostic) -> [String] {
            [diagnostic.code.name, diagnostic.message, "\(diagnostic.mark.line)"]
        }
        let left = Set(all.filter { $0.path == before.path }.map(identity))
        guard !diagnostics.contains(where: { left.contains(identity($0)) }) else { return false }
        return after.partialRecord != nil || before.partialRecord == nil
    }
}
