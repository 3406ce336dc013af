import Records
import Synchronization

/// What one command reads of one state of a ledger at most: ten times what a hundred thousand findings come to.
let readingLimits = (files: 1_000_000, bytes: 1 << 30)

/// Counts down what may still be read, for all workers together: many files of the largest size would exhaust memory.
final class ReadingAllowance: Sendable {
    private let files = Atomic(readingLimits.files)
    private let bytes = Atomic(readingLimits.bytes)

    func take(_ file: SourceFile) throws(Refusal) -> SourceFile {
        guard files.subtract(1, ordering: .relaxed).newValue >= 0 else { throw .tooManyFiles(file.path) }
        guard bytes.subtract(file.bytes.count, ordering: .relaxed).newValue >= 0 else {
            throw Refusal(
                message: "the ledger's files have more than \(readingLimits.bytes >> 20) MiB together",
                remedy: "records are small: see which folder is large")
        }
        return file
    }
}

extension Refusal {
    /// Also told of folders within folders, of which there is no end.
    static func tooManyFiles(_ path: String) -> Refusal {
        Refusal(
            message:
                "the ledger has more than \(readingLimits.files) files, or folders nested too deep, at \"\(path)\"",
            remedy: "sort out what is no record")
    }
}
