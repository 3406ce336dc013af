import Foundation
import Testing

@testable import Signatures

/// A folder with keys that the real `ssh-keygen` made.
final class KeyFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "signatures-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func makeKey(_ name: String, _ arguments: [String]) throws -> PublicKey {
        try keygen(["-q", "-N", "", "-C", "a comment", "-f", "\(path)/\(name)"] + arguments)
        return try #require(PublicKey(text: try String(contentsOfFile: "\(path)/\(name).pub", encoding: .utf8)))
    }

    func sign(_ message: [UInt8], by name: String, for namespace: String = "arbor-ledger", _ options: [String] = [])
        throws -> [UInt8]
    {
        let file = "\(path)/message"
        try? FileManager.default.removeItem(atPath: file + ".sig")
        try Data(message).write(to: URL(filePath: file))
        try keygen(["-Y", "sign", "-q", "-n", namespace, "-f", "\(path)/\(name)"] + options + [file])
        return [UInt8](try Data(contentsOf: URL(filePath: file + ".sig")))
    }

    @discardableResult func keygen(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "ssh-keygen \(arguments)")
        return String(decoding: bytes, as: UTF8.self)
    }
}
