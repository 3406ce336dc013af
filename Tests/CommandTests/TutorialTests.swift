import Foundation
import Testing

/// Goes through the tutorial as a reader does, and compares what the commands print with what the pages show.
///
/// All `sh` blocks of the pages are run one after the other; a `text` block behind one shows its output. `RECORD=1 swift
/// test --filter TutorialTests` rewrites the outputs that have no `…` before their last line.
@Suite struct TutorialTests {
    private static let folder = "\(ShippedLedger.root)/docs/tutorial"

    @Test func everyStepPrintsWhatItsPageShows() throws {
        let home = try TemporaryLedger()
        // The people of the tutorial have names and keys in their clones.
        var environment = home.environment.filter { !$0.key.hasSuffix("_NAME") && !$0.key.hasSuffix("_EMAIL") }
        environment["PATH"] = URL(filePath: binary).deletingLastPathComponent().path + ":/usr/bin:/bin"
        // The last digits of values depend on the kind of processor.
        environment["OPENBLAS_CORETYPE"] = "Haswell"
        environment["SSH_AUTH_SOCK"] = nil
        // A block begins in the folder in which the block before it ended.
        var place = home.root
        let pages = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()
        #expect(pages.count == 4)
        for page in pages {
            let file = URL(filePath: "\(Self.folder)/\(page)")
            let text = try String(contentsOf: file, encoding: .utf8)
            let written = try text.replacing(/```sh\n((?:(?!```).*\n)*)```\n(?:\n```text\n((?:(?!```).*\n)*)```\n)?/) {
                block in
                let (script, shown) = (String(block.1), String(block.2 ?? ""))
                let printed = try RunningProcess(
                    "/bin/sh", ["-e", "-c", "\(script)pwd >\"$HOME/place\""], in: place, environment
                ).wait()
                try #require(printed.status == 0, "\(page): \(script)\(printed)")
                place = try home.read("\(home.root)/place").trimmingCharacters(in: .newlines)
                let output = ShownOutput(
                    lines: shown.split(separator: "\n", omittingEmptySubsequences: false).dropLast())
                let lines = printed.output.printedLines
                guard !output.matches(lines) else { return String(block.0) }
                guard ProcessInfo.processInfo.environment["RECORD"] == "1", let updated = output.updated(with: lines)
                else {
                    Issue.record("\(page): \(script)prints\n\(printed)")
                    return String(block.0)
                }
                return "```sh\n\(script)```\n\n```text\n\(updated.map { "\($0)\n" }.joined())```\n"
            }
            if written != text { try written.write(to: file, atomically: true, encoding: .utf8) }
        }
    }

    /// Each block of a page is run or is the output of one.
    @Test func everyBlockIsTested() throws {
        for page in try FileManager.default.contentsOfDirectory(atPath: Self.folder) {
            let text = try String(contentsOf: URL(filePath: "\(Self.folder)/\(page)"), encoding: .utf8)
            let fences = text.split(separator: "\n").filter { $0.hasPrefix("```") }
            var isAfterCommands = false
            for (index, fence) in fences.enumerated() where index.isMultiple(of: 2) {
                #expect(fence == "```sh" || fence == "```text" && isAfterCommands, "\(page): \(fence)")
                isAfterCommands = fence == "```sh"
            }
        }
    }
}
