import Foundation
import Testing

/// Tests hostile ledgers in real repositories. The real binary reads them from the work tree, from a commit and from
/// the index.
///
/// `RECORD=1 swift test --filter RedTeam` writes the expected diagnostics again.
@Suite struct RedTeamTests {
    @Test func hasManyAttacks() {
        #expect(RedTeamCase.names.count >= 150)
    }

    @Test func baseHasNoErrors() throws {
        let repository = try RedTeamRepository(RedTeamCase(named: "base"))
        #expect(try repository.ledger.run("check").status == 0)
        #expect(try repository.ledger.run("check", "--at", "main").status == 0)
    }

    @Test(arguments: RedTeamCase.chosen) func diagnosticsMatchTheCase(name: String) throws {
        let hostile = try RedTeamCase(named: name)
        let repository = try RedTeamRepository(hostile)
        let ledger = repository.ledger
        let workTree = try outline(ledger.run("check", "--format", "json"), ledger)
        let commit = try outline(ledger.run("check", "--format", "json", "--at", "hostile"), ledger)
        let index = repository.isStaged ? try ledger.run("check", "--format", "json", "--staged") : nil
        let staged = try index.map { try outline($0, ledger) } ?? "git refuses to stage it\n"
        var found = workTree
        if commit != workTree { found += "= commit\n" + commit }
        if staged != commit { found += "= staged\n" + staged }
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            let input = hostile.text.components(separatedBy: RedTeamCase.separator)[0]
            try (input + RedTeamCase.separator + found)
                .write(to: RedTeamCase.folder.appending(path: "\(name).txt"), atomically: true, encoding: .utf8)
        } else {
            #expect(found == hostile.expected)
        }
        if let index { try hookAgrees(with: index, ledger) }
        try reportIsSafe(name, ledger)
    }

    /// Checks that the hook rejects the commit if, and only if, the commit adds an error.
    private func hookAgrees(with staged: ProcessResult, _ ledger: TemporaryLedger) throws {
        let judged = try ledger.run("hook", "run")
        // The hook ignores the audit branch's settings, which may contain an error or make `check` stop.
        let isOfSettings = staged.output.isEmpty || staged.output.contains("\".arbor-ledger.yaml\"")
        #expect(judged.status == staged.status || isOfSettings && judged.status == 0, "\(judged)")
        #expect(hiddenCharacters(judged.output + judged.errors) == [])
    }

    /// Checks that a report covers the valid records and prints no control characters. Each case runs only one report,
    /// because these tests spend most of their time on starting processes.
    private func reportIsSafe(_ name: String, _ ledger: TemporaryLedger) throws {
        let reports = [
            ["merge", "--at", "hostile", "--format", "json"], ["conflicts", "--at", "hostile"], ["tasks"],
            ["show", "half-a-dimension"], ["merge", "--write"], ["conflicts", "--format", "json"],
        ]
        let arguments = reports[(RedTeamCase.names.firstIndex(of: name) ?? 0) % reports.count]
        let printed = try ledger.run(arguments)
        #expect([0, 1, 2, 64].contains(printed.status), "\(arguments): \(printed)")
        #expect(hiddenCharacters(printed.output + printed.errors) == [], "\(arguments): \(printed)")
        if arguments.contains("json"), printed.status == 0 { _ = try printed.json() }
    }

    /// Returns one line per diagnostic, without notes. Without diagnostics, returns the error text without the name of
    /// the temporary folder.
    private func outline(_ printed: ProcessResult, _ ledger: TemporaryLedger) throws -> String {
        #expect(hiddenCharacters(printed.output + printed.errors) == [])
        guard [0, 1].contains(printed.status), !printed.output.isEmpty else {
            return "\(printed.errors.replacingOccurrences(of: ledger.root, with: "…"))exit \(printed.status)\n"
        }
        let report = try JSONDecoder().decode(CheckReport.self, from: Data(printed.output.utf8))
        let lines = report.diagnostics.filter { $0.severity != "note" }.map { line in
            "\(line.path):\(line.line):\(line.column) \(line.severity)[\(line.code)] \(line.message)"
        }
        #expect((report.counts.errors > 0) == (printed.status == 1))
        return lines.map { escaped($0) + "\n" }.joined()
    }
}

private struct CheckReport: Decodable {
    struct Line: Decodable {
        var severity: String
        var code: String
        var path: String
        var line: Int
        var column: Int
        var message: String
    }

    struct Counts: Decodable { var errors: Int }

    var diagnostics: [Line]
    var counts: Counts
}

/// Escapes every character that is not clearly visible, so that expected outputs are readable.
private func escaped(_ text: String) -> String {
    let line = text.unicodeScalars.reduce(into: "") { result, scalar in
        let isPlain = scalar.value >= 0x20 && scalar.value < 0x7F || scalar == "…"
        result += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return line.utf8.count <= 400 ? line : "\(line.prefix(300))… (\(line.utf8.count) bytes)"
}

/// Returns the characters that no report may print: control characters except the line feed, and characters that
/// reorder or hide text.
func hiddenCharacters(_ text: String) -> [String] {
    text.unicodeScalars.filter { scalar in
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }.map { "U+\(String($0.value, radix: 16))" }
}
