import Foundation
import Testing

/// Runs the examples of docs/semantics.md on the ledgers of `Tests/Examples`.
///
/// A block below `<!-- ledger NAME -->` contains commands with their output, which are run in order on that ledger.
/// Files that a command writes are committed before the next command. `RECORD=1 swift test --filter SemanticsPage`
/// writes the outputs again.
@Suite struct SemanticsPageTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    private static let page = repository.appending(path: "docs/semantics.md")
    private static let prompt = "$ arbor-ledger "

    @Test func outputsMatchTheTool() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"
        var used: [String] = []
        let written = try text.replacing(/<!-- ledger ([a-z]+) -->\n```\n((?:.*\n)*?)```\n/) { match in
            let (name, block) = (String(match.1), String(match.2))
            let output = try outputs(of: block, on: name)
            if !isRecording { #expect(output == block, "the example \(name)") }
            used.append(name)
            return "<!-- ledger \(name) -->\n```\n\(output)```\n"
        }
        let ledgers = try FileManager.default.contentsOfDirectory(
            atPath: Self.repository.appending(path: "Tests/Examples").path)
        #expect(Set(used.map { "\($0).txt" }) == Set(ledgers))
        if isRecording { try written.write(to: Self.page, atomically: true, encoding: .utf8) }
    }

    private func outputs(of block: String, on name: String) throws -> String {
        let ledger = try TemporaryLedger()
        let file = Self.repository.appending(path: "Tests/Examples/\(name).txt")
        let files = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n--- ").dropFirst()
        for file in files {
            let end = file.firstIndex(of: "\n") ?? file.endIndex
            let content = file[end...].dropFirst()
            try ledger.write(String(file[..<end]), content.hasSuffix("\n") ? String(content) : content + "\n")
        }
        try ledger.commit("Begin")
        return try block.split(separator: "\n").filter { $0.hasPrefix(Self.prompt) }.map { line in
            let printed = try ledger.run(line.dropFirst(Self.prompt.count).split(separator: " ").map(String.init))
            #expect(printed.status == 0, "\(line) on \(name): \(printed)")
            if try !ledger.git("status", "--porcelain").isEmpty { try ledger.commit("Add what it wrote") }
            return "\(line)\n\(printed.output)"
        }.joined(separator: "\n")
    }
}
