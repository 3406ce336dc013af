import Foundation
import Testing

/// The ledgers that the attacks start from.
enum AttackedLedger {
    /// A ledger that Ada has audited without a signature, from which Mallory learns what receipts look like.
    private static let audited = Result {
        let ledger = try TemporaryLedger.community()
        guard try ledger.person("ada").runUnsigned("verify").status == 0 else {
            throw Failure(description: "verify failed")
        }
        return ledger
    }

    static func forger(_ ledger: TemporaryLedger) throws -> Forger { try Forger(ledger, from: audited.get()) }

    /// A ledger on whose first commit Bob and Cem are runners. Bob has audited its claim.
    private static let controlledResult = Result {
        let ledger = try TemporaryLedger.community(runners: ["bob", "cem"])
        try ledger.person("bob").audit()
        return ledger
    }

    /// Mallory's finding, whose claim is false.
    static let falseClaim = finding(
        "Features do not share", value: "[1.5, 2]", more: "verify: superposition-geometry/dimensionality"
    ).replacing("[B. Body]", with: "[Mallory <mallory@example.org>]")

    static func controlled() throws -> TemporaryLedger { try TemporaryLedger(copyOf: controlledResult.get()) }
}

extension TemporaryLedger {
    static let server = "../server.git"

    /// Creates a bare repository with the pre-receive hook of docs/gate.md, to which `origin` refers.
    func serve() throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/gate.md")
        let text = try String(contentsOf: docs, encoding: .utf8)
        let script = try #require(
            text.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
        let tools = URL(fileURLWithPath: binary).deletingLastPathComponent().path
        try git("clone", "-q", "--bare", ".", Self.server)
        try git("remote", "add", "origin", Self.server)
        let hook = "\(root)/server.git/hooks/pre-receive"
        try write(hook, script.replacingOccurrences(of: "#!/bin/sh\n", with: "#!/bin/sh\nPATH=\(tools):$PATH\n"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    }

    func push(_ arguments: String...) throws -> ProcessResult { try tryGit(["push", "-q", "origin"] + arguments) }
}
