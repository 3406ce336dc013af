import Foundation

/// This project's own ledger, copied into a repository without history, so that only its records speak.
enum ShippedLedger {
    /// Found by where this file is.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func copy() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger()
        for folder in ["Claims", "Findings", "Verifiers"] {
            try FileManager.default.copyItem(atPath: "\(root)/\(folder)", toPath: ledger.place(folder))
        }
        return ledger
    }

    static func conflicts() throws -> JSON { try copy().run("conflicts", "--format", "json").json() }
}
