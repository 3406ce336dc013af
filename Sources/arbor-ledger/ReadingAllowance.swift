import Records
import Synchronization

/// The limits on one state of a ledger. They are ten times the size of a ledger with a hundred thousand findings.
let readingLimits = (files: 1_000_000, bytes: 1 << 30)

/// Counts the files and bytes read by all workers, so that many large files cannot exhaust memory.
final class ReadingAllowance: Sendable {
    private let files = Atomic(readingLimits.files)
    private let bytes = Atomic(readingLimits.bytes)

    func take(_ file: SourceFile) throws(Refusal) -> SourceFile {
        guard files.subtract(1, ordering: .relaxed).newValue >= 0 else { throw .tooManyFiles(file.path) }
        guard bytes.subtract(file.bytes.count, ordering: .relaxed).newValue >= 0 else {
            throw Refusal(
                message: "the ledger's files exceed \(readingLimits.bytes >> 20) MiB in total",
                remedy: "records are small: find the large folder and move its files elsewhere")
        }
        return file
    }
}

extension Refusal {
    /// Returns the refusal for too many files, which also covers endlessly nested folders.
    static func tooManyFiles(_ path: String) -> Refusal {
        Refusal(
            message:
                "the ledger has more than \(readingLimits.files) files, or folders nested too deep, at \"\(path)\"",
            remedy: "move files that are not records elsewhere")
    }
}
