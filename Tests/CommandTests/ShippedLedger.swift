import Foundation

/// The project's own ledger, copied into a repository without history so that results depend only on its records.
enum ShippedLedger {
    /// The top folder of this project, found from the path of this source file.
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
