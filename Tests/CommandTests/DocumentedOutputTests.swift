import Foundation
import Testing

/// Compares the outputs of commands on the pages with the outputs that the commands print.
///
/// A block that begins with `$ arbor-ledger` is run on a copy of the shipped ledger. A line `…` stands for any lines of
/// the output. `SemanticsPageTests` runs the blocks below `<!-- ledger NAME -->`. A block below `<!-- not run: REASON -->`
/// needs what a test lacks, such as a network. `RECORD=1 swift test --filter DocumentedOutputTests` rewrites the blocks
/// that have no `…` before their last line.
@Suite struct DocumentedOutputTests {
    private struct Block {
        var page: URL
        var comment: String
        var command: String
        var shown: ShownOutput
        /// The text of the block, without the lines of the fence.
        var text: String
    }

    /// All pages of the root and of `docs`.
    private static func pages() throws -> [URL] {
        try ["", "docs"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                at: URL(filePath: ShippedLedger.root).appending(path: folder), includingPropertiesForKeys: nil)
        }.filter { $0.pathExtension == "md" }.sorted { $0.path < $1.path }
    }

    private static func blocks(of page: URL) throws -> [Block] {
        let text = try String(contentsOf: page, encoding: .utf8)
        return text.matches(of: /(?:<!-- (.*) -->\n)?```[a-z]*\n(\$ arbor-ledger (.*)\n(?:(?!```).*\n)*)```\n/).map {
            match in
            Block(
                page: page, comment: String(match.1 ?? ""), command: String(match.3),
                shown: ShownOutput(
                    lines: match.2.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast()),
                text: String(match.2))
        }
    }

    @Test func blocksShowWhatTheCommandsPrint() throws {
        let blocks = try Self.pages().flatMap(Self.blocks)
        let ledger = try ShippedLedger.copy()
        var (runCount, notRun) = (0, [String]())
        for block in blocks where !block.comment.hasPrefix("ledger ") {
            guard !block.comment.hasPrefix("not run: ") else {
                notRun.append(block.command)
                continue
            }
            runCount += 1
            // The pictures of trained networks depend on the kind of processor.
            let printed = try ledger.run(
                block.command.split(separator: " ").map(String.init), extra: ["OPENBLAS_CORETYPE": "Haswell"])
            #expect(printed.status == 0, "\(block.command): \(printed)")
            let output = Array(printed.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast())
            guard !block.shown.matches(output) else { continue }
            if ProcessInfo.processInfo.environment["RECORD"] == "1", let lines = block.shown.updated(with: output) {
                try Self.record(block, lines)
            } else {
                Issue.record("\(block.page.lastPathComponent): \(block.command) prints\n\(printed.output)")
            }
        }
        #expect(runCount == 2)
        #expect(notRun == [])
    }

    /// Each command with output is at the start of a block of a known kind, so that some test runs it.
    @Test func everyCommandWithOutputIsInABlock() throws {
        for page in try Self.pages() {
            let found = try Self.blocks(of: page).map { block in
                block.text.split(separator: "\n").count { $0.hasPrefix("$ ") }
            }
            let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
            let count = lines.count { $0.drop { $0 == " " }.hasPrefix("$ ") }
            #expect(found.reduce(0, +) == count, "\(page.lastPathComponent)")
        }
    }

    /// Writes lines into a block.
    private static func record(_ block: Block, _ lines: [Substring]) throws {
        let written = "$ arbor-ledger \(block.command)\n" + lines.map { "\($0)\n" }.joined()
        let page = try String(contentsOf: block.page, encoding: .utf8)
        try page.replacingOccurrences(of: "```\n\(block.text)```", with: "```\n\(written)```")
            .write(to: block.page, atomically: true, encoding: .utf8)
    }
}
