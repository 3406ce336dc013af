import Foundation
import Records
import Reports
import Testing

/// Compares complete inputs and outputs for every kind of diagnostic. `RECORD=1 swift test` records the outputs again.
@Suite struct FixtureTests {
    static let separator = "\n=== expected\n"

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: fixturesFolder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") && $0 != "base.txt" }.map { String($0.dropLast(4)) }.sorted()
    }()

    /// Returns the longest diagnostic code at the start of the name, such as `duplicate-key` in `duplicate-key-list`.
    static func code(of name: String) -> Diagnostic.Code? {
        Diagnostic.Code.all.filter { name == $0.name || name.hasPrefix($0.name + "-") }
            .max { $0.name.count < $1.name.count }
    }

    @Test func baseLedgerHasNoErrors() {
        #expect(baseLedger.diagnostics() == Self.unverifiedBase)
    }

    static let unverifiedBase = [
        """
        Findings/half.yaml:9:5 note[unverified] this claim can be re-run, but no run counts yet
          -> run `arbor-ledger verify half`
        """
    ]

    @Test(arguments: names) func diagnosticsMatchTheFixture(name: String) throws {
        let text = try fixtureText(name)
        let parts = text.components(separatedBy: Self.separator)
        let expected = Set(baseLedger.diagnostics())
        let lines = (baseLedger + TestLedger(parts[0] + "\n")).diagnostics().filter { !expected.contains($0) }
        let output = lines.map { $0 + "\n" }.joined()
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try (parts[0] + Self.separator + output)
                .write(to: fixturesFolder.appending(path: "\(name).txt"), atomically: true, encoding: .utf8)
        } else {
            #expect(parts.count == 2)
            #expect(output == parts.last)
        }
        let code = try #require(Self.code(of: name))
        #expect(output.contains("[\(code.name)]"), "\(name) does not show \(code.name)")
    }

    @Test func everyCodeHasAFixture() {
        let shown = Set(Self.names.compactMap(Self.code)).union(RangeTests.codes).union(runnerCodes)
        #expect(Diagnostic.Code.all.filter { !shown.contains($0) } == [])
    }

    @Test func everyDeclaredCodeIsListedOnce() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var declared: [String] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            declared += text.matches(of: /static let \w+ = Self\(\s*"([a-z-]+)", \.(error|warning|note),/).map {
                String($0.1)
            }
        }
        #expect(declared.sorted() == Diagnostic.Code.all.map(\.name).sorted())
    }

    /// Diagnostics do not depend on the order in which files are read.
    @Test(arguments: names) func orderOfFilesChangesNothing(name: String) throws {
        let ledger = baseLedger + TestLedger(try fixtureText(name).components(separatedBy: Self.separator)[0] + "\n")
        var reversed = ledger
        reversed.files.reverse()
        #expect(reversed.diagnostics() == ledger.diagnostics())
    }
}
