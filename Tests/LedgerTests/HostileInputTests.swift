import Checking
import Merging
import Records
import Reports
import Testing
import Words

@Suite struct HostileInputTests {
    private static let pieces = [
        "", "~", "unknown", "true", "0", "-1", "1e300", "1e-300", "999999999999999999", "[]", "{}", "[[]]", "[0, 1]",
        "[1, 0]",
        "{from: 0, to: 4095}", "{from: -1000000, to: 1000000}", "{at_least: }", "{above: 1, below: 1}", "{any_of: []}",
        "\"\"",
        "'quoted'", "half", "half#1", "half#99999999999999999999", "#", "toy/dims", "/", ".", "..", "model.family",
        "2026-02-30",
        "a\\u0000b", "[unknown]", "{claim: half}", "{claim: }", "{model: toy}",
        "0.\(String(repeating: "0", count: 400))1",
    ]

    /// A ledger with an arbitrary value in any place can be checked, evaluated, merged and reported without a crash.
    @Test func readsAnyValueAnywhere() throws {
        var random = SeededGenerator(8)
        var codes: Set<Diagnostic.Code> = []
        for _ in 0..<1200 {
            var ledger = baseLedger
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let index = Int.random(in: 0..<ledger.files.count, using: &random)
                var lines = String(decoding: ledger.files[index].bytes, as: UTF8.self).split(
                    separator: "\n", omittingEmptySubsequences: false
                ).map(String.init)
                let line = Int.random(in: 0..<lines.count, using: &random)
                let piece = random.pick(Self.pieces)
                if random.chance(0.4), let brace = lines[line].lastIndex(where: { $0 == ":" || $0 == "," }) {
                    lines[line] = lines[line][...brace] + " \(piece)" + (lines[line].hasSuffix("}") ? "}" : "")
                } else if let colon = lines[line].firstIndex(of: ":") {
                    lines[line] = lines[line][...colon] + " \(piece)"
                } else {
                    lines.insert("  \(piece)", at: line)
                }
                ledger.files[index] = SourceFile(
                    path: ledger.files[index].path, bytes: Array(lines.joined(separator: "\n").utf8))
            }
            let merge = ledger.merge()
            codes.formUnion(merge.ledger.diagnostics.map(\.code))
            let report = ConflictReport(merge)
            for format in ConflictReport.formatNames {
                #expect(!MergeReport(merge).written(format).isEmpty && !report.written(format).isEmpty)
            }
        }
        #expect(codes.count > 15)
    }

    /// Changes random bytes in a ledger's files, including receipts.
    @Test func readsMutatedFiles() throws {
        var random = SeededGenerator(9)
        var ledger = baseLedger
        try ledger.addRuns(of: "half", [0.5, nil, 1.9])
        for _ in 0..<400 {
            var mutated = ledger
            for _ in 0..<4 {
                let index = Int.random(in: 0..<mutated.files.count, using: &random)
                let place = Int.random(in: 0..<mutated.files[index].bytes.count, using: &random)
                mutated.files[index].bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            #expect(mutated.diagnostics().count > 0)
        }
    }

    /// Only the ledger's own paths are read as records.
    @Test(arguments: [
        "", "/", "Claims", "Claims/", "Claims//question.yaml", "Findings/.yaml", "Findings/../x.yaml",
        "Verifiers/a/b/c/d.yaml",
        "Verifiers/toy/receipts/.json", "Verifiers/toy/receipts/x.txt", "Verifiers//model.yaml",
        "Claims/vocabulary/question.yaml",
        "Claims/vocabulary/conditions/a/b/c.yaml", "Claims/vocabulary/quantities/.yaml", "Findings/a\nb.yaml",
        "Findings/-x.yaml",
    ])
    func rejectsOrIgnoresOddPaths(path: String) {
        let ledger = baseLedger + TestLedger(files: [SourceFile(path: path, bytes: Array("title: x\n".utf8))])
        let found = ledger.check().diagnostics.filter { $0.path == path }
        let isRecord = path.hasSuffix(".yaml") || path.contains("/receipts/")
        #expect(found.contains { $0.severity == .error } == isRecord)
    }
}
