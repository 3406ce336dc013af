import Foundation
import Records

/// The project's own ledger, copied into a repository without history so that results depend only on its records.
enum ShippedLedger {
    /// The top folder of this project, found from the path of this source file.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func copy() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger()
        let files = FileManager.default
        for folder in ledgerFolders where folder != "Traces" && files.fileExists(atPath: "\(root)/\(folder)") {
            try files.copyItem(atPath: "\(root)/\(folder)", toPath: ledger.place(folder))
        }
        // Ten traces of each network are enough to decide every claim, and copying all would take seconds.
        try files.createDirectory(atPath: ledger.place("Traces"), withIntermediateDirectories: true)
        for trace in try files.contentsOfDirectory(atPath: "\(root)/Traces") where trace.suffix(4) <= "0010" {
            try files.copyItem(atPath: "\(root)/Traces/\(trace)", toPath: ledger.place("Traces/\(trace)"))
        }
        return ledger
    }

    private static let readOnly = TemporaryLedger.shared { try copy() }

    /// A copy for tests that change nothing in it.
    static func unchanged() throws -> TemporaryLedger { try readOnly.get() }

    // Each report is made once for all tests.
    private static let conflictsReport = Result { try unchanged().run("conflicts", "--format", "json") }
    private static let mergeReport = Result { try unchanged().run("merge", "--format", "json") }
    private static let mergeText = Result { try unchanged().run("merge", "--all").output }

    static func conflicts() throws -> JSON { try conflictsReport.get().json() }
    static func questions() throws -> JSON { try mergeReport.get().json()["questions"] }

    /// The text of `merge` on one line, so that line breaks do not matter.
    static func mergedText() throws -> String {
        try mergeText.get().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
