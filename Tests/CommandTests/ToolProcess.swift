import Foundation
import Testing

/// The binary under test, which is next to the test bundle unless the environment names another one.
let binary: String =
    ProcessInfo.processInfo.environment["ARBOR_LEDGER_BINARY"]
    ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent("arbor-ledger").path

/// The output and exit status of a finished process.
struct ProcessResult: CustomStringConvertible {
    var status: Int32
    var output: String
    var errors: String

    /// Contains the output, the lines of standard error with the prefix `! `, and the exit status if it is not 0.
    var description: String {
        let said = errors.split(separator: "\n", omittingEmptySubsequences: false).map { "! \($0)\n" }
        return output + (errors.isEmpty ? "" : said.dropLast(errors.hasSuffix("\n") ? 1 : 0).joined())
            + (status == 0 ? "" : "exit \(status)\n")
    }

    /// Returns the output as JSON.
    func json() throws -> JSON {
        try JSON(JSONSerialization.jsonObject(with: Data(output.utf8)))
    }
}

struct Failure: Error, CustomStringConvertible { var description: String }

/// A running process. Its output goes to files, so that no pipe can fill up.
final class RunningProcess {
    private let process = Process()
    private let files: [String]
    var id: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    init(_ executable: String, _ arguments: [String], in folder: String, _ environment: [String: String]) throws {
        files = ["out", "err"].map { "\(temporaryFolder)/\(UUID().uuidString).\($0)" }
        for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
    }

    func wait() throws -> ProcessResult {
        process.waitUntilExit()
        let texts = try files.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
        for file in files { try? FileManager.default.removeItem(atPath: file) }
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return ProcessResult(status: status, output: texts[0], errors: texts[1])
    }
}

let temporaryFolder = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path

/// A minimal view of JSON for reading values from reports.
struct JSON: CustomStringConvertible {
    private var value: Any

    init(_ value: Any) { self.value = value }

    subscript(key: String) -> JSON { JSON((value as? [String: Any])?[key] ?? NSNull()) }
    var keys: [String] { ((value as? [String: Any]) ?? [:]).keys.sorted() }
    var items: [JSON] { ((value as? [Any]) ?? []).map(JSON.init) }
    var text: String { value as? String ?? "\(value)" }
    var texts: [String] { items.map(\.text) }
    var number: Double? { value as? Double }

    /// Lists are in brackets, as in `[[encoding], [model, task]]`; other values are printed as they are.
    var description: String {
        switch value {
        case let list as [Any]: "[\(list.map { JSON($0).description }.joined(separator: ", "))]"
        case let object as [String: Any]:
            "{\(object.keys.sorted().map { "\($0): \(JSON(object[$0] ?? NSNull()))" }.joined(separator: ", "))}"
        case is NSNull: "null"
        default: "\(value)"
        }
    }

    /// Returns the only item whose value for `key` is `text`.
    func first(_ key: String, _ text: String) -> JSON {
        items.first { $0[key].text == text } ?? JSON(NSNull())
    }
}

/// Expects exactly this output from a process; the message of a failure shows the expected and the actual output.
func expect(_ printed: ProcessResult, says expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    guard printed.description != expected else { return }
    Issue.record("said\n\(printed)\ninstead of\n\(expected)", sourceLocation: sourceLocation)
}
