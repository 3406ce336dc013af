import Foundation

@testable import Git

/// A real repository in a temporary folder. It is created with git's command line and removed at the end.
final class TemporaryRepository {
    let root: String
    var path: String { root + "/repo" }

    init(_ initOptions: String...) throws {
        var template = Array("/tmp/git-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try git(["init", "-q", "-b", "main"] + initOptions)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var environment: [String: String] {
        var environment = scrubbedEnvironment(ProcessInfo.processInfo.environment)
        environment["HOME"] = root
        environment["LC_ALL"] = "C"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Ada"
            environment["GIT_\(role)_EMAIL"] = "ada@example.org"
            environment["GIT_\(role)_DATE"] = "1700000000 +0100"
        }
        return environment
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Runs git in the repository and returns its output without the final line end.
    @discardableResult
    func git(_ arguments: [String], input: String = "", extra: [String: String] = [:]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = environment.merging(extra) { $1 }
        let (stdin, output) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        var printed = output.fileHandleForReading.readDataToEndOfFile()
        if printed.last == UInt8(ascii: "\n") { printed.removeLast() }
        let text = String(decoding: printed, as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "git \(arguments): \(text)") }
        return text
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String { try git(arguments) }

    func write(_ file: String, _ text: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }

    /// Writes and commits the files, and returns the commit.
    @discardableResult
    func commit(_ files: [String: String], _ message: String = "change") throws -> ObjectID {
        for (file, text) in files { try write(file, text) }
        try git("add", "-A")
        try git("commit", "-q", "--allow-empty", "-m", message)
        return try id("HEAD")
    }

    func id(_ revision: String) throws -> ObjectID {
        guard let id = ObjectID(hex: try git("rev-parse", revision)) else { throw Failure(description: revision) }
        return id
    }

    func open() throws -> Repository { try Repository.discover(from: path) }
}

extension TreeEntry {
    /// Shows an entry as `mode path`, for tests that compare a complete listing.
    var line: String { "\(mode) \(path)" }
}

extension TreeChange {
    var line: String {
        switch (old, new) {
        case (nil, let new?): "+ \(new.line)"
        case (let old?, nil): "- \(old.line)"
        case (let old?, let new?): "\(old.mode) -> \(new.line)"
        case (nil, nil): ""
        }
    }
}

/// Returns the error that `body` throws, or nil.
func failure<Value>(_ body: () throws -> Value) -> GitError? {
    do {
        _ = try body()
        return nil
    } catch { return error as? GitError }
}
